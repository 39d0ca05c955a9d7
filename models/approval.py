"""Owns which introductions wait for an organiser's approval, and what lets them go.

An approval is one for the event's day: it covers what is planned then and what is planned after
it, until somebody takes it back. What has begun to leave is not asked about. None of these opens
a transaction; the caller does, and has the event locked.
"""

from datetime import datetime
from typing import Any

from peewee import SQL, Expression, fn

from models import steering, usefulness
from models.config import Config
from models.event import Approval, Event
from models.message import EventMessage
from models.message_status import HeldBecause, MessageStatus, MessageType

WAITS = "nobody has approved it yet"


def approve(event: Event, *, by: str, now: datetime) -> int | None:
    """Let the event's introductions leave; return how many waited, None when nobody asks."""
    if not event.awaits_approval or event.cancelled_at is not None:
        return None
    Event.update(approved_at=now, approved_by=by).where(Event.id == event.id).execute()
    return _release(event.id, now)


def require(event: Event) -> int | None:
    """Keep the event's introductions until somebody approves; return how many wait now.

    What was approved before, or would have left by itself, waits too. None when they wait already.
    """
    is_asked_already = event.approval == Approval.REQUIRED and event.approved_at is None
    if is_asked_already or event.cancelled_at is not None:
        return None
    _set(event, Approval.REQUIRED)
    hold_waiting(event.id)
    return (
        EventMessage.select()
        .where((EventMessage.event == event.id) & steering.awaits_approval())
        .count()
    )


def stop_asking(event: Event, *, now: datetime) -> int | None:
    """Ask for no approval any more; return how many waited for it, None when nobody asked."""
    if event.approval == Approval.OFF or event.cancelled_at is not None:
        return None
    _set(event, Approval.OFF)
    return _release(event.id, now)


def follow(event: Event, *, now: datetime) -> None:
    """Bring the introductions after a setting that was changed."""
    if event.awaits_approval:
        hold_waiting(event.id)
    else:
        _release(event.id, now)


def hold(message_id: int) -> None:
    """Hold one text that turns out to need an approval only when its turn has come."""
    _hold(EventMessage.id == message_id)


def hold_waiting(event_id: int) -> int:
    """Hold the introductions that wait and have not begun to leave; return how many."""
    return _hold((EventMessage.event == event_id) & may_wait())


def keep(wanted: Expression, *, now: datetime) -> int:
    """Hold those of these texts that wait to leave although somebody has to approve them first."""
    is_theirs = (Event.id == EventMessage.event) & is_needed(EventMessage.scheduled_time, now)
    return _hold(wanted & may_wait() & fn.EXISTS(Event.select(SQL("1")).where(is_theirs)))


def may_wait() -> Any:
    """Return the SQL of an introduction of which nothing has begun to leave."""
    has_begun = EventMessage.is_doubtful | (EventMessage.parts_sent > 0)
    return (EventMessage.message_type == MessageType.INTRODUCTION) & ~has_begun


def is_needed(leaves_at: Any, now: datetime) -> Any:
    """Return the SQL of an event whose introductions of this time wait for an approval."""
    is_asked = (Event.approval == Approval.REQUIRED) | (
        (Event.approval == Approval.UNTIL_DEADLINE) & (_deadline(leaves_at) > now)
    )
    return is_asked & Event.approved_at.is_null() & Event.cancelled_at.is_null()


def lock_due(*, now: datetime, config: Config, limit: int) -> list[EventMessage]:
    """Lock introductions that wait for approval no longer, and return them with their events.

    It was given, nobody asks for it any more, its deadline has passed, or they are of no use.
    """
    is_let_go = (Event.approval == Approval.OFF) | Event.approved_at.is_null(False)
    is_past_deadline = (Event.approval == Approval.UNTIL_DEADLINE) & (
        _deadline(EventMessage.scheduled_time) <= now
    )
    # As the index has it, so that PostgreSQL recognises it.
    waits = (EventMessage.status == MessageStatus.HELD) & (
        EventMessage.held_because == HeldBecause.APPROVAL
    )
    return list(
        EventMessage.select(EventMessage, Event)
        .join(Event)
        .where(waits & (is_let_go | is_past_deadline | usefulness.is_past(now, config)))
        .order_by(EventMessage.id)
        .limit(limit)
        .for_update(of=EventMessage, skip_locked=True)
    )


def let_go(message_ids: list[int]) -> None:
    """Put locked introductions back on the schedule, for the time that they had."""
    EventMessage.update(
        status=MessageStatus.SCHEDULED, held_because=None, error_message=None
    ).where(EventMessage.id.in_(message_ids)).execute()


def _deadline(leaves_at: Any) -> Any:
    minute = SQL("interval '1 minute'")
    return leaves_at + Event.approval_wait_minutes * minute / Event.time_scale


def _hold(wanted: Expression) -> int:
    return steering.hold(wanted, reason=WAITS, because=HeldBecause.APPROVAL)


def _release(event_id: int, now: datetime) -> int:
    because = HeldBecause.APPROVAL
    return steering.release(_introductions(event_id), now=now, because=because)


def _introductions(event_id: int) -> Any:
    return (EventMessage.event == event_id) & (
        EventMessage.message_type == MessageType.INTRODUCTION
    )


def _set(event: Event, approval: Approval) -> None:
    Event.update(approval=approval, approved_at=None, approved_by=None).where(
        Event.id == event.id
    ).execute()
