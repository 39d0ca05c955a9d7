"""Traits to arrays: the distinct values of each factor, and who holds which."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.gazetteer import are_near, points_of
from matching.normalize import Traits
from matching.places import Place
from matching.texts import Title

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class Sets:
    """One set per row.

    Attributes
    ----------
    shared : (k, v) float32 of 0 and 1, one column per value that at least two rows hold.
    size : (k,) float64, how many values each row holds, shared or not.
    """

    shared: NDArray[np.float32]
    size: Floats


@dataclass(frozen=True)
class Places:
    """Distinct places; the one of people who gave none, if any, has `is_known` False.

    Attributes
    ----------
    states : (k, s) float32 of 0 and 1.
    has_state, is_known : (k,) bool.
    within : for each place, the places whose text contains its own or the other way round, kept
        only where one of the two has no state.
    near : for each place, the places within the distance that counts as the same market.
    """

    states: NDArray[np.float32]
    has_state: Flags
    is_known: Flags
    within: tuple[Ints, ...]
    near: tuple[Ints, ...]


@dataclass(frozen=True)
class Sizes:
    """Distinct sizes of business.

    `revenue` is in $M, `team` in people, both (k,) float64 and 1.0 where unknown, which the flags
    beside them say.
    """

    revenue: Floats
    revenue_given: Flags
    revenue_known: Flags
    team: Floats
    team_known: Flags


@dataclass(frozen=True)
class Titles:
    """Distinct job titles; the one of people who gave none, if any, has `is_known` False."""

    families: Sets
    words: Sets
    is_known: Flags


def distinct(values: Sequence[Value]) -> tuple[list[Value], Ints]:
    """List the distinct values in order of appearance, and each row's number in that list."""
    number_of: dict[Value, int] = {}
    codes = [number_of.setdefault(value, len(number_of)) for value in values]
    return list(number_of), np.array(codes, dtype=np.int64)


def encode_sets(rows: Sequence[Iterable[str | int]]) -> Sets:
    """Turn sets into columns. Values that only one row holds need no column, only to be counted."""
    holders = Counter(value for row in rows for value in row)
    common = sorted(value for value, count in holders.items() if count > 1)
    column = {value: number for number, value in enumerate(common)}
    shared = np.zeros((len(rows), len(column)), dtype=np.float32)
    for number, row in enumerate(rows):
        shared[number, [column[value] for value in row if value in column]] = 1
    return Sets(shared, np.array([len(tuple(row)) for row in rows], dtype=np.float64))


def encode_places(places: Sequence[Place | None], same_market_miles: float | None) -> Places:
    """Encode distinct places. Cost: places x those without a state, and places^2 for distances."""
    names = sorted({state for place in places if place for state in place.states})
    states = np.zeros((len(places), len(names)), dtype=np.float32)
    within: list[set[int]] = [set() for _ in places]
    for a, place in enumerate(places):
        if place and place.states:
            states[a, [names.index(state) for state in place.states]] = 1
        elif place:
            for b, other in enumerate(places):
                if other and (place.text in other.text or other.text in place.text):
                    within[a].add(b)
                    within[b].add(a)
    return Places(
        states=states,
        has_state=np.array([bool(place and place.states) for place in places], dtype=np.bool_),
        is_known=np.array([place is not None for place in places], dtype=np.bool_),
        within=tuple(np.array(sorted(others), dtype=np.int64) for others in within),
        near=_near(places, same_market_miles),
    )


def _near(places: Sequence[Place | None], miles: float | None) -> tuple[Ints, ...]:
    points = [points_of(place) if place and miles is not None else () for place in places]
    near: list[list[int]] = [[] for _ in places]
    for a, b in combinations([row for row, some in enumerate(points) if some], 2):
        if are_near(points[a], points[b], miles or 0.0):
            near[a].append(b)
            near[b].append(a)
    return tuple(np.array(others, dtype=np.int64) for others in near)


def encode_sizes(people: Sequence[tuple[bool, float | None, float | None]]) -> Sizes:
    """Encode distinct (revenue given, revenue, team)."""
    return Sizes(
        revenue=_filled([revenue for _, revenue, _ in people]),
        revenue_given=np.array([given for given, _, _ in people], dtype=np.bool_),
        revenue_known=np.array([revenue is not None for _, revenue, _ in people], dtype=np.bool_),
        team=_filled([team for _, _, team in people]),
        team_known=np.array([team is not None for _, _, team in people], dtype=np.bool_),
    )


def encode_titles(titles: Sequence[Title | None]) -> Titles:
    """Encode distinct titles."""
    return Titles(
        families=encode_sets([sorted(title.families) if title else () for title in titles]),
        words=encode_sets([sorted(title.words) if title else () for title in titles]),
        is_known=np.array([title is not None for title in titles], dtype=np.bool_),
    )


def company_codes(traits: Sequence[Traits]) -> Ints:
    """Give each company a number, (n,) int64; -1 where none is known."""
    names, codes = distinct([person.company for person in traits])
    return np.where([names[code] is None for code in codes], -1, codes).astype(np.int64)


def _filled(values: Sequence[float | None]) -> Floats:
    return np.array([1.0 if value is None else value for value in values], dtype=np.float64)
