"""Owns trying a failed text again: as a new row under a new key, if that is still of use.

None of these opens a transaction; the caller does.
"""

from datetime import datetime
from typing import Any

from peewee import SQL, Expression, IntegrityError, fn

from models import steering
from models.base import Table, db
from models.event import Event
from models.message import EventMessage
from models.message_status import Direction, MessageStatus, MessageType
from models.peer_match import EventPeerMatch

_COPIED = (
    "event", "contractor", "match", "message_type", "message_category", "personalization_data",
    "phone", "channel", "ghl_contact_id", "ghl_location_id", "reply_number", "subject",
    "from_email", "to_email",
)  # fmt: skip


def plan_again(message_id: int, *, now: datetime) -> int | None:
    """Plan a failed text anew, under a new key, for now; return the new one's id.

    None when it did not fail, may be on the phone all the same, is of no use any more, or was
    planned anew before: then that one can be tried again, if it failed too.
    """
    wanted = (EventMessage.id == message_id) & may_be_planned_anew(now)
    if not steering.lock(wanted, (MessageStatus.FAILED,)):
        return None
    failed = EventMessage.get_by_id(message_id)
    # As it is now that the failed one is ours.
    if EventMessage.select().where((EventMessage.id == message_id) & is_repeated()).exists():
        return None
    columns = {name: getattr(failed, name) for name in _COPIED}
    columns |= _words(failed)
    try:
        with db.atomic():
            columns |= {"scheduled_time": now, "expires_at": _new_expiry(failed, now)}
            inserted: int = EventMessage.insert(retry_of=message_id, **columns).execute()
    except IntegrityError:
        return None
    return inserted


def may_be_planned_anew(now: datetime) -> Expression:
    """Return the SQL of a failed text that can be tried again.

    It surely did not arrive, is not repeated yet, and is of use: an introduction until the event's
    day ends, nothing once its event or match is cancelled, save the news of that.
    """
    is_introduction = EventMessage.message_type == MessageType.INTRODUCTION
    is_news = EventMessage.message_type == MessageType.EVENT_CANCELLED
    is_owed = is_news | steering.is_compliance()
    of_event, of_match = Event.id == EventMessage.event, EventPeerMatch.id == EventMessage.match
    is_off = _is_there(Event, of_event & Event.cancelled_at.is_null(False))
    is_off |= _is_there(EventPeerMatch, of_match & EventPeerMatch.cancelled_at.is_null(False))
    is_over = is_introduction & _is_there(Event, of_event & (Event.ends() <= now))
    has_failed: Expression = (EventMessage.direction == Direction.OUTBOUND) & (
        EventMessage.status == MessageStatus.FAILED
    )
    return has_failed & ~EventMessage.is_doubtful & ~is_repeated() & ~is_over & (is_owed | ~is_off)


def _is_there(table: type[Table], wanted: Expression) -> Any:
    return fn.EXISTS(table.select(SQL("1")).where(wanted))


def is_repeated() -> Any:
    """Return the SQL of a text that another one repeats, so that it may not be repeated once more.

    One that was cancelled does not count, unless something of it may have left before.
    """
    again = EventMessage.alias()
    may_have_left = again.is_doubtful | (again.parts_sent > EventMessage.parts_sent)
    counts = (again.status != MessageStatus.CANCELLED) | may_have_left
    return fn.EXISTS(again.select(SQL("1")).where((again.retry_of == EventMessage.id) & counts))


def _new_expiry(failed: EventMessage, now: datetime) -> datetime | None:
    """Return until when a new one is of use: an introduction the event's day, others as long."""
    if failed.message_type == MessageType.INTRODUCTION and failed.event_id:
        event: Event = failed.event
        return event.last_moment
    if failed.expires_at is None or failed.scheduled_time is None:
        return None
    lifetime = failed.expires_at - failed.scheduled_time
    renewed: datetime = now + lifetime
    return renewed


def _words(failed: EventMessage) -> dict[str, Any]:
    """Return what the new text says; one that broke off goes on where it broke off."""
    parts = failed.part_texts or []
    if 0 < failed.parts_sent < len(parts):
        return {
            "message_content": failed.message_content,
            "part_texts": parts,
            "parts_sent": failed.parts_sent,
        }
    is_introduction = failed.message_type in (
        MessageType.INTRODUCTION,
        MessageType.TEST_INTRODUCTION,
    )
    return {"message_content": None if is_introduction else failed.message_content}
