"""Owns how what is kept of a person is told: as a file for them, as numbers for whoever erases."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.erasure import Erased


def to_json(found: dict[str, Any]) -> str:
    """Return an export as JSON that a person can read too."""
    return json.dumps(found, indent=2, ensure_ascii=False, default=_plain) + "\n"


def goes(found: Erased) -> list[str]:
    """Return what erasing takes away, in sentences."""
    own = _many(found.texts, "text", "texts")
    others = _many(found.others_texts, "text", "texts")
    waiting = _many(found.cancelled, "waiting text", "waiting texts")
    unsaid = _many(found.introductions_off, "match", "matches")
    events = _many(found.left_events, "event", "events")
    files = _many(found.files, "uploaded file", "uploaded files")
    rows = _many(found.rows, "row", "rows")
    elsewhere = _many(found.elsewhere, "other record", "other records")
    counted = [
        (found.texts, f"{own} to and from this person: the words and the phone."),
        (found.cancelled, f"{waiting} to this person or about them: cancelled for good."),
        (found.others_texts, f"The name in {others} of other people."),
        (found.introductions_off, f"{unsaid} of which nobody has been told: cancelled."),
        (found.left_events, f"The place on the list of {events} to come."),
        (found.files, f"{files} with this person in: import the rest anew."),
        (found.rows, f"{rows} that imports had left out."),
        (found.elsewhere, f"The name in {elsewhere}."),
    ]
    profile = "Name, phone, e-mail address, company and the rest of the profile."
    return [profile, *(sentence for number, sentence in counted if number)]


def stays(found: Erased) -> list[str]:
    """Return what erasing leaves, in sentences."""
    matches = _many(found.matches, "match", "matches")
    events = _many(found.events, "attendance", "attendances")
    hashed = (
        "That this phone has opted out, as a code that nobody can turn back into the number: it is "
        "never texted again."
    )
    return [
        f"{matches} and {events}, counted as before, without a name.",
        *([hashed] if found.opt_outs else []),
        "The audit log, which holds numbers, never names; speakers and accounts of that name.",
        "What n8n and GoHighLevel were sent: erase this person there, too.",
    ]


def _many(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
