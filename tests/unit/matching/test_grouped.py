"""Pairs drawn by groups are the pairs that a full list would give."""

import numpy as np
import pytest

from matching import Rules, match_batch
from matching.factors import encode
from matching.grouped import GroupedPairs, count_and_list, grouped_pairs
from matching.normalize import traits_of_all
from matching.pool import pool_of
from matching.score import weights_of
from tests.unit.matching.check import check
from tests.unit.matching.listed import AllPairs
from tests.unit.matching.rooms import room, twins


def both(n: int) -> tuple[AllPairs, GroupedPairs]:
    rules = Rules()
    encoded = encode(traits_of_all(room(n)), weights_of(rules))
    pool = pool_of(encoded, rules, np.array([2, 5], dtype=np.int64))
    _, edges = count_and_list(pool, n * n)
    assert edges is not None
    return AllPairs(n, edges), grouped_pairs(pool, np.arange(n))


def test_pairs_beyond_prices_are_the_same() -> None:
    listed, drawn = both(200)
    for price in (-0.1, 0.3, 0.4, 0.45):
        prices = np.random.default_rng(0).normal(price, 0.05, 200)
        few, found = listed.beyond(prices).edges, drawn.beyond(prices)
        assert set(found.edges.keys(200).tolist()) <= set(few.keys(200).tolist())
        gain = (few.total - prices[few.first] - prices[few.second]).sum()
        edges = found.edges
        drawn_gain = (edges.total - prices[edges.first] - prices[edges.second]).sum()
        assert drawn_gain + found.more == pytest.approx(gain)


def test_best_pairs_score_the_same() -> None:
    listed, drawn = both(200)
    full, best = listed.edges, drawn.best(5)
    for person in range(200):
        mine = np.sort(full.total[(full.first == person) | (full.second == person)])[::-1][:5]
        found = np.sort(best.total[(best.first == person) | (best.second == person)])[::-1][:5]
        assert found.tolist() == pytest.approx(mine.tolist(), abs=1e-9)
    of = drawn.of([3, 4])
    assert sorted(of.keys(200)) == sorted(listed.of([3, 4]).keys(200))


@pytest.mark.parametrize("strategy", ["optimal", "greedy", "top_k"])
def test_room_too_big_to_list_keeps_every_promise(
    strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, rules = room(200), Rules(strategy=strategy)
    listed = match_batch(people, rules)
    monkeypatch.setattr("matching.choose.LISTED", -1)
    result = match_batch(people, rules)
    check(people, rules, result)
    assert result.certificate.max_coverable == listed.certificate.max_coverable
    assert result.certificate.eligible_pairs == listed.certificate.eligible_pairs
    if strategy == "optimal":
        assert result.certificate.upper_bound >= listed.certificate.total_score
        assert result.certificate.covered == listed.certificate.covered


def test_one_group_without_a_table_and_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.factors._LARGEST_TABLE", 3)
    monkeypatch.setattr("matching.choose.LISTED", -1)
    people, seen = room(60), []
    result = match_batch(people, progress=lambda done, _: seen.append(done))
    check(people, Rules(), result)
    assert seen[-1] == result.certificate.people


def test_nothing_is_drawn_where_no_group_can_reach_the_threshold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matching.choose.LISTED", -1)
    assert match_batch(room(60), Rules(min_score=1)).pairs == []


def test_dear_pairs_beyond_the_few_drawn_are_in_the_excess() -> None:
    listed, drawn = both(200)
    prices = np.zeros(200)
    found = drawn.beyond(prices)
    assert found.more > 0
    assert found.edges.total.sum() + found.more == pytest.approx(listed.edges.total.sum())


def test_groups_of_people_without_places_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matching.choose.LISTED", -1)
    people = room(60)
    capacity = {person.id: 0 for person in people[::2]}
    result = match_batch(people, capacity=capacity)
    check(people, Rules(), result, capacity=capacity)


def test_two_thousand_alike_people_do_not_explode() -> None:
    certificate = match_batch(twins(2001)).certificate
    assert certificate.covered == 2001
    assert certificate.gap < 0.001
