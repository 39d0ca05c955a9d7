"""Owns how an event's sending is paused and resumed from its desk, and introductions approved."""

from datetime import datetime

from flask_login import current_user

from actors.control import event_sending
from models.deliveries import Awaiting, deliveries
from models.event import Approval, Event
from models.reach import Reach
from web.admin.desk.sending import (
    APPROVE,
    REQUIRE,
    STOP_ASKING,
    introductions,
    is_required,
    pairs,
    useful_minutes,
    wait_ends,
)
from web.admin.message_actions import texts
from web.admin.planned_actions import untouched
from web.admin.present import clock_time, zone_of
from web.admin.steps import Step

PAUSE, RESUME = "sending_paused", "sending_resumed"
_TOO_LATE = (
    "Each text keeps its time. An introduction that still waits {} minutes after it is planned "
    "anew for the next break, and an answer is not sent after an hour."
)
_PAST = "the time for that is past"
_FOR_THE_DAY = (
    "This is for the whole day: introductions that a top-up plans later, or that follow a NO, "
    "leave without asking again, until you take it back."
)
_NOT_IN_TIME = (
    "What nobody approved within {} minutes of its time is not sent then: it is planned anew for "
    "the next break, and waits there too."
)


def sending_steps(event: Event, found: Reach, now: datetime) -> list[Step]:
    """Return how sending is paused or resumed, and what can be done about approval."""
    pausing = _resume(event, found, now) if event.paused_at else _pause(event, found)
    if event.is_over(now):
        return [pausing]
    at = event.introductions_at
    awaiting = deliveries(event.id, introductions_at=at, now=now).awaiting
    return [
        pausing,
        *([_approve(event, awaiting, now)] if event.awaits_approval and awaiting.texts else []),
        *([] if is_required(event) else [_require(event, awaiting, found)]),
        *([] if event.approval == Approval.OFF else [_stop_asking(event, awaiting, now)]),
    ]


def _pause(event: Event, found: Reach) -> Step:
    waiting = f": {texts(found.waiting)} at the moment" if found.waiting else ""
    return Step(
        PAUSE,
        "Pause all sending",
        "Pause all sending for this event?",
        [
            f"Nothing leaves until somebody resumes{waiting}.",
            "What is planned meanwhile waits too, and so do answers to people who write.",
            "Only STOP, START and HELP are answered all the same.",
            _TOO_LATE.format(useful_minutes()),
            *untouched(found),
        ],
        lambda at: event_sending.pause(event.id, by=current_user.name, now=at),
        lambda number: f"Sending is paused: {texts(number)} waiting until somebody resumes.",
    )


def _resume(event: Event, found: Reach, now: datetime) -> Step:
    late = deliveries(event.id, introductions_at=event.introductions_at, now=now).late.waiting
    later = found.waiting - late
    needs = "still needs" if found.awaiting == 1 else "still need"
    unapproved = f"{introductions(found.awaiting)} {needs} approval." if found.awaiting else ""
    return Step(
        RESUME,
        "Resume sending",
        "Resume sending for this event?",
        [
            f"{texts(late)} {_leaves(late)} in turn from now on: {_PAST}." if late else "",
            f"{texts(later)} {_leaves(later)} as planned." if later else "",
            "" if found.waiting else "Nothing waits at the moment.",
            "What came too late meanwhile is not sent.",
            unapproved,
        ],
        lambda _: event_sending.resume(event.id),
        lambda number: f"Sending goes on: {texts(number)} to leave.",
    )


def _approve(event: Event, awaiting: Awaiting, now: datetime) -> Step:
    paused = "Sending is paused: they leave once it is resumed." if event.paused_at else ""
    return Step(
        APPROVE,
        f"Approve {introductions(awaiting.texts)}",
        f"Approve {introductions(awaiting.texts)}?",
        [
            f"{introductions(awaiting.texts)} {pairs(awaiting)} {_leave(event, awaiting, now)}",
            paused,
            _FOR_THE_DAY,
        ],
        lambda at: event_sending.approve(event.id, by=current_user.name, now=at),
        lambda number: f"Approved: {introductions(number)} will leave.",
    )


def _require(event: Event, awaiting: Awaiting, found: Reach) -> Step:
    label, question = "Hold introductions for approval", "Hold introductions until approved?"
    if event.approved_at is not None:
        label, question = "Take the approval back", "Take the approval back?"
    elif event.approval == Approval.UNTIL_DEADLINE:
        label, question = "Keep them back", "Keep introductions back until somebody approves?"
    ends = wait_ends(event, awaiting)
    no_longer = ""
    if event.approval == Approval.UNTIL_DEADLINE:
        at = f" at {clock_time(ends, zone_of(event))}" if ends and awaiting.texts else ""
        no_longer = f"They no longer leave by themselves{at}."
    number = found.introductions + awaiting.texts
    verb = "waits" if number == 1 else "wait"
    return Step(
        REQUIRE,
        label,
        question,
        [
            f"{introductions(number)} {verb} until somebody approves them here.",
            "So do all that are planned later. Everything else leaves as usual.",
            no_longer,
            _NOT_IN_TIME.format(useful_minutes()),
        ],
        lambda _: event_sending.require_approval(event.id),
        lambda number: f"{introductions(number)} wait for approval now.",
    )


def _stop_asking(event: Event, awaiting: Awaiting, now: datetime) -> Step:
    leave = f"{introductions(awaiting.texts)} {_leave(event, awaiting, now)}"
    return Step(
        STOP_ASKING,
        "Stop asking for approval",
        "Let introductions leave without approval?",
        [
            leave if awaiting.texts else "",
            "Introductions that are planned later leave at their time without a click.",
        ],
        lambda at: event_sending.stop_asking(event.id, now=at),
        lambda number: f"No approval is asked for any more: {introductions(number)} let go.",
    )


def _leave(event: Event, awaiting: Awaiting, now: datetime) -> str:
    verb = _leaves(awaiting.texts)
    due = awaiting.first_due
    if due is None or due <= now:
        return f"{verb} at once: {_PAST}."
    return f"{verb} at {clock_time(due, zone_of(event))}, as planned."


def _leaves(number: int) -> str:
    return "leaves" if number == 1 else "leave"
