"""Owns how far an event's texts have got, as figures, sentences and rows of a small table."""

from typing import Any, NamedTuple

from flask import url_for

from models.queue_stats import STATES
from models.row_versions import RATE_OVER
from web.admin.day import NOTHING_LATE, state_words
from web.admin.desk.facts import Facts
from web.admin.labels import opening
from web.admin.message_actions import texts

_QUEUES = {
    "event_orchestration": "Matching",
    "event_messages": "Texts",
    "follow_up": "Replies",
}
# Below it the number would read 0.0.
LEAST_RATE = 0.05
# The API's total is one of what has not left yet.
_STATE_WORDS = {"total": "To come"}
COLUMNS = tuple(_QUEUES.values())
_UNHEARD = (
    "No text is reported as delivered so far. “Sent” means that n8n took it; whether it arrived is "
    "known only where n8n passes delivery reports on."
)
_HEARD_OF_SOME = (
    "“Sent” means that n8n took it; “delivered”, that a delivery report or an answer came since."
)


class Figure(NamedTuple):
    """One number, what it counts, and the list behind it."""

    label: str
    number: int
    where: str
    tone: str = ""


def figures(facts: Facts) -> list[Figure]:
    """Return how many texts of this event stand where."""
    found = facts.texts

    def listed(status: str) -> str:
        return url_for("messages.index_view", event=facts.event.id, status=status)

    return [
        Figure("Waiting", found.waiting, listed("scheduled")),
        Figure("In the air", found.in_the_air, listed("sending")),
        Figure("Sent", found.sent, listed("sent")),
        Figure("Delivered", found.delivered, listed("delivered")),
        Figure("Failed", found.failed, listed("failed"), "bad" if found.failed else ""),
        Figure("Held", found.held, listed("held"), "warn" if found.held else ""),
        Figure("Cancelled", found.cancelled, listed("cancelled")),
    ]


def sentences(facts: Facts) -> list[tuple[str, str]]:
    """Return (tone, sentence) about the pace, the planner and n8n."""
    found = facts.texts
    per_second = found.last_minute / RATE_OVER.total_seconds()
    rate = "No text went out in the last minute"
    if found.last_minute:
        rate = f"{texts(found.last_minute)} went out in the last minute"
    if per_second >= LEAST_RATE:
        rate += f", {per_second:.1f} a second"
    # What is paused is not late.
    late = NOTHING_LATE if facts.event.paused_at else found.late
    words = state_words(facts.states, late, facts.now, facts.zone)
    unheard = _HEARD_OF_SOME if found.delivered else _UNHEARD
    heard = [("idle", unheard)] if found.sent > found.delivered else []
    return [("good" if found.last_minute else "idle", f"{rate}."), *heard, *words]


def queues(facts: Facts) -> list[tuple[str, list[int]]]:
    """Return each state's name and its numbers, one for each queue in the order of `COLUMNS`."""
    return [
        (_STATE_WORDS.get(state, state.title()), [facts.queues[name][state] for name in _QUEUES])
        for state in (*STATES, "total")
    ]


def failures(facts: Facts) -> list[tuple[str, int]]:
    """Return why texts failed, and how many each."""
    return [(opening(reason or "No reason was kept"), n) for reason, n in facts.failures]


def section(facts: Facts) -> dict[str, Any]:
    """Return all of it, as the template has it."""
    return {
        "figures": figures(facts),
        "sentences": sentences(facts),
        "columns": COLUMNS,
        "queues": queues(facts),
        "failures": failures(facts),
    }
