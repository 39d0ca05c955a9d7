"""What a log may tell nobody: people's phones in any spelling, their names, and what they wrote."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from models.contractor import Contractor
from models.message import EventMessage

# How numbers are written: by people, in addresses, in JSON.
BETWEEN_DIGITS = re.compile(r"%20|%2B|\\u002[bB]|[\s()./+_-]")
SHORTEST_PIECE = 12


@dataclass(frozen=True)
class Personal:
    """Everything of everybody: ten digits of each phone, names and addresses, whole texts."""

    phones: frozenset[str]
    names: frozenset[str]
    texts: frozenset[str]


def personal() -> Personal:
    """Read all of it; needs an open connection."""
    people = list(Contractor.select())
    texts = [text.message_content for text in EventMessage.select() if text.message_content]
    phones = {person.phone for person in people} | {text.phone for text in EventMessage.select()}
    names = {
        name
        for person in people
        for name in (person.first_name, person.last_name, person.email, person.company_name)
    }
    return Personal(
        frozenset(phone[-10:] for phone in phones if phone),
        frozenset(name.strip() for name in names if name and name.strip()),
        frozenset(piece for text in texts for piece in _pieces(text)),
    )


def leaks(log: str, of: Personal) -> list[str]:
    """Return what a log tells of all that, in the form of its lines or as JSON quotes it."""
    digits = BETWEEN_DIGITS.sub("", log)
    said = set(re.findall(r"[\w'’&@.+-]+", log))
    return sorted(
        [phone for phone in of.phones if phone in digits]
        + [name for name in of.names if (name in said if name.isalpha() else name in log)]
        + [text for text in of.texts if any(each in log for each in _quoted(text))]
    )


def tells_nobody(log: Path, *, says: str) -> None:
    """Fail where the log of what happened tells of somebody; and where it could not have.

    `says` is a line that has to be in it: nothing is found in a log that nobody wrote.
    """
    text, everybody = log.read_text(), personal()
    assert says in text
    assert leaks(text, everybody) == []
    for kind in (everybody.phones, everybody.names, everybody.texts):
        planted = next(iter(kind))
        assert planted in leaks(f"{text}\n{planted}\n", everybody)


def _quoted(text: str) -> tuple[str, ...]:
    return text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]


def _pieces(text: str) -> list[str]:
    """Return a text and its sentences; what is shorter is in a log by chance."""
    pieces = [text, *re.split(r"(?<=[.!?])\s+|\n", text)]
    return [piece for piece in pieces if len(piece) >= SHORTEST_PIECE]
