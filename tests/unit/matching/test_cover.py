"""Coverage against every possible solution of small rooms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.candidates import Edges
from matching.certify import bounds_of
from matching.solve import Task, cover, fewest_options_first, greedy
from tests.unit.matching.check import best_total, most_coverable


def task_of(
    n: int,
    edges: list[tuple[int, int]],
    room: list[int],
    fixed: tuple[tuple[int, int], ...] = (),
    scores: list[float] | None = None,
) -> Task:
    first, second = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    total = np.array(scores if scores is not None else np.linspace(0.9, 0.6, len(edges)))
    order = np.argsort(-total, kind="stable")
    ordered = Edges(first[order], second[order], total[order])
    return Task(n, ordered, list(fixed), np.array(room, dtype=np.int64))


@st.composite
def small_tasks(draw: st.DrawFn, least_room: int = 0) -> Task:
    n = draw(st.integers(2, 8))
    possible = [(i, j) for i in range(n) for j in range(i + 1, n)]
    edges = draw(st.lists(st.sampled_from(possible), unique=True, max_size=9))
    room = draw(st.lists(st.integers(least_room, 3), min_size=n, max_size=n))
    scores = draw(st.lists(st.floats(0.6, 1), min_size=len(edges), max_size=len(edges)))
    return task_of(n, edges, room, scores=scores)


def edges_of(task: Task) -> list[tuple[int, int]]:
    return list(zip(task.edges.first.tolist(), task.edges.second.tolist(), strict=True))


@given(task=small_tasks())
@settings(max_examples=120, deadline=None)
def test_stars_stay_within_room_and_bounds_hold_for_every_solution(task: Task) -> None:
    room = dict(enumerate(task.room.tolist()))
    stars, most = cover(task)
    for who, places in room.items():
        assert sum(who in pair for pair in stars) <= places
    edges = edges_of(task)
    assert {tuple(sorted(pair)) for pair in stars} <= set(edges)
    real = most_coverable(edges, room)
    bounds = bounds_of(task, [], stars, most)
    assert bounds.covered_at_least <= real <= bounds.covered
    scores = dict(zip(edges, task.edges.total.tolist(), strict=True))
    assert best_total(scores, room) <= bounds.total + 1e-12


@given(task=small_tasks(least_room=2))
@settings(max_examples=120, deadline=None)
def test_coverage_is_exact_when_everybody_has_room_for_two(task: Task) -> None:
    stars, most = cover(task)
    assert len({who for pair in stars for who in pair}) == most
    assert most == most_coverable(edges_of(task), dict(enumerate(task.room.tolist())))
    chosen = fewest_options_first(task, stars)
    assert len({who for pair in chosen.pairs for who in pair}) == most


@pytest.mark.parametrize(
    ("room", "covered", "most"),
    [([1, 1, 1], 2, 3), ([2, 1, 1], 3, 3), ([1, 1, 2], 3, 3), ([1, 2, 1], 3, 3)],
)
def test_triangle_is_covered_where_one_has_room_for_two(
    room: list[int], covered: int, most: int
) -> None:
    stars, bound = cover(task_of(3, [(0, 1), (0, 2), (1, 2)], room))
    assert len({who for pair in stars for who in pair}) == covered
    assert bound == most


def test_greedy_leaves_people_out_whom_fewest_options_first_covers() -> None:
    # The two in the middle like each other best, but each is the only option of somebody.
    task = task_of(4, [(1, 2), (0, 1), (2, 3)], [1, 1, 1, 1])
    assert greedy(task).pairs == [(1, 2)]
    assert fewest_options_first(task, cover(task)[0]).pairs == [(0, 1), (2, 3)]


def test_early_choice_is_moved_so_that_a_later_one_fits() -> None:
    # 0 and 1 each have two options and prefer 4; 2 and 3 have only 4, which takes two.
    edges = [(0, 4), (1, 4), (2, 4), (3, 4), (0, 5), (1, 5)]
    stars, most = cover(task_of(6, edges, [1, 1, 1, 1, 2, 2]))
    assert most == 6
    assert sorted(tuple(sorted(pair)) for pair in stars) == [(0, 5), (1, 5), (2, 4), (3, 4)]


def test_people_with_a_fixed_pair_need_no_other_but_may_help() -> None:
    stars, most = cover(task_of(4, [(0, 2), (1, 3)], [1, 0, 1, 1], fixed=((0, 1),)))
    assert stars == [(2, 0)]
    assert most == 3
