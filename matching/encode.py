"""Traits to arrays: what the bulk path compares instead of text."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.normalize import Traits
from matching.places import Place

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Sets:
    """One set per row.

    Attributes
    ----------
    shared : (n, k) float32 of 0 and 1, one column per value that at least two rows hold.
    size : (n,) float64, how many values each row holds, shared or not.
    """

    shared: NDArray[np.float32]
    size: Floats


@dataclass(frozen=True)
class Places:
    """Distinct places.

    Attributes
    ----------
    of_person : (n,) int64, index of the person's place, -1 when unknown.
    states : (p, s) float32 of 0 and 1.
    has_state : (p,) bool.
    within : for each place, the places whose text contains its own or the other way round, kept
        only where one of the two has no state.
    """

    of_person: Ints
    states: NDArray[np.float32]
    has_state: Flags
    within: tuple[Ints, ...]


@dataclass(frozen=True)
class Encoded:
    """A room of n people as arrays, rows in the order of the traits given.

    `company` and `title` are (n,) int64 codes, -1 when missing. `revenue` is in $M, `team` in
    people, both (n,) float64 and 1.0 where unknown, which the masks beside them say.
    """

    n: int
    focus: Sets
    services: Sets
    places: Places
    revenue: Floats
    revenue_given: Flags
    revenue_known: Flags
    team: Floats
    team_known: Flags
    title: Ints
    families: Sets
    words: Sets
    company: Ints


def encode(traits: Sequence[Traits]) -> Encoded:
    """Encode a room. Cost: linear in the profiles, plus distinct places x those without a state."""
    titles = [person.title for person in traits]
    return Encoded(
        n=len(traits),
        focus=_sets([person.focus for person in traits]),
        services=_sets([person.services for person in traits]),
        places=_places([person.place for person in traits]),
        revenue=_filled([person.revenue for person in traits]),
        revenue_given=np.array([person.revenue_given for person in traits], dtype=np.bool_),
        revenue_known=np.array([person.revenue is not None for person in traits], dtype=np.bool_),
        team=_filled([person.team for person in traits]),
        team_known=np.array([person.team is not None for person in traits], dtype=np.bool_),
        title=_codes([title.text if title else None for title in titles]),
        families=_sets([title.families if title else () for title in titles]),
        words=_sets([title.words if title else () for title in titles]),
        company=_codes([person.company for person in traits]),
    )


def _sets(rows: Sequence[Iterable[str | int]]) -> Sets:
    holders = Counter(value for row in rows for value in row)
    common = sorted(value for value, count in holders.items() if count > 1)
    column = {value: number for number, value in enumerate(common)}
    shared = np.zeros((len(rows), len(column)), dtype=np.float32)
    for number, row in enumerate(rows):
        shared[number, [column[value] for value in row if value in column]] = 1
    return Sets(shared, np.array([len(tuple(row)) for row in rows], dtype=np.float64))


def _places(places: Sequence[Place | None]) -> Places:
    distinct = sorted({place for place in places if place}, key=_place_order)
    number_of = {place: number for number, place in enumerate(distinct)}
    names = sorted({state for place in distinct for state in place.states})
    states = np.zeros((len(distinct), len(names)), dtype=np.float32)
    for place, number in number_of.items():
        states[number, [names.index(state) for state in place.states]] = 1
    within: list[set[int]] = [set() for _ in distinct]
    for a, place in enumerate(distinct):
        if not place.states:
            for b, other in enumerate(distinct):
                if place.text in other.text or other.text in place.text:
                    within[a].add(b)
                    within[b].add(a)
    return Places(
        of_person=np.array([number_of[p] if p else -1 for p in places], dtype=np.int64),
        states=states,
        has_state=np.array([bool(place.states) for place in distinct], dtype=np.bool_),
        within=tuple(np.array(sorted(others), dtype=np.int64) for others in within),
    )


def _place_order(place: Place) -> tuple[str, list[str]]:
    return place.text, sorted(place.states)


def _codes(texts: Sequence[str | None]) -> Ints:
    numbers: dict[str, int] = {}
    return np.array(
        [-1 if text is None else numbers.setdefault(text, len(numbers)) for text in texts],
        dtype=np.int64,
    )


def _filled(values: Sequence[float | None]) -> Floats:
    return np.array([1.0 if value is None else value for value in values], dtype=np.float64)
