"""Owns who may be matched at an event: checked in, opted in, reachable, not opted out."""

from dataclasses import dataclass
from typing import Any

from peewee import SQL, Expression, fn

from models.attendee import EventAttendee
from models.contractor import Contractor
from models.opt_out import SmsOptOut
from models.phone import E164


@dataclass(frozen=True)
class PoolCounts:
    """How many people of an event stand at each step towards a match."""

    registered: int
    checked_in: int
    eligible: int


def _has_phone() -> Expression:
    return Contractor.phone.regexp(f"^{E164}$")


def _may_be_texted() -> Any:
    opted_out = SmsOptOut.select(SQL("1")).where(
        (SmsOptOut.phone == Contractor.phone) & SmsOptOut.lifted_at.is_null()
    )
    return EventAttendee.sms_opt_in & _has_phone() & ~fn.EXISTS(opted_out)


def eligible_contractors(event_id: int) -> list[Contractor]:
    """Return those who are in the batch, lowest id first."""
    return list(_attending(event_id).where(EventAttendee.check_in_time.is_null(False)))


def registered_contractors(event_id: int) -> list[Contractor]:
    """Return those who would be in the batch if everybody registered were checked in."""
    return list(_attending(event_id))


def _attending(event_id: int) -> Any:
    return (
        Contractor.select(Contractor)
        .join(EventAttendee, on=(EventAttendee.contractor == Contractor.id))
        .where((EventAttendee.event == event_id) & _may_be_texted())
        .order_by(Contractor.id)
    )


def pool_counts(event_id: int) -> PoolCounts:
    """Count the people of an event in one query."""
    checked_in = EventAttendee.check_in_time.is_null(False)
    row = (
        EventAttendee.select(
            fn.COUNT(EventAttendee.id),
            fn.COUNT(EventAttendee.id).filter(checked_in),
            fn.COUNT(EventAttendee.id).filter(checked_in & _may_be_texted()),
        )
        .join(Contractor, on=(EventAttendee.contractor == Contractor.id))
        .where(EventAttendee.event == event_id)
        .tuples()
        .get()
    )
    return PoolCounts(*row)
