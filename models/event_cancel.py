"""Owns what cancelling an event changes in its rows, and whom it concerns.

None of these opens a transaction; the caller does.
"""

from datetime import datetime
from typing import Any

from peewee import SQL, Value, fn

from models import steering, usefulness
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.event import CANCELLED, WAITING_STATUSES, Event, MatchingStatus
from models.message import EventMessage
from models.message_indexes import OVER
from models.message_status import (
    ARRIVED,
    Direction,
    MessageCategory,
    MessageStatus,
    MessageType,
)
from models.opt_out import SmsOptOut


def close(event: Event, *, now: datetime) -> None:
    """Say on a locked event that it is off, so that nothing more is planned for it."""
    columns: dict[str, Any] = {"cancelled_at": now, "top_up_at": None, "wake_sent_at": None}
    if event.matching_status in WAITING_STATUSES:
        columns["matching_status"] = MatchingStatus.UNSCHEDULED
        columns["matching_status_reason"] = CANCELLED
    Event.update(**columns).where(Event.id == event.id).execute()


def count_waiting(event_id: int) -> int:
    """Count the texts that cancelling the event would cancel."""
    return _count(event_id, steering.CANCELLABLE)


def count_in_the_air(event_id: int) -> int:
    """Count the texts that somebody is sending right now."""
    return _count(event_id, (MessageStatus.SENDING,))


def count_introduced(event_id: int) -> int:
    """Count the people who would be told."""
    people: int = _introduced(event_id).count()
    return people


def plan_notices(event_id: int, content: str, *, now: datetime) -> int:
    """Plan one text for each person who was, or may have been, introduced; return how many."""
    same = {
        "event": event_id,
        "message_type": MessageType.EVENT_CANCELLED,
        "message_category": MessageCategory.NOTICE,
        "message_content": content,
        "scheduled_time": now,
        "expires_at": now + usefulness.A_NOTICE,
    }
    rows = [
        {**same, "contractor": person.id, "phone": person.phone} for person in _introduced(event_id)
    ]
    if not rows:
        return 0
    planned = (
        EventMessage.insert_many(rows)
        .on_conflict(
            action="IGNORE",
            conflict_target=[
                EventMessage.event,
                EventMessage.contractor,
                EventMessage.message_type,
            ],
            conflict_where=(EventMessage.message_type == SQL("'event_cancelled'"))
            & EventMessage.status.not_in([SQL(f"'{status}'") for status in OVER]),
        )
        .returning(EventMessage.id)
        .execute()
    )
    return len(list(planned))


def _count(event_id: int, statuses: tuple[MessageStatus, ...]) -> int:
    count: int = (
        EventMessage.select()
        .where(
            (EventMessage.event == event_id)
            & (EventMessage.direction == Direction.OUTBOUND)
            & EventMessage.status.in_(statuses)
            & ~steering.is_compliance()
        )
        .count()
    )
    return count


def _introduced(event_id: int) -> Any:
    """Return who was, or may have been, introduced to somebody, and may be texted."""
    has_begun = EventMessage.is_doubtful | (EventMessage.parts_sent > 0)
    out = EventMessage.status.in_((*ARRIVED, MessageStatus.SENDING)) | has_begun
    introductions = EventMessage.select(Value(1)).where(
        (EventMessage.event == event_id)
        & (EventMessage.contractor == Contractor.id)
        & (EventMessage.message_type == MessageType.INTRODUCTION)
        & out
    )
    agreed = EventAttendee.select(Value(1)).where(
        (EventAttendee.event == event_id)
        & (EventAttendee.contractor == Contractor.id)
        & EventAttendee.sms_opt_in
    )
    opted_out = SmsOptOut.select(Value(1)).where(
        (SmsOptOut.phone == Contractor.phone) & SmsOptOut.lifted_at.is_null()
    )
    return (
        Contractor.select(Contractor.id, Contractor.phone)
        .where(
            fn.EXISTS(introductions)
            & fn.EXISTS(agreed)
            & ~fn.EXISTS(opted_out)
            & (Contractor.phone != "")
        )
        .order_by(Contractor.id)
    )
