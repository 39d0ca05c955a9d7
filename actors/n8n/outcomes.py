"""Owns what n8n's answers mean: accepted, surely not accepted, or nobody can know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from actors.n8n.flow_problems import TO_MEND, problem_of, read_object, words_for

MAX_RETRY_AFTER_SECONDS = 600
LONGEST_ID = 255
NOT_ACCEPTED_CODES = {401, 403, 404, 425, 429}
ALARM_CODES = {401, 403, 404}
CAUSES = {
    401: ": is N8N_WEBHOOK_TOKEN right?",
    403: ": is N8N_WEBHOOK_TOKEN right?",
    404: ": is the workflow active, and N8N_WEBHOOK_URL its production address?",
    429: ": too many requests",
}


class Verdict(StrEnum):
    """What is known of a request.

    `not_accepted` surely texted nobody and may be tried again; `unknown` may have texted;
    `rejected` will never be accepted; `undecidable` needs a person.
    """

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True)
class Outcome:
    """How one request ended. `reason` is for people and holds no phone and no text.

    `alarm`: somebody has to put something right; `too_many`: n8n answers, but it has had enough;
    `is_conflict`: it has, or may have, seen this text before; `has_left`: there was a connection to
    send it on.
    """

    verdict: Verdict
    reason: str = ""
    ghl_message_id: str | None = None
    ghl_contact_id: str | None = None
    retry_after_seconds: float | None = None
    alarm: bool = False
    too_many: bool = False
    is_conflict: bool = False
    has_left: bool = True


def judge_answer(
    code: int, headers: Mapping[str, str], body: bytes, *, drops_repeats: bool, now: datetime
) -> Outcome:
    """Return what an answer means.

    Parameters
    ----------
    drops_repeats : bool
        Whether the flow texts once per `webhook-id`; only then can an unknown outcome be
        asked again, and only then does a success have to name the provider's message.
    now : datetime
        To read a Retry-After that is a date.
    """
    if 200 <= code < 300:
        return _judge_success(body, drops_repeats)
    problem = problem_of(body)
    cause = f": {words_for(problem, code)}" if problem else CAUSES.get(code, "")
    reason = f"n8n answered {code}{cause}"
    if code in NOT_ACCEPTED_CODES or 300 <= code < 400:
        return Outcome(
            Verdict.NOT_ACCEPTED,
            reason,
            retry_after_seconds=_retry_after(headers.get("Retry-After"), now),
            alarm=code in ALARM_CODES or code < 400 or problem in TO_MEND,
            too_many=code == 429,
        )
    if code == 409 and drops_repeats:
        reason = "n8n has seen this text and lost its answer"
        return Outcome(Verdict.UNDECIDABLE, reason, is_conflict=True)
    if code == 408 or code >= 500:
        return Outcome(Verdict.UNKNOWN, reason)
    return Outcome(Verdict.REJECTED, reason, is_conflict=code == 409)


def _judge_success(body: bytes, drops_repeats: bool) -> Outcome:
    message_id, contact_id = _ids(body)
    if message_id is None and drops_repeats:
        return Outcome(Verdict.UNKNOWN, "n8n answered without a ghl_message_id")
    return Outcome(Verdict.ACCEPTED, ghl_message_id=message_id, ghl_contact_id=contact_id)


def _ids(answer: bytes) -> tuple[str | None, str | None]:
    found = read_object(answer)
    return _id(found.get("ghl_message_id")), _id(found.get("ghl_contact_id"))


def _id(value: object) -> str | None:
    """Return what can be an id; a flow's error in its place must not undo that it accepted."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    found = str(value).strip()
    return found if 0 < len(found) <= LONGEST_ID and found.isprintable() else None


def _retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, a number or a date; None when unreadable."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)
