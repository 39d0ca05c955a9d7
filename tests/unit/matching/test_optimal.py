"""The solver against every possible choice, and against instances solved by hand."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings

from matching import Rules, match_batch
from matching.optimal import Solution, optimal
from matching.solve import greedy
from tests.unit.matching.check import best_covering
from tests.unit.matching.listed import AllPairs
from tests.unit.matching.rooms import room
from tests.unit.matching.tasks import Task, small_tasks, task_of


def solve(task: Task, candidates: int = 12) -> Solution:
    demand, edges, _ = task
    source = AllPairs(demand.n, edges)
    return optimal(demand, source, edges, source.best(candidates))


def chosen(solution: Solution) -> list[tuple[int, int]]:
    return sorted(zip(solution.edges.first.tolist(), solution.edges.second.tolist(), strict=True))


@given(task=small_tasks())
@settings(max_examples=300, deadline=None)
def test_no_choice_covers_more_or_scores_more(task: Task) -> None:
    demand, _, pairs = task
    solution = solve(task)
    counts = np.bincount(np.array(chosen(solution), dtype=np.int64).ravel(), minlength=demand.n)
    assert (counts <= demand.room).all()
    covered, total = best_covering(pairs, dict(enumerate(demand.room.tolist())))
    assert solution.most == covered == np.count_nonzero(counts)
    assert math.isclose(solution.edges.total.sum(), total, abs_tol=1e-6)
    assert total - 1e-9 <= solution.bound <= total + 1e-6


@given(task=small_tasks())
@settings(max_examples=60, deadline=None)
def test_few_candidates_change_nothing(task: Task) -> None:
    assert math.isclose(solve(task, 1).edges.total.sum(), solve(task).edges.total.sum())


def ring(n: int, room: int = 1) -> Task:
    return task_of(n, [(i, i + 1) for i in range(n - 1)] + [(0, n - 1)], [room] * n, [0.8] * n)


@pytest.mark.parametrize("n", [3, 5, 7, 9, 31])
def test_odd_ring_with_one_place_each_leaves_one_out(n: int) -> None:
    solution = solve(ring(n))
    assert solution.most == n - 1
    assert len(solution.edges) == n // 2
    assert math.isclose(solution.bound, 0.8 * (n // 2), abs_tol=1e-6)


def test_two_odd_rings_joined_by_a_poor_pair_are_all_covered() -> None:
    # Covering all six takes the bridge (0.6); without coverage, two pairs of 0.9 score more.
    pairs = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3)]
    solution = solve(task_of(6, pairs, [1] * 6, [0.9] * 6 + [0.6]))
    assert chosen(solution) == [(0, 1), (2, 3), (4, 5)]


def test_best_pair_first_is_wrong_by_hand() -> None:
    # Greedy takes the middle, 0.9, and two are left; the sides make 1.7 (Gale and Shapley's point).
    task = task_of(4, [(1, 2), (0, 1), (2, 3)], [1] * 4, [0.9, 0.85, 0.85])
    assert greedy(*task[:2]).total.sum() == 0.9
    assert chosen(solve(task)) == [(0, 1), (2, 3)]


def test_petersen_graph_has_a_perfect_matching_of_its_spokes() -> None:
    # Petersen (1898): three-regular, bridgeless; only spokes are worth 0.7, the rest 0.6.
    outer = [(i, (i + 1) % 5) for i in range(5)]
    inner = [(5 + i, 5 + (i + 2) % 5) for i in range(5)]
    spokes = [(i, i + 5) for i in range(5)]
    pairs = [(min(p), max(p)) for p in outer + inner + spokes]
    solution = solve(task_of(10, pairs, [1] * 10, [0.6] * 10 + [0.7] * 5))
    assert chosen(solution) == spokes
    assert math.isclose(solution.bound, 3.5, abs_tol=1e-6)


@pytest.mark.parametrize("name", ["_DRAWS", "_ROUNDS", "_IN_A_ROW"])
def test_bound_holds_when_the_rounds_end_early(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    people = room(150)
    proven = match_batch(people).certificate
    monkeypatch.setattr(f"matching.exact.{name}", 1)
    monkeypatch.setattr("matching.exact.MARGIN", 0.0)
    stopped = match_batch(people).certificate
    assert proven.gap == 0
    assert stopped.covered == proven.covered
    assert stopped.upper_bound >= proven.total_score - 1e-6
    assert stopped.total_score <= proven.total_score + 1e-6


def test_bound_holds_when_too_many_are_fractional_for_the_exact_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = ring(9, room=1)
    best = solve(task).edges.total.sum()
    monkeypatch.setattr("matching.odd_sets._MOST", 1)
    assert solve(task).bound >= best - 1e-9


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("places", "least"), [(1, 0.3), (1, 0.6), (2, 0.75), (5, 0.5)])
def test_small_rooms_are_closed_under_other_rules(places: int, least: float, seed: int) -> None:
    rules = Rules(max_matches=places, min_score=least)
    certificate = match_batch(room(60, seed), rules).certificate
    assert certificate.gap == 0
    assert certificate.covered == certificate.max_coverable


def test_drawing_pairs_in_ends_where_all_of_use_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # With a wide margin, every pair that reduced-cost fixing leaves takes part from the start.
    people = room(120)
    drawn = match_batch(people).certificate
    monkeypatch.setattr("matching.exact.MARGIN", 10.0)
    whole = match_batch(people).certificate
    assert math.isclose(drawn.total_score, whole.total_score)
    assert drawn.gap == whole.gap == 0


def test_no_solver_prints(capfd: pytest.CaptureFixture[str]) -> None:
    # HiGHS greets once a process, so a fresh one must be asked.
    code = (
        "from tests.unit.matching.rooms import room\n"
        "from matching import match_batch\n"
        "match_batch(room(60))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert capfd.readouterr() == ("", "")


def test_coverage_that_could_not_be_proven_is_not_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "matching.optimal.most_covering",
        lambda _, edges, *rest: (np.zeros(len(edges), np.bool_), 3),
    )
    solution = solve(ring(3))
    assert solution.most is None
    assert len(solution.edges) == 1
    assert solution.bound >= 0.8
