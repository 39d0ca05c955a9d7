"""Owns what an organiser does from the desk: run matching, steer sending, release, cancel all."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from actors.pairing import matching_preview
from models.eligibility import standing
from models.event import Event, MatchingStatus
from models.reach import cancellable_introductions, reach
from models.steering import Scope
from web.admin.desk import n8n
from web.admin.desk.facts import Facts
from web.admin.desk.sending import sending
from web.admin.desk.sending_steps import sending_steps
from web.admin.planned_actions import cancel_all, release_all
from web.admin.present import clock_time, zone_of
from web.admin.steps import Step

RUN = "run_requested"


def steps(event: Event, now: datetime) -> list[Step]:
    """Return what can be done with an event from its desk, in numbers as they are now."""
    if event.cancelled_at is not None:
        return []
    scope = Scope(event_id=event.id)
    found = reach(scope)
    return [
        *sending_steps(event, found, now),
        *release_all(scope, found, f"at {event.name}"),
        *([] if event.is_over(now) else [_run(event, now), n8n.step()]),
        *(_with_pairs(step, scope) for step in cancel_all(scope, found, f"at {event.name}")),
    ]


def _with_pairs(step: Step, scope: Scope) -> Step:
    """Say what cancelling everything means for those who are matched, and what it leaves alone."""
    number = cancellable_introductions(scope)
    which = f"{number:,} of them" if number != 1 else "1 of them"
    verb = "are introductions" if number != 1 else "is an introduction"
    stays = "The matches stay; whoever has not been introduced yet will not be any more."
    pairs = f"{which} {verb}. {stays}" if number else ""
    later = "What is planned after this still leaves. To keep it from leaving for now, pause."
    return replace(step, effect=[*step.tell(), pairs, later])


def _run(event: Event, now: datetime) -> Step:
    def do(at: datetime) -> int | None:
        try:
            matching_preview.request_run(event.id, now=at)
        except matching_preview.NotPossible:
            return None
        return 0

    pool = standing(event.id)
    return Step(
        RUN,
        "Run matching now",
        f"Run matching at {event.name} now?",
        [
            f"{pool.eligible:,} of {pool.registered:,} people can be matched, within seconds.",
            _when_introductions_leave(event, now),
            _planned_run(event, now),
            "Matches and texts that are there already stay as they are.",
        ],
        do,
        lambda _: "Matching runs in a moment.",
    )


def _when_introductions_leave(event: Event, now: datetime) -> str:
    leave_at = event.introductions_at
    if event.awaits_approval:
        return "The introductions wait for approval."
    if leave_at is not None and leave_at > now:
        return f"The introductions leave at {clock_time(leave_at, zone_of(event))}."
    return "The introductions leave at once."


def _planned_run(event: Event, now: datetime) -> str:
    is_ahead = event.matching_status in (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED)
    if not is_ahead or event.matching_at is None or event.matching_at <= now:
        return ""
    at = clock_time(event.matching_at, zone_of(event))
    return f"The matching planned for {at} still runs, and adds who has come by then."


def section(facts: Facts) -> dict[str, Any]:
    """Return what the control part says: how much waits and is held, what may be done."""
    event = facts.event
    is_on = event.cancelled_at is None
    found = facts.texts
    may = {
        "cancellable": found.waiting + found.held if is_on else 0,
        "waiting": found.waiting if is_on else 0,
        "releasable": found.stopped if is_on else 0,
        "may_run": not facts.is_over and facts.people.eligible > 1,
    }
    return {"may": may, "sending": sending(facts)}
