"""Owns the queries about texts that people sent: whose they are, what event they are about.

None of these opens a transaction; the caller does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import Desc, Expression, fn

from models import steering
from models.attendee import EventAttendee
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import (
    ARRIVED,
    Direction,
    MessageCategory,
    MessageStatus,
    MessageType,
)

MOST_FAILURES = 5
FIRST_PAUSE = timedelta(seconds=5)


def lock_phone(phone: str) -> None:
    """Let one transaction at a time decide about this phone, so that STOP and START queue up."""
    db.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (phone,))


def try_lock_phone(phone: str) -> bool:
    """Take the same lock if it is free; False when somebody decides about this phone now."""
    query = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    return bool(db.execute_sql(query, (phone,)).fetchone()[0])


def find_contractor(phone: str | None, ghl_contact_id: str | None) -> Contractor | None:
    """Return who has this phone, of several the one texted last, else whose GHL contact it is."""
    candidates = Contractor.select().order_by(Desc(_last_texted(), nulls="last"), Contractor.id)
    found: Contractor | None = None
    if phone:
        found = candidates.where(Contractor.phone == phone).first()
    if found is None and ghl_contact_id:
        found = candidates.where(Contractor.ghl_contact_id == ghl_contact_id).first()
    return found


def find_event_id(
    phones: Iterable[str], contractor: Contractor | None, *, now: datetime
) -> int | None:
    """Return the event of the last text to these phones, else the one attended today, or None."""
    last_text = (
        EventMessage.select(EventMessage.event)
        .where(is_text_to(phones) & EventMessage.event.is_null(False))
        .order_by(left_at().desc(), EventMessage.id.desc())
        .first()
    )
    if last_text is not None:
        event_id: int = last_text.event_id
        return event_id
    if contractor is None:
        return None
    today = fn.timezone(Event.timezone, now).cast("date")
    attended = (
        Event.select(Event.id)
        .join(EventAttendee)
        .where(
            (EventAttendee.contractor == contractor)
            & Event.cancelled_at.is_null()
            & (Event.date == today)
        )
        .order_by(Event.starts_at.desc(nulls="last"), Event.id.desc())
        .first()
    )
    return attended.id if attended is not None else None


def store(inbound_key: str | None, **columns: Any) -> int | None:
    """Insert one received text; None when the provider's id is stored already."""
    query = EventMessage.insert(
        inbound_key=inbound_key,
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED,
        message_type=MessageType.REPLY,
        message_category=MessageCategory.REPLY,
        channel="sms",
        **columns,
    )
    if inbound_key is not None:
        query = query.on_conflict(
            action="IGNORE",
            conflict_target=[EventMessage.inbound_key],
            conflict_where=EventMessage.inbound_key.is_null(False),
        )
    rows = list(query.returning(EventMessage.id).execute())
    return rows[0].id if rows else None


def id_of(inbound_key: str) -> int:
    """Return the received text that has this key."""
    message_id: int = EventMessage.get(EventMessage.inbound_key == inbound_key).id
    return message_id


def next_unhandled(message_id: int, *, now: datetime) -> int | None:
    """Return the oldest text that is to be handled of those from the phone of this one, or None."""
    this = EventMessage.alias()
    phone = this.select(this.phone).where(this.id == message_id)
    rows = (
        EventMessage.select(EventMessage.id)
        .where(
            ((EventMessage.phone == phone) | (EventMessage.id == message_id))
            & _is_to_be_handled(now)
        )
        .order_by(EventMessage.id)
        .limit(1)
    )
    return next((row.id for row in rows), None)


def lock_unhandled(message_id: int, *, now: datetime) -> EventMessage | None:
    """Lock a received text that is to be handled.

    None when it is handled, is not yet due again, or somebody handles it right now: whoever
    waited for that would keep a thread from the others.
    """
    message: EventMessage | None = (
        EventMessage.select()
        .where((EventMessage.id == message_id) & _is_to_be_handled(now))
        .for_update(skip_locked=True)
        .first()
    )
    return message


def _is_to_be_handled(now: datetime) -> Expression:
    return (
        (EventMessage.direction == Direction.INBOUND)
        & EventMessage.handled_at.is_null()
        & (EventMessage.failures < MOST_FAILURES)
        & (EventMessage.next_attempt_at.is_null() | (EventMessage.next_attempt_at <= now))
    )


