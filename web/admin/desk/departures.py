"""Owns the right minute: when introductions leave, from first to last, and if that is too late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from models.event import MatchingStatus
from web.admin.desk.facts import Facts
from web.admin.message_actions import texts


@dataclass(frozen=True)
class Departures:
    """From when to when introductions leave.

    Attributes
    ----------
    first, last : datetime or None
        None when there is nothing to send.
    number : int
        How many leave between them.
    is_estimate : bool
        Whether matching has not said yet how many there are.
    have_left : bool
        Whether this is history.
    late : int
        How many of them would come too late to be sent at all.
    """

    first: datetime | None
    last: datetime | None
    number: int
    is_estimate: bool = False
    have_left: bool = False
    late: int = 0
    after_lunch: timedelta = timedelta(0)


def departures(facts: Facts) -> Departures:
    """Return when the introductions leave, at the pace that is set."""
    found = facts.texts.introductions
    if found.waiting and found.first_due is not None:
        return _planned(facts, found.first_due, found.waiting)
    if found.left:
        return Departures(found.first_left, found.last_left, found.left, have_left=True)
    event = facts.event
    is_ahead = event.matching_status not in (MatchingStatus.COMPLETED, MatchingStatus.MISSED)
    if facts.is_over or not is_ahead or event.introductions_at is None:
        return Departures(None, None, 0)
    # Every person gets one text for each of their matches.
    most = facts.people.eligible * event.max_matches if facts.people.eligible > 1 else 0
    leave_at: datetime = event.introductions_at
    return _planned(facts, max(leave_at, facts.now), most, is_estimate=True)


def _planned(facts: Facts, due: datetime, number: int, *, is_estimate: bool = False) -> Departures:
    if not number:
        return Departures(None, None, 0, is_estimate=is_estimate)
    gap = timedelta(seconds=1) / facts.config.messages_per_second
    first: datetime = max(due, facts.now)
    last = first + gap * (number - 1)
    useful_until = due + timedelta(minutes=facts.config.introduction_useful_minutes)
    in_time = -((first - useful_until) // gap)
    lunch = facts.lunch
    return Departures(
        first,
        last,
        number,
        is_estimate,
        late=min(number, max(0, number - in_time)),
        after_lunch=max(timedelta(0), last - lunch.end_time) if lunch else timedelta(0),
    )


def words(found: Departures, facts: Facts) -> str:
    """Return in a sentence how many leave, and how fast."""
    pace = f"{facts.config.messages_per_second:,} a second"
    held = facts.texts.stopped
    rest = f" {texts(held)} held leave at that pace once released." if held else ""
    if found.first is None and held:
        return f"The pace is {pace}.{rest}"
    if found.first is None:
        return (
            "No introduction is planned yet." if not facts.is_over else "Nothing leaves any more."
        )
    if found.have_left:
        return f"{texts(found.number)} went out; the pace is {pace}.{rest}"
    if found.is_estimate:
        return (
            f"At most {texts(found.number)} at {pace}: {facts.people.eligible:,} people here, "
            f"up to {facts.event.max_matches} matches each."
        )
    condition = _condition(facts)
    return f"{texts(found.number)} at {pace}, if nothing else is sent meanwhile{condition}."


def _condition(facts: Facts) -> str:
    if facts.event.paused_at is not None:
        return " and sending is resumed by then"
    if facts.event.awaits_approval and facts.texts.awaiting.texts:
        return " and they are approved by then"
    return ""


def warnings(found: Departures, facts: Facts) -> list[tuple[str, str, str]]:
    """Return (warning, what mends it, where) for what comes too late."""
    edit = url_for("events.edit_view", id=facts.event.id)
    mend = "Fewer matches per person"
    said = []
    if found.late:
        minutes = facts.config.introduction_useful_minutes
        sentence = (
            f"{texts(found.late)} would leave more than {minutes} minutes after their time, "
            "and are not sent then."
        )
        said.append((sentence, mend, edit))
    if found.after_lunch and facts.lunch is not None:
        ends = facts.clock(facts.lunch.end_time)
        said.append(
            (
                f"The last one leaves {span_words(found.after_lunch)} after lunch ends ({ends}).",
                mend,
                edit,
            )
        )
    return said


def span_words(span: timedelta) -> str:
    """Return `45 s`, `20 min` or `1 h 15 min`."""
    seconds = max(1, round(span.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if seconds < 120:
        return f"{seconds} s"
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
