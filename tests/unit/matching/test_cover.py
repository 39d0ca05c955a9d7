"""Coverage against every possible solution of small rooms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.cover import cover
from matching.demand import Demand
from matching.pool import Edges
from matching.solve import greedy
from tests.unit.matching.check import most_coverable
from tests.unit.matching.tasks import Task, small_tasks, task_of


@given(task=small_tasks())
@settings(max_examples=120, deadline=None)
def test_stars_stay_within_room_and_the_bound_holds(task: Task) -> None:
    demand, edges, pairs = task
    room = dict(enumerate(demand.room.tolist()))
    stars, most = cover(demand, edges)
    for who, places in room.items():
        assert sum(who in pair for pair in stars) <= places
    assert {tuple(sorted(pair)) for pair in stars} <= set(pairs)
    reached = len({who for pair in stars for who in pair})
    assert reached <= most_coverable(list(pairs), room) <= most


@given(task=small_tasks(least_room=2))
@settings(max_examples=120, deadline=None)
def test_coverage_is_exact_when_everybody_has_room_for_two(task: Task) -> None:
    demand, edges, pairs = task
    stars, most = cover(demand, edges)
    assert len({who for pair in stars for who in pair}) == most
    assert most == most_coverable(list(pairs), dict(enumerate(demand.room.tolist())))


@given(task=small_tasks(), known=st.integers(0, 3))
@settings(max_examples=120, deadline=None)
def test_pairs_that_were_not_known_are_asked_for_where_they_matter(task: Task, known: int) -> None:
    demand, edges, _ = task

    def more(people: list[int]) -> Edges:
        return edges.where(np.isin(edges.first, people) | np.isin(edges.second, people))

    few = edges.where(np.arange(len(edges)) < known)
    assert cover(demand, few, more)[1] == cover(demand, edges)[1]


@pytest.mark.parametrize(
    ("room", "covered", "most"),
    [([1, 1, 1], 2, 3), ([2, 1, 1], 3, 3), ([1, 1, 2], 3, 3), ([1, 2, 1], 3, 3)],
)
def test_triangle_is_covered_where_one_has_room_for_two(
    room: list[int], covered: int, most: int
) -> None:
    demand, edges, _ = task_of(3, [(0, 1), (0, 2), (1, 2)], room)
    stars, bound = cover(demand, edges)
    assert len({who for pair in stars for who in pair}) == covered
    assert bound == most


def test_greedy_leaves_people_out_whom_stars_cover() -> None:
    # The two in the middle like each other best, but each is the only option of somebody.
    demand, edges, _ = task_of(4, [(1, 2), (0, 1), (2, 3)], [1, 1, 1, 1])
    assert greedy(demand, edges).keys(4).tolist() == [1 * 4 + 2]
    assert cover(demand, edges)[1] == 4


def test_early_choice_is_moved_so_that_a_later_one_fits() -> None:
    # 0 and 1 each have two options and prefer 4; 2 and 3 have only 4, which takes two.
    pairs = [(0, 4), (1, 4), (2, 4), (3, 4), (0, 5), (1, 5)]
    demand, edges, _ = task_of(6, pairs, [1, 1, 1, 1, 2, 2])
    stars, most = cover(demand, edges)
    assert most == 6
    assert sorted(tuple(sorted(pair)) for pair in stars) == [(0, 5), (1, 5), (2, 4), (3, 4)]


def test_people_with_a_fixed_pair_need_no_other_but_may_help() -> None:
    demand, edges, _ = task_of(4, [(0, 2)], [1, 0, 1, 1])
    wants = np.array([False, False, True, False])
    assert cover(Demand(demand.room, wants), edges) == ([(2, 0)], 1)
