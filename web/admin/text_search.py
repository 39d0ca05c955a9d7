"""Owns looking through millions of texts: people by name or phone first, then the latest words.

No index finds a piece of a word (`pg_trgm` is not everywhere), so what is read is bounded.
"""

from typing import Any

from peewee import ModelSelect, Select

from models.contractor import Contractor
from models.message import EventMessage

# Names and phones are looked for among the people, who are few; a name that more share than this
# says little, and is looked for like any word.
MOST_PEOPLE = 100
# Of the texts that the filters leave, only so many of the latest are read word by word.
MOST_READ = 5_000
_MOST_WORDS = 8
_NAMES = (Contractor.first_name, Contractor.last_name, Contractor.company_name)


def by_phone(query: Any, digits: str) -> Any:
    """Return the texts of a phone that has these digits, or of the people whose phone does."""
    exact = EventMessage.phone.in_([f"+{digits}", f"+1{digits}"])
    people = _people(Contractor.phone.contains(digits))
    theirs = [query.where(EventMessage.contractor.in_(people))] if people else []
    # Each part is found by an index of its own; an OR of them would read every text.
    return _any_of(
        query, query.where(exact), *theirs, _latest(query, (EventMessage.phone,), [digits])
    )


def by_words(query: Any, words: list[str], columns: tuple[Any, ...]) -> Any:
    """Return the texts of people who have every word in their name, and the latest with them.

    Parameters
    ----------
    columns : tuple of peewee.Field
        What is read of the latest texts, each word in any of them.
    """
    words = words[:_MOST_WORDS]
    people = _people(*(_somewhere(_NAMES, word) for word in words))
    theirs = [query.where(EventMessage.contractor.in_(people))] if people else []
    if people is not None and len(words) == 1:
        # Whom one word names is known already.
        columns = tuple(column for column in columns if column.model is EventMessage)
    return _any_of(query, *theirs, _latest(query, columns, words))


def _people(*conditions: Any) -> list[int] | None:
    """Return who fits; None when that is nearly everybody."""
    found = Contractor.select(Contractor.id).where(*conditions).limit(MOST_PEOPLE + 1)
    ids = [person.id for person in found]
    return ids if len(ids) <= MOST_PEOPLE else None


def _latest(query: Any, columns: tuple[Any, ...], words: list[str]) -> Any:
    """Return the ids of the latest texts that have every word in any of the columns."""
    order = (EventMessage.created_at.desc(), EventMessage.id.desc())
    names = [f"read{number}" for number in range(len(columns))]
    # A table of its own, limited: PostgreSQL would rather read every text than look them up.
    latest = (
        query.select(EventMessage.id, *map(_named, columns, names))
        .order_by(*order)
        .limit(MOST_READ)
        .alias("latest")
    )
    read = [getattr(latest.c, name) for name in names]
    return Select([latest], [latest.c.id]).where(*(_somewhere(read, word) for word in words))


def _named(column: Any, name: str) -> Any:
    return column.alias(name)


def _any_of(query: Any, *parts: Any) -> Any:
    found, *others = (_ids(part) for part in parts)
    for other in others:
        found |= other
    return query.where(EventMessage.id.in_(found))


def _ids(part: Any) -> Any:
    return part.select(EventMessage.id) if isinstance(part, ModelSelect) else part


def _somewhere(columns: Any, word: str) -> Any:
    condition = columns[0].contains(word)
    for column in columns[1:]:
        condition |= column.contains(word)
    return condition
