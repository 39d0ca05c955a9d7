"""Pair lists and capacities: honoured, or refused by name."""

import math
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from matching import (
    ContradictoryPairs,
    DuplicateId,
    InvalidCapacity,
    InvalidPair,
    InvalidProfile,
    MatchingError,
    Profile,
    Rules,
    UnknownId,
    match_batch,
    score_pair,
)
from matching.score import total_score, weights_of
from matching.texts import read_title
from tests.unit.matching.check import check
from tests.unit.matching.rooms import alike, room, twins


def ids(result: object) -> list[tuple]:
    return [(pair.contractor1_id, pair.contractor2_id) for pair in result.pairs]


@pytest.mark.parametrize("strategy", ["optimal", "greedy", "top_k"])
def test_every_demand_is_honoured_by_every_strategy(strategy: str) -> None:
    people, rules = room(40), Rules(strategy=strategy, min_score=0.5)
    usual = ids(match_batch(people, rules))
    barred, required = usual[:6], [(40, 1), (1, 40), (2, 3)]
    capacity = {5: 0, 6: 1, 7: 6}
    demands = {"required": required, "capacity": capacity}
    result = match_batch(
        people,
        rules,
        already_matched=barred[:3],
        forbidden=[p[::-1] for p in barred[3:]],
        **demands,
    )
    check(people, rules, result, barred=barred, **demands)


def test_required_pair_is_in_below_the_threshold_and_among_colleagues() -> None:
    people = [Profile(1, "Acme"), Profile(2, "ACME Inc."), Profile(3)]
    result = match_batch(people, required=[{1, 2}])
    assert ids(result) == [(1, 2)]
    assert result.certificate.eligible_pairs == 0
    assert result.certificate.gap == 0
    assert result.certificate.max_coverable == 2


@pytest.mark.parametrize("seed", range(12))
def test_given_the_required_pairs_no_choice_covers_more_or_scores_more(seed: int) -> None:
    people, rules = room(7, seed), Rules(max_matches=2, min_score=0.55)
    every = list(combinations(range(1, 8), 2))
    required = [every[(5 * seed) % 21], every[(5 * seed + 11) % 21]]
    result = match_batch(people, rules, required=required)
    usual = dict.fromkeys(people_of(every), rules.max_matches)
    by_id = {person.id: person for person in people}
    worth = {pair: total_of(by_id[pair[0]], by_id[pair[1]], rules) for pair in every}
    open_pairs = ids(match_batch(people, replace(rules, max_matches=6, strategy="top_k")))
    best = (0, 0.0)
    others = [pair for pair in open_pairs if pair not in required]
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            counts = Counter(people_of([*required, *chosen]))
            if all(count <= usual[who] for who, count in counts.items()):
                total = math.fsum(worth[pair] for pair in (*required, *chosen))
                best = max(best, (len(counts), total))
    certificate = result.certificate
    assert set(required) <= set(ids(result))
    assert (certificate.covered, certificate.required_pairs) == (best[0], 2)
    assert certificate.max_coverable == best[0]
    assert math.isclose(certificate.total_score, best[1], abs_tol=1e-6)
    assert math.isclose(certificate.upper_bound, best[1], abs_tol=1e-6)


def people_of(pairs: list[tuple]) -> list:
    return [who for pair in pairs for who in pair]


def total_of(a: Profile, b: Profile, rules: Rules) -> float:
    has_titles = bool(read_title(a.job_title) and read_title(b.job_title))
    criteria = score_pair(a, b, rules).match_criteria
    return total_score(criteria, weights_of(rules), has_titles=has_titles)


def test_pair_lists_may_be_iterators_and_ids_may_be_text() -> None:
    people = [alike("b"), alike("a"), alike("c")]
    result = match_batch(people, forbidden=iter([["c", "a"]]), capacity={"b": 1})
    assert len(result.pairs) == 1
    assert "b" in ids(result)[0]


@pytest.mark.parametrize(
    ("demand", "error", "words"),
    [
        ({"required": [(1, 9)]}, UnknownId, "required: no profile has the id 9"),
        ({"forbidden": [(9, 1)]}, UnknownId, "forbidden"),
        ({"already_matched": [(1, "2")]}, UnknownId, "already_matched: no profile has the id '2'"),
        ({"capacity": {9: 1}}, UnknownId, "capacity: no profile has the id 9"),
        ({"required": [(True, 2)]}, UnknownId, "True"),
        ({"required": [([1], 2)]}, UnknownId, "[1]"),
        ({"required": [(1, 1)]}, InvalidPair, "(1, 1) pairs somebody with themselves"),
        ({"required": [(1, 2, 3)]}, InvalidPair, "(1, 2, 3) is not a pair of ids"),
        ({"forbidden": [12]}, InvalidPair, "12 is not a pair of ids"),
        ({"forbidden": ["12"]}, InvalidPair, "'12' is not a pair of ids"),
        ({"capacity": {1: -1}}, InvalidCapacity, "capacity of 1 must be a whole number, not -1"),
        ({"capacity": {1: 1.5}}, InvalidCapacity, "1.5"),
        ({"capacity": {1: True}}, InvalidCapacity, "True"),
        (
            {"required": [(2, 1)], "forbidden": [(1, 2)]},
            ContradictoryPairs,
            "pair (1, 2) is both required and forbidden",
        ),
        (
            {"required": [(2, 1)], "already_matched": [(1, 2)]},
            ContradictoryPairs,
            "pair (1, 2) is both required and already_matched",
        ),
        (
            {"required": [(1, 2), (1, 3)], "capacity": {1: 1}},
            ContradictoryPairs,
            "contractor 1 has more required pairs than room, which is 1",
        ),
    ],
)
def test_demand_that_cannot_be_meant_is_refused_by_name(
    demand: dict, error: type[MatchingError], words: str
) -> None:
    with pytest.raises(error) as raised:
        match_batch(twins(4), **demand)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("people", "error", "words"),
    [
        ([Profile(1), Profile(2), Profile(1)], DuplicateId, "id 1 is given twice"),
        ([Profile(1), Profile("2")], InvalidProfile, "all whole numbers or all text"),
        ([Profile(None)], InvalidProfile, "id None"),
        ([Profile(True)], InvalidProfile, "id True"),
        ([Profile(1.5)], InvalidProfile, "id 1.5"),
        ([{"id": 1}], InvalidProfile, "expected a Profile, not dict"),
        ([Profile(1), Profile(7, team_size=float("nan"))], InvalidProfile, "profile 7, team_size"),
    ],
)
def test_room_that_cannot_be_meant_is_refused_by_name(
    people: list, error: type[MatchingError], words: str
) -> None:
    with pytest.raises(error) as raised:
        match_batch(people)
    assert words in str(raised.value)
