"""Owns the queries about texts that people sent, once `receiving` has stored them.

None of these opens a transaction; the caller does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from peewee import JOIN, Expression

from models import steering
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import (
    Direction,
    MessageStatus,
    MessageType,
)
from models.on_a_phone import IS_OUT, LEFT_AT
from models.prepared import Prepared

MOST_FAILURES = 5
FIRST_PAUSE = timedelta(seconds=5)

_NEXT = Prepared(
    "integer, timestamptz",
    """
SELECT t.id FROM event_messages t
WHERE (t.id = $1 OR t.phone = (SELECT this.phone FROM event_messages this WHERE this.id = $1))
    AND t.direction = 'inbound' AND t.handled_at IS NULL AND t.failures < {most_failures}
    AND (t.next_attempt_at IS NULL OR t.next_attempt_at <= $2)
ORDER BY t.id LIMIT 1
""",
    most_failures=str(MOST_FAILURES),
)
_TRY_LOCK = Prepared(
    "integer",
    """
SELECT coalesce(bool_and(pg_try_advisory_xact_lock(hashtextextended(p.phone, 0))), true)
FROM (
    SELECT t.phone FROM event_messages t WHERE t.id = $1 AND t.phone <> ''
    UNION
    SELECT c.phone FROM event_messages t JOIN contractors c ON c.id = t.contractor_id
    WHERE t.id = $1 AND c.phone <> ''
) p
""",
)
_NOTE_RESPONSE = Prepared(
    "text, text, timestamptz",
    """
UPDATE event_messages SET response_received = $2, response_time = $3
WHERE id IN (
    SELECT free.id FROM event_messages free
    WHERE free.id = (
        SELECT t.id FROM event_messages t
        WHERE t.phone = $1 AND t.direction = 'outbound' AND {is_out}
            AND t.message_category <> 'compliance'
        ORDER BY {left_at} DESC, t.id DESC LIMIT 1
    )
    FOR NO KEY UPDATE SKIP LOCKED
)
""",
    is_out=IS_OUT,
    left_at=LEFT_AT,
)


def lock_phone(phone: str) -> None:
    """Let one transaction at a time decide about this phone, so that STOP and START queue up."""
    db.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (phone,))


def try_lock_phones(message_id: int) -> bool:
    """Take the same lock of every phone that a received text speaks for, if they are free.

    Those are the phone that sent it and the one that we would text. False when somebody decides
    about one of them now.
    """
    return bool(_TRY_LOCK.execute(message_id).fetchone()[0])


def id_of(inbound_key: str) -> int:
    """Return the received text that has this key."""
    message_id: int = EventMessage.get(EventMessage.inbound_key == inbound_key).id
    return message_id


def next_unhandled(message_id: int, *, now: datetime) -> int | None:
    """Return the oldest text that is to be handled of those from the phone of this one, or None."""
    row = _NEXT.execute(message_id, now).fetchone()
    return row[0] if row is not None else None


def lock_unhandled(message_id: int, *, now: datetime) -> EventMessage | None:
    """Lock a received text that is to be handled; its person and event are loaded with it.

    None when it is handled, is not yet due again, or somebody handles it right now: whoever
    waited for that would keep a thread from the others.
    """
    message: EventMessage | None = (
        EventMessage.select(EventMessage, Contractor, Event)
        .join_from(EventMessage, Contractor, JOIN.LEFT_OUTER)
        .join_from(EventMessage, Event, JOIN.LEFT_OUTER)
        .where((EventMessage.id == message_id) & _is_to_be_handled(now))
        .for_update(of=EventMessage, skip_locked=True)
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
    _NOTE_RESPONSE.execute(phone, text, now)


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
