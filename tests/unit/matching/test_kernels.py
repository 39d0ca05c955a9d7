"""Compiled loops give what the same lines give in Python, and what scoring one pair gives."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from matching import Profile, Rules, match_batch
from matching.bargain import bargain
from matching.demand import Demand, excess, pairs_of_each
from matching.factors import encode
from matching.grouped import count_and_list, grouped_pairs
from matching.normalize import traits_of_all
from matching.pool import Pool, best_first, pool_of
from matching.relax import relax
from matching.score import criteria_of, total_score, weights_of
from matching.trails import TRIES, polish
from tests.unit.matching.rooms import room, rooms, twins
from tests.unit.matching.tasks import Task, small_tasks, task_of
from tests.unit.matching.uncompiled import uncompiled


def pool(people: list[Profile], rules: Rules = Rules(), barred: tuple[int, ...] = ()) -> Pool:  # noqa: B008
    encoded = encode(traits_of_all(people), weights_of(rules), rules.max_same_market_miles)
    return pool_of(encoded, rules, np.array(barred, dtype=np.int64))


def pairs_one_by_one(people: list[Profile], rules: Rules) -> dict[tuple[int, int], float]:
    """Every eligible pair and its score, without a kernel or a table."""
    traits, weights, least = traits_of_all(people), weights_of(rules), pool(people, rules).least
    found = {}
    for i, a in enumerate(traits):
        for j, b in enumerate(traits[:i]):
            total = total_score(criteria_of(a, b), weights, has_titles=bool(a.title and b.title))
            apart = rules.exclude_same_company and a.company is not None
            if total >= least and not (apart and a.company == b.company):
                found[j, i] = total
    return found


@given(people=rooms)
@settings(max_examples=60, deadline=None)
def test_listed_pairs_are_those_of_scoring_one_by_one_to_the_last_bit(
    people: list[Profile],
) -> None:
    for rules in (Rules(min_score=0.4), Rules(min_score=0.4, exclude_same_company=False)):
        count, edges = count_and_list(pool(people, rules), 100)
        assert edges is not None
        found = zip(edges.first.tolist(), edges.second.tolist(), strict=True)
        expected = pairs_one_by_one(people, rules)
        assert dict(zip(found, edges.total.tolist(), strict=True)) == expected
        assert count == len(expected)


@pytest.mark.filterwarnings("ignore:overflow encountered")  # the hash is meant to
@pytest.mark.parametrize("barred", [(), (2, 5, 7)])
@pytest.mark.parametrize("n", [0, 1, 40, 150])
def test_pairs_are_the_same_compiled_or_not(
    n: int, barred: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pool(room(n), Rules(min_score=0.6 if barred else 0.4), barred)
    prices = np.random.default_rng(0).normal(0.4, 0.05, n).round(2)

    def all_of_it() -> list[np.ndarray]:
        source = grouped_pairs(whole, np.arange(0, n, 2))
        count, edges = count_and_list(whole, n * n)
        assert edges is not None
        found = [source.beyond(prices - margin, margin) for margin in (0.0, 0.02, 0.3)]
        short, _ = count_and_list(whole, count // 3)
        assert short == count
        parts = [edges, source.best(3), *(beyond.edges for beyond in found)]
        scalars = [np.array([count, *(beyond.more for beyond in found)])]
        return [*(column for e in parts for column in vars(e).values()), *scalars]

    compiled = all_of_it()
    monkeypatch.setattr("matching.grouped.kernels", uncompiled("matching.kernels", monkeypatch))
    plain = all_of_it()
    assert all((a == b).all() for a, b in zip(compiled, plain, strict=True))


def test_rooms_with_more_pairs_than_asked_for_are_only_counted() -> None:
    whole = pool(room(150))
    count, _ = count_and_list(whole, 150 * 150)
    assert count_and_list(whole, count)[1] is not None
    assert count_and_list(whole, count - 1) == (count, None)


def test_pairs_drawn_are_the_best_of_all_pairs() -> None:
    whole = pool(room(150))
    _, every = count_and_list(whole, 150 * 150)
    assert every is not None
    drawn = grouped_pairs(whole, np.arange(150)).best(4)
    assert best_first(drawn, 150).total.tolist() == drawn.total.tolist()
    for person in range(150):
        of = every.where((every.first == person) | (every.second == person)).total[:4]
        mine = drawn.where((drawn.first == person) | (drawn.second == person)).total[:4]
        assert mine.tolist() == of.tolist()


@given(task=small_tasks())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_prices_and_rounding_are_the_same_compiled_or_not(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    demand, edges, _ = task
    nothing = np.zeros(len(edges), dtype=np.bool_)
    start = np.full(demand.n, 0.4)
    prices, _ = bargain(demand, edges, start)
    flow_prices, _ = relax(demand, edges, start)
    chosen = polish(demand, edges, prices, nothing, TRIES)
    names = ("bargain", "relax", "trails")
    slow = {name: uncompiled(f"matching.{name}", monkeypatch) for name in names}
    assert (slow["bargain"].bargain(demand, edges, start)[0] == prices).all()
    assert (slow["relax"].relax(demand, edges, start)[0] == flow_prices).all()
    assert (slow["trails"].polish(demand, edges, prices, nothing, TRIES) == chosen).all()
    counts = pairs_of_each(edges.where(chosen), demand.n)
    assert (counts <= demand.room).all()


def test_rounding_a_whole_room_is_the_same_compiled_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, edges = count_and_list(pool(room(150)), 150 * 150)
    assert edges is not None
    demand = Demand(np.full(150, 3), pairs_of_each(edges, 150) > 0)
    prices, _ = bargain(demand, edges, np.full(150, 0.4))
    start = np.zeros(len(edges), dtype=np.bool_)
    chosen = polish(demand, edges, prices, start, TRIES)
    monkeypatch.setattr("matching.trails._BUDGET", (2000, 0))
    tired = polish(demand, edges, prices, start, TRIES)
    assert edges.where(tired).total.sum() < edges.where(chosen).total.sum()
    slow = uncompiled("matching.trails", monkeypatch)
    assert (slow.polish(demand, edges, prices, start, TRIES) == chosen).all()


def test_trail_gives_up_a_good_pair_for_two_better_ones() -> None:
    demand, edges, _ = task_of(4, [(1, 2), (0, 1), (2, 3)], [1] * 4, [0.9, 0.85, 0.85])
    prices, _ = relax(demand, edges, np.zeros(4))
    middle = edges.total == 0.9
    assert edges.where(polish(demand, edges, prices, middle, TRIES)).total.sum() == 1.7


def test_trail_never_takes_the_last_pair_of_somebody_who_wants_one() -> None:
    # 0-1 scores more than 1-2, but 2 has nobody else, and 0 has 3.
    demand, edges, _ = task_of(4, [(0, 1), (1, 2), (0, 3)], [1] * 4, [0.9, 0.6, 0.6])
    covering = edges.total == 0.6
    chosen = polish(demand, edges, np.full(4, 0.4), covering, TRIES)
    assert (chosen == covering).all()


def test_bargaining_settles_at_prices_that_leave_no_bargain() -> None:
    whole = pool(room(400))
    _, edges = count_and_list(whole, 400 * 400)
    assert edges is not None
    demand = Demand(np.full(400, 3), np.ones(400, dtype=np.bool_))
    prices, _ = bargain(demand, edges, np.full(400, 0.4))
    # Everybody's fourth best offer is too dear: what beats the prices fits into the places.
    beats = edges.where(excess(edges, prices) > 0.01)
    assert (pairs_of_each(beats, 400) <= 3).all()


@pytest.mark.parametrize("strategy", ["optimal", "greedy", "top_k"])
def test_prices_that_do_not_settle_are_found_by_flows(
    strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, rules = room(200), Rules(strategy=strategy)
    usual = match_batch(people, rules).certificate
    monkeypatch.setattr("matching.optimal.EXACT_PEOPLE", 0)
    monkeypatch.setattr("matching.choose.EXACT_PEOPLE", 0)
    monkeypatch.setattr("matching.optimal._ENOUGH", -1.0)
    again = match_batch(people, rules).certificate
    assert again.covered == usual.covered
    assert again.upper_bound >= usual.upper_bound - 1e-6
    assert again.gap < 0.005 or strategy != "optimal"


def test_order_of_input_changes_nothing_in_a_big_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.optimal.EXACT_PEOPLE", 0)
    monkeypatch.setattr("matching.choose.EXACT_PEOPLE", 0)
    for people in (room(300), twins(100)):
        assert match_batch(people[::-1]).pairs == match_batch(people).pairs


def test_very_big_room_is_neither_counted_nor_solved_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("optimal.EXACT_PEOPLE", "choose.EXACT_PEOPLE", "choose.COUNTED"):
        monkeypatch.setattr(f"matching.{name}", 0)
    monkeypatch.setattr("matching.optimal._ENOUGH", 1.0)
    monkeypatch.setattr("matching.optimal.relax", None)
    people = room(200)
    certificate = match_batch(people).certificate
    assert certificate.eligible_pairs is None
    assert certificate.covered == certificate.max_coverable
    assert 0 <= certificate.gap < 0.005


def test_colleagues_may_meet_and_somebody_is_left_out() -> None:
    rules = Rules(exclude_same_company=False, min_score=0.8)
    result = match_batch(room(40), rules)
    assert result.unmatched
    assert result.pairs
