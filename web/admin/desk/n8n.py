"""Owns what an event's desk says of the question that n8n is asked, and the step that asks it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from actors.n8n.advice import advice
from models import n8n_check
from models.n8n_check import Check, Finding
from models.service_state import N8N_CHECK
from web.admin.desk.facts import Facts
from web.admin.steps import Step

CHECK = "n8n_checked"


class Found(NamedTuple):
    """Something that n8n's answer shows; `tone` as the lists of the desk have it."""

    tone: str
    sentence: str


def found(facts: Facts) -> Iterator[Found]:
    """Return what the last answer shows that somebody should mend or know."""
    answer = _check(facts).answer
    if answer is None:
        return
    if answer.finding is not Finding.FINE:
        tone = "idle" if answer.finding is Finding.UNKNOWN_FLOW else "bad"
        yield Found(tone, advice(answer))
    drops_repeats = facts.config.n8n_drops_repeats
    if answer.finding is Finding.FINE and answer.drops_repeats and not drops_repeats:
        said = "n8n's flow texts once however often it is asked: set N8N_DROPS_REPEATS=1."
        yield Found("warn", f"{said} Without it, texts whose end is not known wait for a person.")
    if answer.finding is Finding.UNKNOWN_FLOW and drops_repeats:
        said = "N8N_DROPS_REPEATS is 1, but the flow is none of ours."
        yield Found("warn", f"{said} Unless it drops repeats, people may be texted twice.")


def section(facts: Facts) -> dict[str, Any]:
    """Return when n8n was asked last and what came of it, in a sentence, and the step's code."""
    check = _check(facts)
    if check.is_awaited(facts.now):
        return {"checked": "n8n is being asked.", "code": CHECK}
    if check.answer is None or check.answered_at is None:
        return {"checked": "n8n was not asked yet.", "code": CHECK}
    is_fine = check.answer.finding is Finding.FINE
    end = ": it answers, and token, signature and table are right." if is_fine else "."
    return {"checked": f"n8n was asked at {facts.clock(check.answered_at)}{end}", "code": CHECK}


def step() -> Step:
    """Return the step that asks n8n."""

    def do(at: datetime) -> int:
        n8n_check.request(at)
        return 0

    return Step(
        CHECK,
        "Check n8n now",
        "Check n8n now?",
        [
            "A worker asks n8n whether texts would get through: address, token, signature, table.",
            "The question has no phone and no words. Nobody is texted.",
        ],
        do,
        lambda _: "n8n is being asked. What it answers stands under Readiness within seconds.",
    )


def _check(facts: Facts) -> Check:
    return n8n_check.of_row(facts.states.get(N8N_CHECK))
