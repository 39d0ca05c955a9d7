"""Owns handling the texts that somebody sent us: each answered once, in the order they came."""

import logging
from datetime import datetime
from typing import Any

import dramatiq

from actors.broker import FOLLOW_UP_QUEUE, broker
from actors.conversation.reply_answers import answer
from actors.conversation.sentiment import sentiment_of
from actors.process import counting
from actors.reply_text import Intent, understand
from actors.runtime import current
from models import clock, inbound
from models.base import db
from models.config import Config
from models.counters import REPLIES
from models.message import EventMessage
from models.readiness import DATABASE_LOST

MOST_AT_ONCE = 20

log = logging.getLogger(__name__)


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
            handled = _handle(message_id, now, config)
    except DATABASE_LOST:
        raise
    except Exception as error:
        log.exception("a reply could not be handled", extra={"message_id": message_id})
        with db.atomic():
            inbound.note_failure(message_id, type(error).__name__, now=now)
        return False
    if handled is None:
        return False
    counting.count(REPLIES, intent=handled["intent"])
    log.info("reply handled", extra={"message_id": message_id, **handled})
    return True


def _handle(message_id: int, now: datetime, config: Config) -> dict[str, Any] | None:
    """Answer one reply and return what to log of it; None when somebody else does."""
    # Not waited for: whoever has the phone goes on with what else it said.
    if not inbound.try_lock_phones(message_id):
        return None
    message = inbound.lock_unhandled(message_id, now=now)
    if message is None:
        return None
    text = message.message_content or ""
    by_itself = understand(text).intent
    done = answer(message, by_itself, now=now, config=config)
    intent = done.heard.reply.intent if done.heard is not None else by_itself
    if intent is not Intent.STOP and message.phone:
        inbound.note_response(message.phone, text, now=now)
    rating = done.heard.reply.rating if done.heard is not None else None
    EventMessage.update(
        handled_at=now, action_taken=done.action, error_message=None, next_attempt_at=None,
        inbox_reason=done.inbox_reason, event=message.event_id, match=done.match_id,
        sentiment_score=sentiment_of(intent, rating), pcr_score=rating,
    ).where(EventMessage.id == message_id).execute()  # fmt: skip
    return {"intent": intent.value, "event_id": message.event_id, "match_id": done.match_id}


@dramatiq.actor(
    broker=broker, queue_name=FOLLOW_UP_QUEUE, max_retries=0, max_age=600_000, time_limit=30_000
)
def handle_reply(message_id: int) -> None:
    """Wake one stored reply up; after a failure the planner does so again."""
    handle(message_id, now=clock.now(), config=current().config)
