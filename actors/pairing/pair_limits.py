"""Owns which pairs matching may not make, has to make, and how much room everybody has; pure."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from models.contractor import Contractor
from models.pair_rule import NO_RULES, IdPair, PairRules

Met = list[tuple[int, int, bool]]


def limits_for(
    people: list[Contractor], met: Met, max_matches: int, ruled: PairRules = NO_RULES
) -> dict[str, Any]:
    """Return the keyword arguments that keep a batch from disturbing what is there.

    Nobody is matched with the same person again, nor with somebody who shares their phone, nor
    with whom an organiser forbids; whoever has introductions already has room for that many
    fewer. What an organiser requires is made although it was settled at another event.
    """
    ids = {person.id for person in people}
    shared = shared_phones(people)
    required = fitting(ruled, ids, shared, met, max_matches)
    is_required = frozenset(required)
    return {
        "already_matched": [
            (first, second)
            for first, second, _ in met
            if first in ids and second in ids and (first, second) not in is_required
        ],
        "forbidden": [*shared, *(pair for pair in ruled.forbidden if ids.issuperset(pair))],
        "required": required,
        "capacity": {
            person: max(0, max_matches - count)
            for person, count in room_taken(met).items()
            if person in ids and count
        },
    }


def fitting(
    ruled: PairRules, ids: set[int], shared: list[IdPair], met: Met, max_matches: int
) -> list[IdPair]:
    """Return the required pairs that can be made: both are here and have a place left.

    They come in the order in which they were ruled, so that the earlier one has the last place.
    """
    taken = room_taken(met)
    found = []
    for pair in ruled.to_make:
        if not ids.issuperset(pair) or pair in shared:
            continue
        if all(taken[person] < max_matches for person in pair):
            found.append(pair)
            for person in pair:
                taken[person] += 1
    return found


def room_taken(met: Met) -> dict[int, int]:
    """Return how many introductions stand, by person; 0 for anybody else."""
    taken: dict[int, int] = defaultdict(int)
    for first, second, stands in met:
        for person in (first, second):
            taken[person] += stands
    return taken


def shared_phones(people: Iterable[Contractor]) -> list[IdPair]:
    """Return the pairs of people who have one phone, the lower id first."""
    owners: dict[str, list[int]] = defaultdict(list)
    for person in people:
        owners[person.phone].append(person.id)
    return [
        pair for ids in owners.values() if len(ids) > 1 for pair in combinations(sorted(ids), 2)
    ]
