"""Owns how what is kept of a person is told: as a file for them, as numbers for whoever erases."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from actors.erasing import Erased


def to_json(found: dict[str, Any]) -> str:
    """Return an export as JSON that a person can read too."""
    return json.dumps(found, indent=2, ensure_ascii=False, default=_plain) + "\n"


def goes(found: Erased) -> list[str]:
    """Return what erasing takes away, in sentences."""
    waiting = _many(found.cancelled, "waiting text is cancelled", "waiting texts are cancelled")
    said = [
        "Name, phone, e-mail address, company and the rest of the profile go.",
        f"{_many(found.texts, 'text', 'texts')} to and from this person lose their words and phone.",
        f"{waiting}, to this person or about them." if found.cancelled else "",
        f"{_many(found.others_texts, 'text', 'texts')} of other people no longer name this person."
        if found.others_texts
        else "",
        f"{_many(found.introductions_off, 'match', 'matches')} of which nobody had been told: off."
        if found.introductions_off
        else "",
        f"Off the list of {_many(found.left_events, 'event', 'events')} to come."
        if found.left_events
        else "",
        f"Forgotten: {_many(found.files, 'uploaded file', 'uploaded files')} with this person in."
        if found.files
        else "",
        f"Forgotten: {_many(found.rows, 'row', 'rows')} that imports had left out."
        if found.rows
        else "",
        f"{_many(found.elsewhere, 'other record', 'other records')} no longer name this person."
        if found.elsewhere
        else "",
    ]
    return [sentence for sentence in said if sentence]


def stays(found: Erased) -> list[str]:
    """Return what erasing leaves, in sentences."""
    said = [
        f"Counted as before, without a name: {_many(found.matches, 'match', 'matches')} and "
        f"{_many(found.events, 'attendance', 'attendances')}.",
        "The phone has opted out. A keyed hash of it stays, so that it is never texted again."
        if found.opt_outs
        else "",
        "The audit log stays: it holds numbers, never names. Speakers and accounts are records of "
        "their own.",
        "n8n and GoHighLevel keep what they were sent: erase this person there, too.",
    ]
    return [sentence for sentence in said if sentence]


def _many(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
