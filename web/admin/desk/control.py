"""Owns what an organiser does from the desk: run matching, pause, resume and cancel all sending."""

from dataclasses import replace
from datetime import datetime

from actors import matching_preview
from models.eligibility import standing
from models.event import Event, MatchingStatus
from models.reach import Reach, cancellable_introductions, reach
from models.steering import Scope
from web.admin.desk.facts import Facts
from web.admin.message_actions import texts
from web.admin.planned_actions import cancel_all, hold_and_release
from web.admin.present import clock_time, zone_of
from web.admin.steps import Step

PAUSE, RESUME, RUN = "texts_held", "texts_released", "run_requested"
CANCEL = "texts_cancelled"
_STILL_LEAVES = (
    "What is planned after this still leaves: answers to people who write, and the texts of a "
    "matching that runs later. Pause again to hold those too."
)


def steps(event: Event, now: datetime) -> list[Step]:
    """Return what can be done with an event from its desk, in numbers as they are now."""
    if event.cancelled_at is not None:
        return []
    scope = Scope(event_id=event.id)
    found = reach(scope)
    sending = [_worded(step, found) for step in hold_and_release(scope, found, f"at {event.name}")]
    back = [_with_pairs(step, scope) for step in cancel_all(scope, found, f"at {event.name}")]
    return [*sending, *([] if event.is_over(now) else [_run(event, now)]), *back]


def _worded(step: Step, found: Reach) -> Step:
    if step.code == PAUSE:
        return replace(
            step,
            label=f"Pause {texts(found.waiting)}",
            question="Pause all sending for this event?",
            effect=[*step.effect, _STILL_LEAVES],
            done=lambda number: f"Paused: {texts(number)} held until somebody resumes.",
        )
    return replace(
        step,
        label=f"Resume {texts(found.stopped)}",
        question="Resume sending for this event?",
        effect=[*step.effect, "Those that somebody held one by one are among them."],
        done=lambda number: f"Resumed: {texts(number)} will leave.",
    )


def _with_pairs(step: Step, scope: Scope) -> Step:
    """Say what cancelling everything means for those who are matched, and what it leaves alone."""
    number = cancellable_introductions(scope)
    which = f"{number:,} of them" if number != 1 else "1 of them"
    verb = "are introductions" if number != 1 else "is an introduction"
    stays = "The matches stay; whoever has not been introduced yet will not be any more."
    pairs = f"{which} {verb}. {stays}" if number else ""
    later = "What is planned after this still leaves. To keep it from leaving for now, pause."
    return replace(step, effect=[*step.effect, pairs, later])


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
    if leave_at is not None and leave_at > now:
        return f"The introductions leave at {clock_time(leave_at, zone_of(event))}."
    return "The introductions leave at once."


def _planned_run(event: Event, now: datetime) -> str:
    is_ahead = event.matching_status in (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED)
    if not is_ahead or event.matching_at is None or event.matching_at <= now:
        return ""
    at = clock_time(event.matching_at, zone_of(event))
    return f"The matching planned for {at} still runs, and adds who has come by then."


def buttons(facts: Facts) -> dict[str, int | bool]:
    """Return what the buttons say: how many texts could be paused and resumed, if one can run."""
    event = facts.event
    is_on = event.cancelled_at is None
    found = facts.texts
    return {
        "cancellable": found.waiting + found.held if is_on else 0,
        "pausable": facts.texts.waiting if is_on else 0,
        "resumable": facts.texts.stopped if is_on else 0,
        "may_run": not facts.is_over and facts.people.eligible > 1,
    }
