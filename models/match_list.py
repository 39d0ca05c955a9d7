"""Owns reading an event's matches a page at a time, narrowed by state and by name."""

from enum import StrEnum
from typing import Any

from peewee import Case, fn

from models import match_story
from models.contractor import Contractor
from models.peer_match import EventPeerMatch, MatchState

CANCELLED = "cancelled"
STATES = (*(state.value for state in MatchState), CANCELLED)
PAGE_SIZE = 25
_MOST_WORDS = 6


class Order(StrEnum):
    """`best`: the highest score first; `weakest`: the lowest; `newest`: what was made last."""

    BEST = "best"
    WEAKEST = "weakest"
    NEWEST = "newest"


def counts(event_id: int, words: str) -> dict[str, int]:
    """Return how many matches whose people the words fit are in each state; one query."""
    first, second = Contractor.alias(), Contractor.alias()
    state = _state()
    query = (
        EventPeerMatch.select(state, fn.COUNT(EventPeerMatch.id))
        .join_from(EventPeerMatch, first, on=(EventPeerMatch.contractor1 == first.id))
        .join_from(EventPeerMatch, second, on=(EventPeerMatch.contractor2 == second.id))
        .where((EventPeerMatch.event == event_id) & _fits(words, first, second))
        .group_by(state)
    )
    return dict(query.tuples())


def page(
    event_id: int, *, state: str | None, words: str, order: Order, number: int
) -> list[EventPeerMatch]:
    """Return one page of matches with both people and the run loaded; one query.

    Parameters
    ----------
    state : str or None
        One of `STATES`; a cancelled match is in no other.
    number : int
        Which page, from 0.
    """
    first, second = Contractor.alias(), Contractor.alias()
    wanted = (EventPeerMatch.event == event_id) & _fits(words, first, second)
    if state is not None:
        wanted &= _state() == state
    return list(
        match_story.with_run(first=first, second=second)
        .where(wanted)
        .order_by(*_ORDERS[order])
        .limit(PAGE_SIZE)
        .offset(number * PAGE_SIZE)
    )


_ORDERS = {
    Order.BEST: (EventPeerMatch.match_score.desc(), EventPeerMatch.id),
    Order.WEAKEST: (EventPeerMatch.match_score.asc(), EventPeerMatch.id),
    Order.NEWEST: (EventPeerMatch.id.desc(),),
}


def _state() -> Any:
    is_cancelled = EventPeerMatch.cancelled_at.is_null(False)
    return Case(None, [(is_cancelled, CANCELLED)], EventPeerMatch.state)


def _fits(words: str, first: Any, second: Any) -> Any:
    """Return the SQL of a match in which every word is part of a name or company of the two."""
    columns = [
        column
        for person in (first, second)
        for column in (person.first_name, person.last_name, person.company_name)
    ]
    condition: Any = EventPeerMatch.id.is_null(False)
    for word in words.split()[:_MOST_WORDS]:
        found = columns[0].contains(word)
        for column in columns[1:]:
            found |= column.contains(word)
        condition &= found
    return condition
