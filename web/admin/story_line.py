"""Owns the story of a match on one line: what happened, to whom, at what time."""

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.contractor import Contractor
from models.match_story import Moment, Tone
from web.admin.present import record_label


class Step(NamedTuple):
    """One step of the line."""

    words: str
    at: str
    tone: Tone


def story_line(moments: list[Moment], zone: ZoneInfo, day: date) -> list[Step]:
    """Return the steps; what happened to both at one time is one, what they wrote is left out."""
    steps: list[Step] = []
    told = [moment for moment in moments if moment.tone is not Tone.THEIRS]
    number = 0
    while number < len(told):
        moment = told[number]
        following = told[number + 1] if number + 1 < len(told) else None
        is_both = following is not None and _are_alike(moment, following, zone, day)
        words = _words(moment, is_both=is_both)
        steps.append(Step(words, _when(moment.at, zone, day), moment.tone))
        number += 2 if is_both else 1
    return steps


def _are_alike(one: Moment, other: Moment, zone: ZoneInfo, day: date) -> bool:
    is_of_two = one.who is not None and other.who is not None and one.who != other.who
    same_time = _when(one.at, zone, day) == _when(other.at, zone, day)
    return is_of_two and same_time and _short(one.what) == _short(other.what)


def _words(moment: Moment, *, is_both: bool) -> str:
    what = _short(moment.what)
    if moment.who is None:
        return what
    return f"Both: {_inner(what)}" if is_both else f"{_first_name(moment.who)}: {_inner(what)}"


def _short(what: str) -> str:
    """Leave the reason of a failure to the match's own page, and the score to the line above."""
    return what.partition(": ")[0].partition(", score ")[0]


def _inner(what: str) -> str:
    return f"{what[:1].lower()}{what[1:]}"


def _first_name(person: Contractor) -> str:
    return person.first_name or record_label(person)


def _when(at: datetime | None, zone: ZoneInfo, day: date) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    hour = f"{local:%I:%M %p}".lstrip("0")
    return hour if local.date() == day else f"{local:%b} {local.day}, {hour}"
