"""Owns the pause of an event: while it lasts, nothing leaves but answers to STOP, START and HELP.

The event's row is all there is to it. Texts keep their times and statuses, and so does what is
planned meanwhile: whoever is about to send one reads the event first. None of these opens a
transaction; the caller does, and has the event locked.
"""

from collections.abc import Iterable
from datetime import datetime

from peewee import Expression

from models.event import Event
from models.message import EventMessage
from models.message_status import WAITING
from models.steering import Scope


def pause(event: Event, *, by: str, now: datetime) -> int | None:
    """Begin a pause; return how many texts wait, None when nothing is left to pause.

    Whoever is taking one of them at this moment has it in the air once this returns, or has read
    that it is paused: their rows are locked for that.
    """
    if event.paused_at is not None or event.cancelled_at is not None:
        return None
    Event.update(paused_at=now, paused_by=by).where(Event.id == event.id).execute()
    return _lock_waiting(event.id)


def resume(event: Event) -> int | None:
    """End a pause; return how many texts wait, None when there is none.

    What is past due leaves at once in its turn, unless it is of no use any more.
    """
    if not event.is_paused:
        return None
    Event.update(paused_at=None, paused_by=None).where(Event.id == event.id).execute()
    wanted = _waiting(event.id)
    number: int = EventMessage.select().where(wanted).count()
    return number


def paused_among(event_ids: Iterable[int | None]) -> set[int]:
    """Return which of these events are paused."""
    wanted = {event_id for event_id in event_ids if event_id is not None}
    rows = Event.select(Event.id).where(
        Event.id.in_(wanted) & Event.paused_at.is_null(False) & Event.cancelled_at.is_null()
    )
    return {row.id for row in rows}


def _lock_waiting(event_id: int) -> int:
    rows = EventMessage.select(EventMessage.id).where(_waiting(event_id))
    return len(rows.order_by(EventMessage.id).for_update())


def _waiting(event_id: int) -> Expression:
    return Scope(event_id=event_id).condition() & EventMessage.status.in_(WAITING)
