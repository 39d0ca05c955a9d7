"""Owns what one cell of an imported file means: a name, a yes, a list, an amount."""

import json
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import available_timezones

MAX_TEXT_LENGTH = 255
MAX_TEAM_SIZE = 10_000_000
MAX_REVENUE = Decimal(10) ** 12
_PLACEHOLDERS = frozenset(
    ("n/a", "na", "n.a.", "none", "null", "nil", "nan", "#n/a", "tbd", "unknown", "-", "--", "?")
)
_YES = frozenset(
    ("yes", "y", "yeah", "yep", "true", "t", "1", "1.0", "x", "on", "ok", "okay", "✓", "✔", "☑",
     "✅", "si", "opted in", "opt in", "optin", "optedin", "agree", "agreed", "agrees", "consented",
     "subscribed", "checked in", "checked", "checkedin", "present", "arrived", "attended", "here")
)  # fmt: skip
_NO = frozenset(
    ("no", "n", "nope", "false", "f", "0", "0.0", "off", "✗", "✘", "❌", "☐", "✖", "opted out",
     "opt out", "optout", "optedout", "not opted in", "declined", "refused", "unsubscribed",
     "stop", "never", "do not text", "not checked in", "not checked", "unchecked", "absent",
     "no show", "not arrived", "not present")
)  # fmt: skip
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")
_EMAIL = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]+")
_AMOUNT = re.compile(r"(?:us)?\$?(\d+(?:\.\d+)?)(k|m|mm|b|thousand|million|billion)?\+?")
_RANGE = re.compile(r"(\d[\d,]*)\s*(?:-|–|to)\s*(\d[\d,]*)")
_TIMES = {"k": 3, "thousand": 3, "m": 6, "mm": 6, "million": 6, "b": 9, "billion": 9}
_HONORIFICS = frozenset(("mr", "mrs", "ms", "miss", "dr", "prof"))
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "cpa", "llc", "inc"))


class UnreadableError(Exception):
    """A cell holds something, but not what its column is for; the message quotes no contact."""


def tidy(cell: str) -> str:
    """Return the cell without control and invisible characters, runs of space made one."""
    return " ".join(_printable(cell).split())


def filled(cell: str) -> str:
    """Return the tidy cell, empty when it only says that there is nothing ("n/a", "-")."""
    text = tidy(cell)
    return "" if text.casefold() in _PLACEHOLDERS else text


def flag(cell: str) -> bool | None:
    """Read a yes or a no in any spelling; None when the cell is empty.

    Raises
    ------
    UnreadableError
        When it is neither.
    """
    text = filled(re.sub(r"[\s_.!-]+$|^[\s_.!-]+", "", cell)).casefold()
    spaced = re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFKD", text)).strip()
    plain = "".join(letter for letter in spaced if not unicodedata.combining(letter))
    if not plain:
        return None
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise UnreadableError(f"“{_shown(cell)}” is neither yes nor no")


def items(cell: str) -> list[str]:
    """Split a list written as JSON, with `;`, `|`, bullets or new lines, or else with commas."""
    text = _printable(cell).strip()
    if text.startswith("["):
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        if isinstance(parsed, list):
            return _distinct([str(item) for item in parsed if isinstance(item, str | int | float)])
    if text.startswith(("[", "{")):
        text = text.strip("[]{}")
    separator = r"[;|•\n\r]" if re.search(r"[;|•\n\r]", text) else ","
    return _distinct(re.split(separator, text))


def email(cell: str) -> str:
    """Return the address as typed, without `mailto:` or a name round it; empty for none.

    Raises
    ------
    UnreadableError
        When there is not exactly one address.
    """
    text = filled(cell)
    found = _EMAIL.findall(text.replace("mailto:", " "))
    if not text:
        return ""
    if len(found) != 1 or text.count("@") != 1:
        raise UnreadableError("the e-mail address is not readable")
    return str(found[0])


def amount(cell: str) -> Decimal:
    """Read a number such as `1,200`, `$1.5M` or `20+`.

    Raises
    ------
    UnreadableError
        When it is not a number, or is a range.
    """
    text = re.sub(r"[\s,'_]", "", tidy(cell)).casefold()
    match = _AMOUNT.fullmatch(text)
    try:
        if match:
            return Decimal(match[1]).scaleb(_TIMES.get(match[2] or "", 0))
    except InvalidOperation:
        pass
    raise UnreadableError(f"“{_shown(cell)}” is not a number")


def team_size(cell: str) -> int:
    """Read a head count, `12` or `1,200` or `12 employees`; a range gives its middle.

    Raises
    ------
    UnreadableError
        When it is not a sensible whole number.
    """
    text = re.sub(r"(?i)\s*(employees|people|staff|persons)\.?$", "", tidy(cell))
    ends = _RANGE.fullmatch(text)
    number = (amount(ends[1]) + amount(ends[2])) // 2 if ends else amount(text)
    if number != number.to_integral_value() or number > MAX_TEAM_SIZE:
        raise UnreadableError(f"“{_shown(cell)}” is not a head count")
    return int(number)


def revenue(cell: str) -> Decimal:
    """Read a yearly revenue in dollars, to the cent.

    Raises
    ------
    UnreadableError
        When it is not one sensible amount.
    """
    number = amount(cell)
    if number > MAX_REVENUE:
        raise UnreadableError(f"“{_shown(cell)}” is not a yearly revenue")
    return number.quantize(Decimal("0.01"))


def name_part(cell: str) -> str:
    """Return a first or last name, empty when there is none; "Na" and "None" are names."""
    text = tidy(cell)
    return text if _has_substance(text) and text.casefold() not in ("n/a", "#n/a") else ""


def split_name(cell: str) -> tuple[str, str]:
    """Split a whole name, `Ana Moss` or `Moss, Ana`, into first and last."""
    text = name_part(cell)
    before, comma, after = text.partition(",")
    if comma and after.strip() and after.strip(" .").casefold() not in _SUFFIXES:
        return after.strip(), before.strip()
    words = text.split()
    if len(words) > 1 and words[0].rstrip(".").casefold() in _HONORIFICS:
        words = words[1:]
    return " ".join(words[:1]), " ".join(words[1:])


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(cell: str) -> str:
    """Return an IANA zone's name.

    Raises
    ------
    UnreadableError
        When there is no such zone.
    """
    text = tidy(cell).replace(" ", "_")
    if text not in _zones():
        raise UnreadableError(f"“{_shown(cell)}” is not an IANA time zone")
    return text


def _printable(cell: str) -> str:
    # Most cells are plain, and a file has a hundred thousand of them.
    if cell.isascii() and cell.isprintable():
        return cell
    text = _INVISIBLE.sub("", cell)
    return "".join(
        letter if letter in "\n\r\t" or unicodedata.category(letter) not in ("Cc", "Cs") else " "
        for letter in text
    )


def _distinct(parts: list[str]) -> list[str]:
    """Trim the parts and their quotes; drop empty ones and repeats that differ only in case."""
    kept: dict[str, str] = {}
    for part in parts:
        text = tidy(part).strip("'\"“” ").lstrip("*- ")
        if _has_substance(text) and text.casefold() not in _PLACEHOLDERS:
            kept.setdefault(text.casefold(), text)
    return list(kept.values())


def _has_substance(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _shown(cell: str) -> str:
    text = tidy(cell)
    return text if len(text) <= 40 else text[:39] + "…"
