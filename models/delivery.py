"""Owns one text's way out: taken by one sender, refused with a reason, and written down.

None of these opens a transaction; the caller does.
"""

import uuid
from datetime import datetime, timedelta

from peewee import JOIN

from models.attendee import EventAttendee
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage, transition
from models.message_status import ARRIVED, MessageCategory, MessageStatus, MessageType
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch

CLOSED = (MessageStatus.FAILED, MessageStatus.CANCELLED)
PERSON_LOCK = 0x70657273  # "pers"


def lock_message(message_id: int) -> EventMessage | None:
    """Lock one text, and load event, match and person with it as they are once it is locked.

    Two texts to one person are decided one after the other. What they wait for is not the
    person's row, which a long import would keep from every sender.
    """
    locked = (
        EventMessage.select(EventMessage.contractor)
        .where(EventMessage.id == message_id)
        .for_update()
        .tuples()
        .first()
    )
    if locked is None:
        return None
    if locked[0] is not None:
        db.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (PERSON_LOCK, locked[0]))
    found: EventMessage = (
        EventMessage.select(EventMessage, Event, EventPeerMatch, Contractor)
        .join_from(EventMessage, Event, JOIN.LEFT_OUTER)
        .join_from(EventMessage, EventPeerMatch, JOIN.LEFT_OUTER, on=EventMessage.match)
        .join_from(EventMessage, Contractor, JOIN.LEFT_OUTER, on=EventMessage.contractor)
        .where(EventMessage.id == message_id)
        .get()
    )
    return found


def phone_of(message: EventMessage) -> str | None:
    """Return the phone that this text goes to: the person's present one, else the row's own."""
    phone: str | None = message.contractor.phone if message.contractor_id else message.phone
    return phone or None


def refusal(message: EventMessage) -> str | None:
    """Return why this text may not be sent, in words, or None when it may."""
    phone = phone_of(message)
    if phone is None:
        return "there is no phone number"
    # Whoever asks how to stop gets an answer, whatever became of the event.
    if message.message_category == MessageCategory.COMPLIANCE:
        return None
    if message.event_id and message.event.cancelled_at is not None:
        return "the event was cancelled"
    if message.match_id and message.match.cancelled_at is not None:
        return "the match was cancelled"
    if has_opted_out(phone):
        return "the person opted out (STOP)"
    if message.contractor_id and message.event_id and not _has_consented(message):
        return "the person has not agreed to texts"
    return None


def _has_consented(message: EventMessage) -> bool:
    return bool(
        EventAttendee.select()
        .where(
            (EventAttendee.event == message.event_id)
            & (EventAttendee.contractor == message.contractor_id)
            & EventAttendee.sms_opt_in
        )
        .exists()
    )


def is_another_in_the_air(message: EventMessage) -> bool:
    """Whether another text to the same person is being sent right now."""
    if message.contractor_id is None:
        return False
    return bool(
        EventMessage.select()
        .where(
            (EventMessage.contractor == message.contractor_id)
            & (EventMessage.status == MessageStatus.SENDING)
            & (EventMessage.id != message.id)
        )
        .exists()
    )


def is_first_text(message: EventMessage) -> bool:
    """Whether nothing but answers to STOP, START and HELP has surely reached this person here.

    Those do not say what is shared after two YES, so the text that follows them still has to.
    """
    return not (
        EventMessage.select()
        .where(
            (EventMessage.event == message.event_id)
            & (EventMessage.contractor == message.contractor_id)
            & (EventMessage.message_category != MessageCategory.COMPLIANCE)
            & EventMessage.status.in_(ARRIVED)
        )
        .exists()
    )


def open_introductions(message: EventMessage) -> int:
    """Count the introductions of this person at this event that are planned or out."""
    count: int = (
        EventMessage.select()
        .where(
            (EventMessage.event == message.event_id)
            & (EventMessage.contractor == message.contractor_id)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
            & EventMessage.status.not_in(CLOSED)
        )
        .count()
    )
    return count


def take(message: EventMessage, *, content: str, now: datetime, lease: timedelta) -> uuid.UUID:
    """Claim a locked text for sending; the token proves the claim when the result is written."""
    token = uuid.uuid4()
    EventMessage.update(
        status=MessageStatus.SENDING,
        attempts=EventMessage.attempts + 1,
        lease_until=now + lease,
        claim_token=token,
        message_content=content,
        phone=phone_of(message),
        wake_at=None,
    ).where(EventMessage.id == message.id).execute()
    return token


def finish(message_id: int, token: uuid.UUID, target: MessageStatus, **columns: object) -> bool:
    """Write the result of the attempt that holds the token; False when it no longer does."""
    return transition(
        message_id,
        MessageStatus.SENDING,
        target,
        EventMessage.claim_token == token,
        claim_token=None,
        lease_until=None,
        **columns,
    )


def note_introduced(message: EventMessage, *, content: str, now: datetime) -> None:
    """Say on the match when its first introduction went out, and how it read."""
    EventPeerMatch.update(introduction_sent_time=now, introduction_message=content).where(
        (EventPeerMatch.id == message.match_id) & EventPeerMatch.introduction_sent_time.is_null()
    ).execute()


def learn_contact(contractor_id: int, ghl_contact_id: str) -> None:
    """Keep which contact a person is at the provider; not while somebody else has their row.

    The next text learns it too, and the result of this one must not wait for a long import.
    """
    free = (
        Contractor.select(Contractor.id)
        .where((Contractor.id == contractor_id) & Contractor.ghl_contact_id.is_null())
        .for_update("FOR NO KEY UPDATE SKIP LOCKED")
    )
    Contractor.update(ghl_contact_id=ghl_contact_id).where(
        Contractor.id.in_([row.id for row in free])
    ).execute()
