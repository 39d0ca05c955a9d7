"""Owns sending one text: claim it, post it with no transaction open, record what happened."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import dramatiq

from actors import texts
from actors.broker import MESSAGES_QUEUE, broker
from actors.insisting import insist
from actors.n8n import Gateway
from actors.outcomes import Outcome, Verdict
from actors.payload import build_payload, webhook_id
from actors.recording import record
from actors.runtime import current
from models import clock, delivery, outbox
from models.base import db
from models.config import Config
from models.message import EventMessage, transition
from models.message_status import WAITING, MessageStatus, MessageType

LEASE = timedelta(seconds=60)
EARLY_ENOUGH_TO_WAIT = timedelta(seconds=2)
BUSY_PAUSE = timedelta(milliseconds=500)
INTRODUCTIONS = (MessageType.INTRODUCTION, MessageType.TEST_INTRODUCTION)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A text that this process, and no other, is sending."""

    message: EventMessage
    token: uuid.UUID
    phone: str
    content: str


def deliver(
    message_id: int, *, now: Callable[[], datetime], gateway: Gateway, config: Config
) -> timedelta | None:
    """Send one text if it is due, wanted and allowed; running twice is the same as once.

    Parameters
    ----------
    now : callable
        The database's clock: read once to claim, and once more when n8n has answered.

    Returns
    -------
    timedelta or None
        How long to wait before waking it again: it was a moment early, or another text to the
        same person was in the air.
    """
    claimed_at = now()
    with db.atomic():
        claim = _claim(message_id, claimed_at)
        if isinstance(claim, timedelta):
            outbox.defer(message_id, until=claimed_at + claim)
    if not isinstance(claim, Claim):
        return claim
    payload = build_payload(claim.message, phone=claim.phone, content=claim.content, now=claimed_at)
    outcome = gateway.send(payload, webhook_id(claim.message), claimed_at)
    _tell(message_id, outcome)
    insist(
        lambda: record(claim.message, claim.token, claim.content, outcome, now=now(), config=config)
    )
    return None


def _claim(message_id: int, now: datetime) -> Claim | timedelta | None:
    message = delivery.lock_message(message_id)
    if message is None or message.status not in WAITING or message.due is None:
        return None
    if message.due > now:
        return _wait(message_id, message.due - now)
    reason = delivery.refusal(message)
    if reason is not None:
        return _end(message, MessageStatus.CANCELLED, reason)
    if message.expires_at is not None and now >= message.expires_at:
        return _end(message, MessageStatus.FAILED, "it would have arrived too late to be of use")
    content = _content(message)
    if not content:
        return _end(message, MessageStatus.FAILED, "the text is empty")
    if delivery.is_another_in_the_air(message):
        return BUSY_PAUSE
    token = delivery.take(message, content=content, now=now, lease=LEASE)
    return Claim(message, token, delivery.phone_of(message) or "", content)


def _wait(message_id: int, remaining: timedelta) -> timedelta | None:
    """Keep a wake-up that is a moment early; one for another time altogether is stale."""
    if remaining <= EARLY_ENOUGH_TO_WAIT:
        return remaining
    outbox.put_back([message_id])
    return None


def _end(message: EventMessage, target: MessageStatus, reason: str) -> timedelta | None:
    transition(message.id, MessageStatus(message.status), target, error_message=reason)
    return None


def _content(message: EventMessage) -> str:
    """Return what the text says; once an attempt was made, the same words again."""
    if message.message_content or message.message_type not in INTRODUCTIONS:
        return message.message_content or ""
    has_several = bool(message.reply_number) and delivery.open_introductions(message) > 1
    is_first = bool(message.event_id) and delivery.is_first_text(message)
    criteria = message.match.match_criteria if message.match_id else {}
    return texts.introduction(
        texts.Introduction(
            first_name=message.contractor.first_name if message.contractor_id else "",
            data=message.personalization_data or {},
            geographic=criteria.get("geographic"),
            reply_number=message.reply_number if has_several else None,
            first_text_event=message.event.name if is_first else None,
        )
    )


def _tell(message_id: int, outcome: Outcome) -> None:
    fields = {"message_id": message_id, "outcome": outcome.verdict.value, "reason": outcome.reason}
    usual = logging.INFO if outcome.verdict == Verdict.ACCEPTED else logging.WARNING
    log.log(logging.ERROR if outcome.alarm else usual, "text handed to n8n", extra=fields)


@dramatiq.actor(
    broker=broker, queue_name=MESSAGES_QUEUE, max_retries=0, max_age=600_000, time_limit=60_000
)
def deliver_message(message_id: int) -> None:
    """Wake one text up; the row decides whether anything is sent."""
    runtime = current()
    wait: timedelta | None = BUSY_PAUSE
    with runtime.limiter.acquire(raise_on_failure=False) as is_within_limit:
        if is_within_limit:
            wait = deliver(
                message_id, now=clock.now, gateway=runtime.gateway, config=runtime.config
            )
        else:
            outbox.defer(message_id, until=clock.now() + BUSY_PAUSE)
    if wait is not None:
        delay_ms = max(1, round(wait.total_seconds() * 1000))
        deliver_message.send_with_options(args=(message_id,), delay=delay_ms)
