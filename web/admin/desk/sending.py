"""Owns what an event's desk says of the approval of its introductions, and which buttons it has."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from models.deliveries import Awaiting
from models.event import Approval, Event
from web.admin.desk.facts import Facts

APPROVE, REQUIRE, STOP_ASKING = "introductions_approved", "approval_required", "approval_dropped"


@dataclass(frozen=True)
class Sending:
    """What the control part of the desk says of approval.

    Attributes
    ----------
    waits, until : str
        What waits for approval; until when, and what happens then. Empty when nothing does.
    note : str
        What else is to be said about approval.
    steps : list of (code, tone, label, sub)
        The buttons about approval.
    """

    waits: str
    until: str
    note: str
    steps: list[tuple[str, str, str, str]]


def useful_minutes() -> int:
    """Return for how many minutes after its time an introduction is of use."""
    minutes: int = current_app.config["PEER_CONFIG"].introduction_useful_minutes
    return minutes


def introductions(number: int) -> str:
    """Return `1 introduction` or `2 introductions`."""
    return f"{number:,} introduction{'' if number == 1 else 's'}"


def wait_ends(event: Event, awaiting: Awaiting) -> datetime | None:
    """Return until when the first of what waits for approval waits, however that ends."""
    due = awaiting.first_due
    if due is None:
        return None
    if event.approval == Approval.UNTIL_DEADLINE:
        return due + timedelta(minutes=event.approval_wait_minutes) / event.time_scale
    return min(due + timedelta(minutes=useful_minutes()), event.last_moment)


def sending(facts: Facts) -> Sending:
    """Return what the desk says about approval, and its buttons."""
    event, awaiting = facts.event, facts.texts.awaiting
    if facts.is_over:
        return Sending("", "", "", [])
    drop = (STOP_ASKING, "btn-quiet", "Stop asking for approval", "they leave without a click")
    if event.approval == Approval.OFF:
        ask = (REQUIRE, "btn-quiet", "Hold introductions for approval", "they leave after a click")
        return Sending("", "", "", [ask])
    if not event.awaits_approval:
        by = f" by {event.approved_by}" if event.approved_by else ""
        back = (REQUIRE, "btn-line", "Take the approval back", "they wait again")
        words = f"Introductions were approved{by} at {facts.clock(event.approved_at)}."
        return Sending("", "", words, [back])
    keep = (REQUIRE, "btn-line", "Keep them back", "until somebody approves")
    kept = [] if is_required(event) else [keep]
    if not awaiting.texts:
        words = f"Introductions will wait for your approval{_or_not(event)}."
        return Sending("", "", words, [drop])
    number = introductions(awaiting.texts)
    # While nothing leaves anyway, the button that ends that is the one to see first.
    tone = "btn-line" if event.paused_at else "btn-main"
    approve = (APPROVE, tone, f"Approve {number}", pairs(awaiting))
    verb = "waits" if awaiting.texts == 1 else "wait"
    words = f"{number} {pairs(awaiting)} {verb} for your approval"
    return Sending(words, _until(facts), "", [approve, *kept, drop])


def _until(facts: Facts) -> str:
    ends = wait_ends(facts.event, facts.texts.awaiting)
    until = f"until {facts.clock(ends)}" if ends else "from now on"
    if facts.event.approval == Approval.UNTIL_DEADLINE:
        return f"{until}; then they leave by themselves."
    return f"{until}. What nobody approved by then is not sent."


def _or_not(event: Event) -> str:
    if event.approval == Approval.REQUIRED:
        return ""
    if not event.approval_wait_minutes:
        return ", or leave by themselves at their time"
    return f", or leave by themselves {event.approval_wait_minutes} minutes after their time"


def pairs(awaiting: Awaiting) -> str:
    """Return `for 1 match` or `for 2 matches`."""
    return f"for {awaiting.matches:,} match{'' if awaiting.matches == 1 else 'es'}"


def is_required(event: Event) -> bool:
    """Whether introductions wait for a click, and for nothing else."""
    return event.approval == Approval.REQUIRED and event.approved_at is None
