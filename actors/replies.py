"""Owns what happens to a text that somebody sent us: stored once, obeyed, answered."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dramatiq
import redis
from dramatiq.errors import BrokerError

from actors import consent
from actors.broker import FOLLOW_UP_QUEUE, broker
from actors.reply_answers import OPTED_OUT, OPTED_OUT_BEFORE, answer
from actors.reply_text import Intent, understand
from actors.runtime import current
from actors.sentiment import sentiment_of
from actors.talking import NEEDS_A_PERSON
from models import clock, inbound, receiving
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.message import EventMessage
from models.readiness import DATABASE_LOST
from models.receiving import Stored

MOST_AT_ONCE = 20
STOP_WITHOUT_PHONE = "It asks for no more texts, and we do not know the phone."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inbound:
    """One reply as a provider delivered it, whatever its form was.

    Attributes
    ----------
    phone : str or None
        E.164; None when only the contact is known.
    key : str or None
        What makes it this reply and no other; None means that it can not be recognised again.
    """

    phone: str | None
    text: str
    key: str | None
    ghl_contact_id: str | None
    ghl_location_id: str | None
    ghl_message_id: str | None
    raw_payload: dict[str, Any]


@dataclass(frozen=True)
class Received:
    """Where a reply is stored, and whether it was stored before."""

    message_id: int
    is_repeat: bool


def receive(reply: Inbound, *, now: datetime | None = None) -> Received:
    """Store a reply once and obey a STOP at once; the rest is for `handle`.

    STOP takes effect in the transaction that stores it, so that it protects people even while
    Redis and every worker are down. For every other reply, one statement is the transaction.

    Parameters
    ----------
    now : datetime or None
        None is the database's own time.
    """
    if understand(reply.text).intent is Intent.STOP:
        with db.atomic():
            stored = _store(reply, now)
            if stored.message_id is not None:
                _obey_stop(stored.message_id, stored)
    else:
        stored = _store(reply, now)
    if stored.message_id is None:
        return Received(inbound.id_of(reply.key or ""), is_repeat=True)
    _wake(stored.message_id)
    return Received(stored.message_id, is_repeat=False)


def handle(message_id: int, *, now: datetime, config: Config) -> None:
    """Answer one stored reply; running twice is the same as once.

    What the same phone said before is answered before it, and while somebody else is busy with
    that phone, it is left to them. When our own code breaks on a reply, that is counted and tried
    again later, five times in all. A lost database is not the reply's fault, and so not counted.
    """
    for _ in range(MOST_AT_ONCE):
        next_id = inbound.next_unhandled(message_id, now=now)
        if next_id is None or not _handle_one(next_id, now, config):
            return


def _handle_one(message_id: int, now: datetime, config: Config) -> bool:
    """Answer one reply; False when that was for somebody else to do, or went wrong."""
    try:
        with db.atomic():
            return _handle(message_id, now, config)
    except DATABASE_LOST:
        raise
    except Exception as error:
        log.exception("a reply could not be handled", extra={"message_id": message_id})
        with db.atomic():
            inbound.note_failure(message_id, type(error).__name__, now=now)
        return False


def _handle(message_id: int, now: datetime, config: Config) -> bool:
    reply = EventMessage.get_by_id(message_id)
    # Not waited for: whoever has the phone goes on with what else it said.
    if not all(map(inbound.try_lock_phone, consent.phones_of(reply.phone, reply.contractor))):
        return False
    message = inbound.lock_unhandled(message_id, now=now)
    if message is None:
        return False
    text = message.message_content or ""
    done = answer(message, understand(text).intent, now=now, config=config)
    intent = done.heard.reply.intent if done.heard is not None else understand(text).intent
    if intent is not Intent.STOP and message.phone:
        inbound.note_response(message.phone, text, now=now)
    rating = done.heard.reply.rating if done.heard is not None else None
    EventMessage.update(
        handled_at=now, action_taken=done.action, error_message=None, next_attempt_at=None,
        inbox_reason=done.inbox_reason, event=message.event_id, match=done.match_id,
        sentiment_score=sentiment_of(intent, rating), pcr_score=rating,
    ).where(EventMessage.id == message_id).execute()  # fmt: skip
    log.info("reply handled", extra={"message_id": message_id, "intent": intent.value})
    return True


def _store(reply: Inbound, now: datetime | None) -> Stored:
    return receiving.store(
        phone=reply.phone,
        text=reply.text,
        key=reply.key,
        ghl_contact_id=reply.ghl_contact_id,
        ghl_location_id=reply.ghl_location_id,
        ghl_message_id=reply.ghl_message_id,
        raw_payload=reply.raw_payload,
        now=now,
    )


def _obey_stop(message_id: int, stored: Stored) -> None:
    contractor = Contractor.get_or_none(Contractor.id == stored.contractor_id)
    is_new = consent.stop(stored.phones, contractor, now=stored.at)
    action = OPTED_OUT if is_new else OPTED_OUT_BEFORE
    # The list is one of phones; of somebody who has none, a person must know.
    EventMessage.update(
        action_taken=action if stored.phones else NEEDS_A_PERSON,
        inbox_reason=None if stored.phones else STOP_WITHOUT_PHONE,
    ).where(EventMessage.id == message_id).execute()


def _wake(message_id: int) -> None:
    """Send the wake-up; when Redis is away, the planner finds the row."""
    try:
        handle_reply.send(message_id)
    except (BrokerError, redis.RedisError) as error:
        fields = {"message_id": message_id, "error": type(error).__name__}
        log.warning("reply stored, but its wake-up could not be sent", extra=fields)


@dramatiq.actor(
    broker=broker, queue_name=FOLLOW_UP_QUEUE, max_retries=0, max_age=600_000, time_limit=30_000
)
def handle_reply(message_id: int) -> None:
    """Wake one stored reply up; the planner tries again when this fails."""
    handle(message_id, now=clock.now(), config=current().config)
