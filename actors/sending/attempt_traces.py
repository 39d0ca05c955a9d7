"""Owns what is told of each attempt to send a text: to the log, to n8n, and to monitoring."""

import logging
from contextlib import AbstractContextManager
from datetime import datetime

from actors.n8n.outcomes import Outcome, Verdict
from actors.process import counting
from models import log_context
from models.claiming import Claim
from models.counters import LATENESS, RETRIES, SENDS

log = logging.getLogger("actors.sending.delivery")


def named(claim: Claim) -> AbstractContextManager[None]:
    """Let the log, and n8n, know which text this is and which request once caused it."""
    text = claim.text
    return log_context.bound(
        request_id=text.request_id, message_id=text.id, event_id=text.event_id,
        match_id=text.match_id,
    )  # fmt: skip


def count(claim: Claim, outcome: Outcome, ended_at: datetime) -> None:
    text, verdict = claim.text, outcome.verdict.value
    counting.count(SENDS, outcome=verdict)
    if text.attempts > text.parts_sent:
        counting.count(RETRIES, outcome=verdict)
    if outcome.verdict == Verdict.ACCEPTED and claim.part == 1 and text.scheduled_time:
        late = (ended_at - text.scheduled_time).total_seconds()
        counting.observe(LATENESS, max(0.0, late), category=text.message_category or "none")


def tell(claim: Claim, outcome: Outcome) -> None:
    fields = {
        "message_id": claim.text.id,
        "part": claim.part,
        "outcome": outcome.verdict.value,
        "reason": outcome.reason,
    }
    usual = logging.INFO if outcome.verdict == Verdict.ACCEPTED else logging.WARNING
    log.log(logging.ERROR if outcome.alarm else usual, "text handed to n8n", extra=fields)
