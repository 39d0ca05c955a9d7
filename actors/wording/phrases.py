"""Owns the phrases that texts are made of: names, lists, times, what two people share; pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


def one_line(value: Any) -> str:
    """Return the value as one line without doubled spaces; nothing for what is missing."""
    return "" if value is None else re.sub(r"\s+", " ", str(value)).strip()


def first_name(person: Any) -> str:
    """Return what a person is called, or something that reads well in its place."""
    return one_line(person.first_name) or one_line(person.last_name) or "your match"


def who(name: str | None, company: str | None, place: str | None = None) -> str:
    """Return "Zeek Test from Zeek Co (Houston, TX)", without what is not known."""
    said = one_line(name) or "Another contractor here"
    if one_line(company):
        said += f" from {one_line(company)}"
    if one_line(place):
        said += f" ({one_line(place)})"
    return said


def listed(names: Iterable[str]) -> str:
    """Return "Ana", "Ana and Ben", or "Ana, Ben and Cleo"."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return "3:00 PM" by the event's clock."""
    return moment.astimezone(zone).strftime("%I:%M %p").lstrip("0")


def at_place(place: str | None) -> str:
    """Return "at the networking lounge" for a place that may have its article already."""
    named = one_line(place)
    if not named:
        return ""
    bare = named[0].isupper() or re.match(r"(?:the|our|a|an)\b", named) or named[0].isdigit()
    return f"at {named}" if bare else f"at the {named}"


def in_words(areas: Sequence[str]) -> str:
    """Return focus areas as people say them: "controlling lead flow and hiring"."""
    return listed(one_line(area).replace("_", " ").lower() for area in areas)


def number_of(number: int, *, has_several: bool) -> str:
    """Return " 2" where a person has several introductions to tell apart, else nothing."""
    return f" {number}" if has_several else ""
