"""Owns who may be matched at an event: checked in, opted in, reachable, not opted out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import SQL, Case, Expression, fn

from models.attendee import EventAttendee
from models.contractor import Contractor, ErasedReach
from models.message import EventMessage
from models.message_status import ARRIVED, MessageType
from models.opt_out import SmsOptOut
from models.phone import E164


@dataclass(frozen=True)
class PoolCounts:
    """How many people of an event stand at each step towards a match."""

    registered: int
    checked_in: int
    eligible: int


@dataclass(frozen=True)
class Standing:
    """The people of an event, each counted once: who can be matched, or the first reason why not.

    Attributes
    ----------
    eligible : int
        Here, and may be texted.
    unconsented, unreachable, opted_out : int
        Have not agreed to texts; agreed but have no usable phone; sent STOP.
    absent : int
        May be texted, but are not checked in.
    checked_in : int
        Are here, whether they can be matched or not.
    thin : int
        Of those who may be texted: have named neither focus areas nor services.
    """

    eligible: int = 0
    unconsented: int = 0
    unreachable: int = 0
    opted_out: int = 0
    absent: int = 0
    checked_in: int = 0
    thin: int = 0

    @property
    def textable(self) -> int:
        """Those who may be texted, here or not."""
        return self.eligible + self.absent

    @property
    def registered(self) -> int:
        return self.textable + self.unconsented + self.unreachable + self.opted_out


def has_phone(contractor: Any = Contractor) -> Expression:
    """Return the SQL of whether a contractor's phone can be texted at all."""
    return fn.coalesce(contractor.phone, "").regexp(f"^{E164}$")


def has_substance(contractor: Any = Contractor) -> Expression:
    """Return the SQL of whether a profile names what matching goes by: focus areas or services."""
    nothing = ("[]", "null", '""')
    named = [
        fn.coalesce(column.cast("text"), "[]").not_in(nothing)
        for column in (contractor.focus_areas, contractor.services_offered)
    ]
    return named[0] | named[1]


def is_opted_out(contractor: Any = Contractor) -> Any:
    """Return the SQL of whether a contractor's phone has an opt-out that nothing has lifted."""
    return fn.EXISTS(
        SmsOptOut.select(SQL("1")).where(
            (SmsOptOut.phone == contractor.phone) & SmsOptOut.lifted_at.is_null()
        )
    )


def _had_phone() -> Any:
    """Return the SQL of whether a person has a phone, or had one when they were erased."""
    reach = fn.coalesce(Contractor.erased_reach, "")
    return has_phone() | reach.in_((ErasedReach.TEXTABLE.value, ErasedReach.OPTED_OUT.value))


def _was_opted_out() -> Any:
    """Return the SQL of whether a person has opted out, or had when they were erased."""
    was_out = fn.coalesce(Contractor.erased_reach, "") == ErasedReach.OPTED_OUT.value
    return is_opted_out() | was_out


def _counts_as_textable() -> Any:
    return EventAttendee.sms_opt_in & _had_phone() & ~_was_opted_out()


def _counts_as_eligible() -> Any:
    return EventAttendee.check_in_time.is_null(False) & _counts_as_textable()


def _may_be_texted() -> Any:
    return EventAttendee.sms_opt_in & has_phone() & ~is_opted_out()


def eligible_contractors(event_id: int) -> list[Contractor]:
    """Return those who are in the batch, lowest id first."""
    return list(_attending(event_id).where(EventAttendee.check_in_time.is_null(False)))


def registered_contractors(event_id: int) -> list[Contractor]:
    """Return those who would be in the batch if everybody registered were checked in."""
    return list(_attending(event_id))


def why_not(event_id: int, people: Iterable[int]) -> dict[int, str]:
    """Return for each of these people `eligible` or the first reason why not, in one query.

    The reasons are named as in `Standing`; who is not on the event's list is `unregistered`.
    """
    asked = set(people)
    rows = (
        EventAttendee.select(EventAttendee.contractor, _reason())
        .join(Contractor, on=(EventAttendee.contractor == Contractor.id))
        .where((EventAttendee.event == event_id) & EventAttendee.contractor.in_(list(asked)))
        .tuples()
    )
    return {**dict.fromkeys(asked, "unregistered"), **dict(rows)}


def _reason() -> Any:
    return Case(
        None,
        [
            (~EventAttendee.sms_opt_in, "unconsented"),
            (~_had_phone(), "unreachable"),
            (_was_opted_out(), "opted_out"),
            (EventAttendee.check_in_time.is_null(), "absent"),
        ],
        "eligible",
    )


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
            fn.COUNT(EventAttendee.id).filter(_counts_as_eligible()),
        )
        .join(Contractor, on=(EventAttendee.contractor == Contractor.id))
        .where(EventAttendee.event == event_id)
        .tuples()
        .get()
    )
    return PoolCounts(*row)


def ever_eligible(event_id: int) -> int:
    """Count who may be matched as things stand, and who was introduced before that changed."""
    has_introduction = fn.EXISTS(
        EventMessage.select(SQL("1")).where(
            (EventMessage.event == event_id)
            & (EventMessage.contractor == EventAttendee.contractor)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
            & EventMessage.status.in_(ARRIVED)
        )
    )
    count: int = (
        EventAttendee.select()
        .join(Contractor, on=(EventAttendee.contractor == Contractor.id))
        .where((EventAttendee.event == event_id) & (_counts_as_eligible() | has_introduction))
        .count()
    )
    return count


def standing(event_id: int) -> Standing:
    """Count the people of an event by what keeps them from being matched, in one query."""
    is_here = EventAttendee.check_in_time.is_null(False)
    reason = _reason()
    people = (
        EventAttendee.select(
            reason.alias("reason"), is_here.alias("is_here"), has_substance().alias("has_substance")
        )
        .join(Contractor, on=(EventAttendee.contractor == Contractor.id))
        .where(EventAttendee.event == event_id)
        .alias("people")
    )
    rows = (
        EventAttendee.select(
            people.c.reason,
            fn.COUNT(SQL("1")),
            fn.COUNT(SQL("1")).filter(people.c.is_here),
            fn.COUNT(SQL("1")).filter(~people.c.has_substance),
        )
        .from_(people)
        .group_by(people.c.reason)
        .tuples()
    )
    found = {name: (number, here, thin) for name, number, here, thin in rows}
    return Standing(
        **{name: number for name, (number, _, _) in found.items()},
        checked_in=sum(here for _, here, _ in found.values()),
        thin=sum(found.get(name, (0, 0, 0))[2] for name in ("eligible", "absent")),
    )
