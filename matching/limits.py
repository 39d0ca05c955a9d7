"""The caller's pair lists and capacities, checked and turned into rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.encode import Ints
from matching.errors import (
    ContradictoryPairs,
    DuplicateId,
    InvalidCapacity,
    InvalidPair,
    InvalidProfile,
    UnknownId,
)
from matching.profile import ContractorId, Profile, Rules

RowPair = tuple[int, int]
IdPairs = Iterable[Collection[ContractorId]]


@dataclass(frozen=True)
class Limits:
    """What the caller demands beside the rules, as sorted row pairs.

    `capacity` is (n,) int64: places for each person, required pairs included.
    """

    required: frozenset[RowPair]
    met: frozenset[RowPair]
    forbidden: frozenset[RowPair]
    capacity: Ints

    def room(self) -> Ints:
        """Places that each person has left beside the required pairs."""
        left = self.capacity.copy()
        for pair in self.required:
            left[list(pair)] -= 1
        return left

    def barred_keys(self) -> Ints:
        """Keys ``first * n + second`` of pairs that are not open to choice."""
        n = len(self.capacity)
        barred = self.met | self.forbidden
        return np.array([first * n + second for first, second in sorted(barred)], dtype=np.int64)


def in_order(profiles: Iterable[Profile]) -> list[Profile]:
    """Sort profiles by id, so that the order of the input cannot matter.

    Raises
    ------
    InvalidProfile
        Something is not a Profile, or ids are neither all whole numbers nor all text.
    DuplicateId
        Two profiles share an id.
    """
    people = list(profiles)
    for person in people:
        if not isinstance(person, Profile):
            raise InvalidProfile(f"expected a Profile, not {type(person).__name__}")
        if isinstance(person.id, bool) or not isinstance(person.id, (int, str)):
            raise InvalidProfile(f"id {person.id!r} is neither a whole number nor text")
    if len({isinstance(person.id, str) for person in people}) > 1:
        raise InvalidProfile("ids must be all whole numbers or all text")
    people.sort(key=lambda person: person.id)
    for person, following in zip(people, people[1:], strict=False):
        if person.id == following.id:
            raise DuplicateId(f"id {person.id!r} is given twice")
    return people


def read_limits(
    people: Sequence[Profile],
    rules: Rules,
    already_matched: IdPairs,
    forbidden: IdPairs,
    required: IdPairs,
    capacity: Mapping[ContractorId, int] | None,
) -> Limits:
    """Check and translate the caller's lists; people are sorted by id.

    Raises
    ------
    UnknownId, InvalidPair, InvalidCapacity, ContradictoryPairs
        The message says which entry.
    """
    row_of = {person.id: row for row, person in enumerate(people)}
    limits = Limits(
        required=_row_pairs("required", required, row_of),
        met=_row_pairs("already_matched", already_matched, row_of),
        forbidden=_row_pairs("forbidden", forbidden, row_of),
        capacity=_capacities(capacity or {}, row_of, rules.max_matches),
    )
    for name, barred in (("forbidden", limits.forbidden), ("already_matched", limits.met)):
        for first, second in sorted(limits.required & barred):
            pair = f"({people[first].id!r}, {people[second].id!r})"
            raise ContradictoryPairs(f"pair {pair} is both required and {name}")
    for row in np.flatnonzero(limits.room() < 0).tolist():
        raise ContradictoryPairs(
            f"contractor {people[row].id!r} has more required pairs than room, "
            f"which is {limits.capacity[row]}"
        )
    return limits


def _row_pairs(name: str, pairs: IdPairs, row_of: Mapping[ContractorId, int]) -> frozenset[RowPair]:
    rows = set()
    for pair in pairs:
        if not isinstance(pair, (tuple, list, set, frozenset)) or len(pair) != 2:
            raise InvalidPair(f"{name}: {pair!r} is not a pair of ids")
        a, b = (_row(name, who, row_of) for who in pair)
        if a == b:
            raise InvalidPair(f"{name}: {pair!r} pairs somebody with themselves")
        rows.add((min(a, b), max(a, b)))
    return frozenset(rows)


def _capacities(
    capacity: Mapping[ContractorId, int], row_of: Mapping[ContractorId, int], usual: int
) -> Ints:
    places = np.full(len(row_of), usual, dtype=np.int64)
    for who, limit in capacity.items():
        row = _row("capacity", who, row_of)
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            raise InvalidCapacity(f"capacity of {who!r} must be a whole number, not {limit!r}")
        places[row] = min(limit, len(row_of))
    return places


def _row(name: str, who: ContractorId, row_of: Mapping[ContractorId, int]) -> int:
    if isinstance(who, bool) or not isinstance(who, (int, str)) or who not in row_of:
        raise UnknownId(f"{name}: no profile has the id {who!r}")
    return row_of[who]