def note_failure(message_id: int, reason: str, *, now: datetime) -> None:
    """Count that our own code broke on a reply, and let it wait longer each time."""
    message = lock_unhandled(message_id, now=now)
    if message is None:
        return
    EventMessage.update(
        failures=message.failures + 1,
        next_attempt_at=now + FIRST_PAUSE * 2**message.failures,
        error_message=reason,
    ).where(EventMessage.id == message_id).execute()


def forget_failures(message_id: int) -> bool:
    """Let a reply that was given up be tried again, as if for the first time."""
    wanted = (EventMessage.id == message_id) & is_given_up()
    return bool(
        EventMessage.update(failures=0, next_attempt_at=None, error_message=None)
        .where(wanted)
        .execute()
    )


def is_given_up() -> Expression:
    """Return the SQL of a reply that our own code broke on too often: a person must look."""
    return (
        (EventMessage.status == MessageStatus.RECEIVED)
        & EventMessage.handled_at.is_null()
        & (EventMessage.failures >= MOST_FAILURES)
    )


def texts_after(message: EventMessage) -> list[str]:
    """Return what came from the same phone after this text."""
    rows = EventMessage.select(EventMessage.message_content).where(
        (EventMessage.phone == message.phone)
        & (EventMessage.direction == Direction.INBOUND)
        & (EventMessage.id > message.id)
    )
    return [row.message_content or "" for row in rows]


def cancel_waiting(phones: Iterable[str], contractor: Contractor | None, *, reason: str) -> int:
    """Cancel every text that waits for one of these phones or its people; return how many."""
    return steering.cancel(_are_theirs(phones, contractor), reason=reason)


def lock_texts(phones: Iterable[str], contractor: Contractor | None) -> None:
    """Lock every text to these phones or their people, as whoever cancels them does: by id."""
    EventMessage.select(EventMessage.id).where(
        _are_theirs(phones, contractor) & (EventMessage.direction == Direction.OUTBOUND)
    ).order_by(EventMessage.id).for_update().execute()


def _are_theirs(phones: Iterable[str], contractor: Contractor | None) -> Expression:
    wanted = list(phones)
    people = [row.id for row in Contractor.select().where(Contractor.phone.in_(wanted))]
    if contractor is not None:
        people.append(contractor.id)
    theirs: Expression = EventMessage.phone.in_(wanted) | EventMessage.contractor.in_(people)
    return theirs


def note_response(phone: str, text: str, *, now: datetime) -> None:
    """Write a reply beside the latest text to that phone; its status stays.

    Not waited for: whoever records that it left has it, and wants the match that we have.
    """
    latest = (
        EventMessage.select(EventMessage.id)
        .where(is_text_to([phone]) & (EventMessage.message_category != MessageCategory.COMPLIANCE))
        .order_by(left_at().desc(), EventMessage.id.desc())
        .first()
    )
    if latest is None:
        return
    free = (
        EventMessage.select(EventMessage.id)
        .where(EventMessage.id == latest.id)
        .for_update("FOR NO KEY UPDATE SKIP LOCKED")
    )
    EventMessage.update(response_received=text, response_time=now).where(
        EventMessage.id.in_([row.id for row in free])
    ).execute()


def has_recent_answer(phone: str, kind: MessageType, *, now: datetime, within: timedelta) -> bool:
    """Whether an answer of this kind to this phone is on its way or went out just before."""
    return bool(
        EventMessage.select()
        .where(
            (EventMessage.phone == phone)
            & (EventMessage.message_type == kind)
            & (EventMessage.scheduled_time > now - within)
            & EventMessage.status.not_in([MessageStatus.FAILED, MessageStatus.CANCELLED])
        )
        .exists()
    )


def left_at() -> Any:
    return fn.coalesce(EventMessage.actual_send_time, EventMessage.scheduled_time)


def is_text_to(phones: Iterable[str]) -> Expression:
    return (
        EventMessage.phone.in_(list(phones))
        & (EventMessage.direction == Direction.OUTBOUND)
        & _is_out()
    )


def _is_out() -> Expression:
    """Return the SQL of a text that is or may be on a phone; not of one that a person keeps."""
    held = EventMessage.status == MessageStatus.HELD
    may_have_left = held & (steering.is_in_doubt() | (EventMessage.parts_sent > 0))
    out: Expression = EventMessage.status.in_((*ARRIVED, MessageStatus.SENDING)) | may_have_left
    return out


def _last_texted() -> Any:
    return EventMessage.select(fn.max(left_at())).where(
        (EventMessage.contractor == Contractor.id)
        & (EventMessage.direction == Direction.OUTBOUND)
        & _is_out()
    )
