"""Owns how lists, job titles and company names are read, as people type them."""

# ruff: noqa: SIM905 - lists of words are easier to read and extend as text.

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from matching.errors import UnusableValue

_GAPS: Final = re.compile("[\\s_\u2010-\u2015-]+")
_SEPARATORS: Final = re.compile(r"[;|,\n]")
_MOST_ITEMS: Final = 100
_SUFFIXES: Final = frozenset(
    "inc incorporated llc llp lp ltd limited co corp corporation company pllc pc plc".split()
)
_NO_COMPANY: Final = frozenset(
    ",self,self employed,selfemployed,freelance,freelancer,independent,individual,"
    "sole proprietor,unemployed,retired,n a,na".split(",")
)
# Plain containment: "pm" is found in "development". The reference cases have it so.
TITLE_FAMILIES: Final = (
    ("owner", "ceo", "founder", "president", "principal"),
    ("manager", "director", "supervisor", "lead"),
    ("operations", "ops", "project manager", "pm"),
    ("sales", "business development", "account executive", "bd"),
)
_SHORTEST_SHARED_WORD: Final = 4
_LONGEST_TITLE: Final = 300  # words beyond it are not compared
# What people and exports write for "nothing"; two of them have nothing in common.
_SAYS_NOTHING: Final = frozenset("n/a na none null nan undefined unknown tbd - --".split())


@dataclass(frozen=True)
class Title:
    """A job title: folded text, indices into `TITLE_FAMILIES`, words longer than three letters."""

    text: str
    families: frozenset[int]
    words: frozenset[str]


def read_focus_areas(value: object) -> tuple[str, ...]:
    """Read focus areas: lower case, runs of spaces, underscores and hyphens one underscore."""
    return _distinct(_GAPS.sub("_", _fold(item)).strip("_") for item in _items(value))


def read_services(value: object) -> tuple[str, ...]:
    """Read services: case and spacing folded, repeats dropped."""
    return _distinct(" ".join(_fold(item).split()) for item in _items(value))


def read_title(value: object) -> Title | None:
    """Read a job title; None when blank."""
    text = " ".join(_fold(plain_text(value)).split())
    if not text:
        return None
    families = frozenset(
        number for number, names in enumerate(TITLE_FAMILIES) if any(name in text for name in names)
    )
    words = re.findall(r"\w+", text[:_LONGEST_TITLE])
    long_words = (word for word in words if len(word) >= _SHORTEST_SHARED_WORD)
    return Title(text, families, frozenset(long_words))


def read_company(value: object) -> str | None:
    """Fold a company name so that "Acme, Inc." equals "ACME"; None when there is none.

    Accents, case, punctuation, a leading "the" and trailing legal suffixes go; "&" is "and".
    A name that is nothing but such words keeps them.
    """
    plain = plain_text(value).casefold()
    if not plain.isascii():
        text = unicodedata.normalize("NFKD", plain_text(value)).casefold()
        plain = "".join(letter for letter in text if not unicodedata.combining(letter))
    plain = re.sub(r"[.'\u2019`]", "", plain.replace("&", " and "))
    words = re.sub(r"[\W_]+", " ", plain).split()
    kept = words[1:] if words[:1] == ["the"] else words
    while kept and kept[-1] in _SUFFIXES:
        kept = kept[:-1]
    name = " ".join(kept or words) or "".join(plain.split()).strip("-_/")
    return None if name in _NO_COMPANY else name


def _items(value: object) -> list[str]:
    if isinstance(value, str):
        value = _items_in_text(plain_text(value).strip())
    if value is None:
        return []
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)  # sets of text have no order of their own
    if not isinstance(value, (list, tuple)):
        raise UnusableValue(f"expected a list or text, not {type(value).__name__}")
    if len(value) > _MOST_ITEMS:
        raise UnusableValue(f"{len(value)} entries are more than the {_MOST_ITEMS} allowed")
    return [plain_text(item) for item in value]


def _items_in_text(text: str) -> object:
    if text[:1] in ("[", '"'):
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            text = text.strip("[]")
        else:
            if not isinstance(parsed, str):
                return parsed
            text = parsed
    elif text[:1] == "{" and text[-1:] == "}":
        if '":' in text:
            raise UnusableValue("expected a list, not a JSON object")
        text = text[1:-1]  # how PostgreSQL prints an array
    return [item.strip().strip("\"'") for item in _SEPARATORS.split(text)]


def plain_text(value: object) -> str:
    """Read text; empty when there is none, or a word for none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnusableValue(f"expected text, not {type(value).__name__}")
    return "" if value.strip().lower() in _SAYS_NOTHING else value


def _fold(text: str) -> str:
    if text.isascii() and text.isprintable():  # nearly everybody; nothing below would change it
        return text.lower().strip()
    # Controls and lone surrogates would otherwise travel into a text message.
    clean = "".join(c for c in text if c.isprintable() or c.isspace())
    return unicodedata.normalize("NFKC", clean).lower().strip()


def _distinct(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
