"""Owns what is written down once n8n has answered, or once nobody can say what it answered."""

import random
import uuid
from datetime import datetime, timedelta

from actors import delivery_reports
from actors.outcomes import Outcome, Verdict
from models import delivery, service_state
from models.config import Config
from models.message import EventMessage, transition
from models.message_status import MessageStatus, MessageType

LONGEST_PAUSE_SECONDS = 60

_jitter = random.SystemRandom()


def record(
    message: EventMessage,
    token: uuid.UUID,
    content: str,
    outcome: Outcome,
    *,
    now: datetime,
    config: Config,
) -> None:
    """Write the result of one attempt; the caller opens the transaction.

    A result that comes after the lease was taken away changes nothing, except that a held text
    which n8n turns out to have accepted becomes `sent`.
    """
    if outcome.verdict == Verdict.ACCEPTED:
        service_state.report_up(service_state.N8N, now=now)
        _record_sent(message, token, content, outcome, now)
        return
    if outcome.verdict in (Verdict.NOT_ACCEPTED, Verdict.UNKNOWN):
        service_state.report(
            service_state.N8N, service_state.TROUBLE, now=now, message=outcome.reason
        )
    can_repeat = outcome.verdict == Verdict.NOT_ACCEPTED or (
        outcome.verdict == Verdict.UNKNOWN and config.n8n_drops_repeats
    )
    if can_repeat:
        _plan_next_attempt(message, token, outcome, now)
    elif outcome.verdict == Verdict.REJECTED:
        delivery.finish(message.id, token, MessageStatus.FAILED, error_message=outcome.reason)
    else:
        reason = f"{outcome.reason}; it may have been sent"
        delivery.finish(message.id, token, MessageStatus.HELD, error_message=reason)
        _heed_report(message, now)


def record_lost(message: EventMessage, *, now: datetime, config: Config) -> None:
    """Write down that a sender died holding this text, so that nobody knows whether it left."""
    outcome = Outcome(Verdict.UNKNOWN, "the worker that was sending it stopped")
    token = message.claim_token
    if config.n8n_drops_repeats:
        _plan_next_attempt(message, token, outcome, now)
    else:
        transition(
            message.id,
            MessageStatus.SENDING,
            MessageStatus.HELD,
            EventMessage.claim_token.is_null() | (EventMessage.claim_token == token),
            error_message=f"{outcome.reason}; it may have been sent",
            lease_until=None,
        )
        _heed_report(message, now)


def _heed_report(message: EventMessage, now: datetime) -> None:
    """Apply what the provider reported while the text was being sent, if it is held now."""
    fresh = EventMessage.get_by_id(message.id)
    if fresh.status == MessageStatus.HELD and fresh.delivery_report:
        delivery_reports.settle(fresh, fresh.delivery_report.get("status", ""), now)


def _record_sent(
    message: EventMessage, token: uuid.UUID, content: str, outcome: Outcome, now: datetime
) -> None:
    columns = {
        "actual_send_time": now,
        "error_message": None,
        "next_attempt_at": None,
        "ghl_message_id": outcome.ghl_message_id,
        "ghl_contact_id": outcome.ghl_contact_id or message.ghl_contact_id,
    }
    is_ours = EventMessage.claim_token == token
    if not delivery.finish(message.id, token, MessageStatus.SENT, **columns) and not transition(
        message.id, MessageStatus.HELD, MessageStatus.SENT, is_ours, claim_token=None, **columns
    ):
        return
    report = (
        EventMessage.select(EventMessage.delivery_report)
        .where(EventMessage.id == message.id)
        .scalar()
    )
    if report:
        delivery_reports.follow(message.id, report.get("status", ""), report.get("error"))
    if message.message_type == MessageType.INTRODUCTION and message.match_id:
        delivery.note_introduced(message, content=content, now=now)
    if outcome.ghl_contact_id and message.contractor_id:
        delivery.learn_contact(message.contractor_id, outcome.ghl_contact_id)


def _plan_next_attempt(
    message: EventMessage, token: uuid.UUID, outcome: Outcome, now: datetime
) -> None:
    pause = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(message.attempts + 1, 10))
    pause = max(pause * _jitter.uniform(0.8, 1.2), outcome.retry_after_seconds or 0)
    next_attempt_at = now + timedelta(seconds=pause)
    if message.expires_at is not None and next_attempt_at >= message.expires_at:
        reason = f"{outcome.reason}; no time was left for another attempt"
        target = (
            MessageStatus.FAILED if outcome.verdict == Verdict.NOT_ACCEPTED else MessageStatus.HELD
        )
        delivery.finish(message.id, token, target, error_message=reason)
        return
    delivery.finish(
        message.id,
        token,
        MessageStatus.SCHEDULED,
        next_attempt_at=next_attempt_at,
        error_message=outcome.reason,
    )
