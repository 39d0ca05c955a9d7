"""Owns what is written down once n8n has answered, or once nobody can say what it answered.

The caller opens the transaction. What must not become a second text is decided here: only a text
of which surely nothing has left may fail, and only it may be planned anew.
"""

import random
from datetime import datetime, timedelta

from actors.n8n.outcomes import Outcome, Verdict
from actors.sending import doubt, lateness
from models import delivery, usefulness
from models.claiming import Claim, Text
from models.config import Config
from models.message import EventMessage
from models.message_status import WAITING, MessageStatus

LONGEST_PAUSE_SECONDS = 60
# When no host reaches n8n, none tries; so perhaps it is only this one, and the next is another.
LONGEST_PAUSE_ON_THE_WAY_SECONDS = 4
PAUSE_AFTER_OWN_FAILURE_SECONDS = 5
MOST_OWN_FAILURES = 5

_jitter = random.SystemRandom()


def record(claim: Claim, outcome: Outcome, *, now: datetime, config: Config) -> None:
    """Write the result of one attempt at one part.

    A result that comes after the lease was taken away changes nothing, except that a held text
    which n8n turns out to have accepted becomes `sent`.
    """
    if outcome.verdict == Verdict.ACCEPTED:
        _record_accepted(claim, outcome, now)
        return
    is_unknown = outcome.verdict in (Verdict.UNKNOWN, Verdict.UNDECIDABLE) or (
        # Of a request that was made before, a 409 says that it may have been heeded.
        outcome.is_conflict and claim.text.attempts > 0
    )
    text = claim.text._replace(is_doubtful=claim.text.is_doubtful or is_unknown)
    if outcome.verdict == Verdict.NOT_ACCEPTED or (
        outcome.verdict == Verdict.UNKNOWN and config.n8n_drops_repeats
    ):
        _plan_next_attempt(text, claim.token, outcome, now, config)
    elif outcome.verdict == Verdict.REJECTED and not doubt.has_left(_as_reported(text)):
        reason = outcome.reason
        delivery.finish(text.id, claim.token, MessageStatus.FAILED, error_message=reason)
    else:
        is_ours = EventMessage.claim_token == claim.token
        doubt.hold(
            text.id, MessageStatus.SENDING, _what_of(claim, outcome), is_ours,
            now=now, is_doubtful=text.is_doubtful, claim_token=None,
        )  # fmt: skip


def _as_reported(text: Text) -> Text:
    """Return the text with what the provider reported of it since it was claimed."""
    reports = EventMessage.select(EventMessage.delivery_report).where(EventMessage.id == text.id)
    return text._replace(delivery_report=reports.for_update().scalar())


def record_lost(message: EventMessage, *, now: datetime, config: Config) -> None:
    """Write down that a sender died holding this text, so that nobody knows whether it left.

    The caller has the row locked. A held one keeps the token of whoever had it, should that
    sender come back with an answer after all.
    """
    outcome = Outcome(Verdict.UNKNOWN, "the worker that was sending it stopped")
    message.is_doubtful = True
    if config.n8n_drops_repeats:
        _plan_next_attempt(message, message.claim_token, outcome, now, config)
    else:
        doubt.hold(message.id, MessageStatus.SENDING, outcome.reason, now=now)


def record_broken(message_id: int, error: Exception, *, now: datetime) -> None:
    """Write down that our own code broke on this text before anything was posted.

    It is tried again after 5, 10, 20 and 40 seconds, then it needs a person.
    """
    message = EventMessage.select().where(EventMessage.id == message_id).for_update().first()
    if message is None or message.status not in WAITING:
        return
    failures = message.failures + 1
    reason = f"our own code broke on it ({type(error).__name__})"
    pause = PAUSE_AFTER_OWN_FAILURE_SECONDS * 2 ** (failures - 1)
    EventMessage.update(
        failures=failures,
        error_message=reason,
        status=MessageStatus.SCHEDULED,
        wake_at=None,
        next_attempt_at=now + timedelta(seconds=pause),
    ).where(EventMessage.id == message_id).execute()
    if failures >= MOST_OWN_FAILURES:
        lateness.give_up([message], f"{reason} {failures} times", now=now, plans_anew=False)


def _record_accepted(claim: Claim, outcome: Outcome, now: datetime) -> None:
    text = claim.text
    is_written, report = delivery.note_accepted(
        claim,
        ghl_message_id=outcome.ghl_message_id,
        ghl_contact_id=outcome.ghl_contact_id,
        now=now,
    )
    if not is_written:
        return
    if report and claim.is_last_part:
        doubt.follow(text.id, report, len(claim.part_texts))
    if outcome.ghl_contact_id and text.contractor_id and text.person_contact_id is None:
        delivery.learn_contact(text.contractor_id, outcome.ghl_contact_id)


def _plan_next_attempt(
    text: Text | EventMessage, token: str | None, outcome: Outcome, now: datetime, config: Config
) -> None:
    tries = text.attempts - text.parts_sent + 1
    longest = LONGEST_PAUSE_SECONDS if outcome.has_left else LONGEST_PAUSE_ON_THE_WAY_SECONDS
    pause = min(longest, 2.0 ** min(max(tries, 1), 10))
    pause = max(pause * _jitter.uniform(0.8, 1.2), outcome.retry_after_seconds or 0)
    next_attempt_at = now + timedelta(seconds=pause)
    is_ours = delivery.finish(
        text.id,
        token,
        MessageStatus.SCHEDULED,
        next_attempt_at=next_attempt_at,
        error_message=outcome.reason,
        is_doubtful=text.is_doubtful,
    )
    latest = usefulness.latest(text, config)
    if is_ours and latest is not None and next_attempt_at >= latest:
        reason = f"{outcome.reason}; no time was left for another attempt"
        lateness.give_up([text], reason, now=now)


def _what_of(claim: Claim, outcome: Outcome) -> str:
    parts = len(claim.part_texts)
    return f"part {claim.part} of {parts}: {outcome.reason}" if parts > 1 else outcome.reason


def release(claim: Claim, *, now: datetime) -> None:
    """Give back a claimed text that was not posted after all, if it is still this sender's."""
    delivery.finish(
        claim.text.id,
        claim.token,
        MessageStatus.SCHEDULED,
        attempts=claim.text.attempts,
        next_attempt_at=now,
    )
