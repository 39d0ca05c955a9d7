"""Owns which introductions follow when their event's time for them moves, and moves them.

None of these opens a transaction; the caller does.
"""

from datetime import datetime
from typing import Any

from peewee import Case

from models.event import Event
from models.message import EventMessage
from models.message_status import (
    KEPT_BY_A_PERSON,
    WAITING,
    Direction,
    MessageStatus,
    MessageType,
)


def move(event: Event, leave_at: datetime | None) -> None:
    """Let the introductions that wait for the old time wait for the new one.

    Those that a top-up planned for a break are later than the old time; they stay, unless the
    new one is later still.
    """
    _lock(event.id)
    is_theirs = _is_introduction(event.id) & _follows(event, leave_at)
    is_retry = (EventMessage.attempts > 0) & (EventMessage.next_attempt_at >= leave_at)
    EventMessage.update(
        scheduled_time=leave_at,
        status=MessageStatus.SCHEDULED,
        wake_at=None,
        next_attempt_at=Case(None, [(is_retry, EventMessage.next_attempt_at)], None),
    ).where(is_theirs & EventMessage.status.in_(WAITING)).execute()
    # What a person keeps back stays held, for the new time.
    EventMessage.update(scheduled_time=leave_at).where(is_theirs & _is_kept_back()).execute()


def count(event: Event, leave_at: datetime) -> tuple[int, int]:
    """Return how many introductions would wait for a new time, and how many be held for it."""
    is_theirs = _is_introduction(event.id) & _follows(event, leave_at)
    waiting: int = EventMessage.select().where(is_theirs & EventMessage.status.in_(WAITING)).count()
    held: int = EventMessage.select().where(is_theirs & _is_kept_back()).count()
    return waiting, held


def expire(event_id: int, ends_at: datetime | None) -> None:
    """Let the introductions that wait or are kept back be of use until the day's new end."""
    _lock(event_id)
    follows = EventMessage.status.in_(WAITING) | _is_kept_back()
    EventMessage.update(expires_at=ends_at).where(_is_introduction(event_id) & follows).execute()


def _follows(event: Event, leave_at: datetime | None) -> Any:
    follows = EventMessage.scheduled_time < leave_at
    if event.introductions_at is None:
        return follows | EventMessage.scheduled_time.is_null(False)
    return follows | (EventMessage.scheduled_time <= event.introductions_at)


def _lock(event_id: int) -> None:
    """Lock them in the order that a STOP does, so that the two never wait for each other."""
    EventMessage.select(EventMessage.id).where(
        _is_introduction(event_id) & EventMessage.status.in_((*WAITING, MessageStatus.HELD))
    ).order_by(EventMessage.id).for_update().execute()


def _is_introduction(event_id: int) -> Any:
    return (
        (EventMessage.event == event_id)
        & (EventMessage.message_type == MessageType.INTRODUCTION)
        & (EventMessage.direction == Direction.OUTBOUND)
    )


def _is_kept_back() -> Any:
    """Held by a person, or until one approves; not because nobody knows whether it left."""
    by_somebody = EventMessage.held_because.in_(KEPT_BY_A_PERSON)
    return (EventMessage.status == MessageStatus.HELD) & by_somebody
