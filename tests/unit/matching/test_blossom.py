"""Cuts and duals of a small room's program, against definitions written out the long way."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.blossom import Columns, columns_of, violated_cuts
from matching.duals import LOOSE, verdict
from matching.encode import Floats
from matching.program import Answer, Program, reduced_worth
from tests.unit.matching.check import best_covering
from tests.unit.matching.tasks import Task, small_tasks


def solved(task: Task) -> tuple[Columns, Program, Answer]:
    demand, edges, _ = task
    columns = columns_of(demand, edges, may_leave_out=True, worth=edges.total)
    everything = np.flatnonzero(columns.capacity > 0)
    program = Program(demand, columns, everything, demand.n)
    return columns, program, program.relaxed()


def left_side(columns: Columns, inside: np.ndarray, full: set[int], x: Floats) -> float:
    total = 0.0
    for number, value in enumerate(x.tolist()):
        if inside[columns.tail[number]] != inside[columns.head[number]]:
            total += columns.capacity[number] - value if number in full else value
    return total


@given(task=small_tasks())
@settings(max_examples=150, deadline=None)
def test_each_cut_is_a_blossom_inequality_that_the_point_breaks(task: Task) -> None:
    demand, _, _ = task
    columns, _, answer = solved(task)
    for cut in violated_cuts(columns, demand.room, answer.x, answer.row_duals[: demand.n]):
        full = set(cut.full.tolist())
        capacity = columns.capacity[cut.full].sum()
        assert (demand.room[cut.inside[:-1]].sum() + capacity) % 2 == 1
        crossing = cut.inside[columns.tail[cut.full]] != cut.inside[columns.head[cut.full]]
        assert crossing.all()
        assert left_side(columns, cut.inside, full, answer.x) < 1
        assert cut.least == 1 - capacity


@given(task=small_tasks(), prices=st.lists(st.floats(-2, 2), min_size=8, max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_prices_and_cuts_give_a_bound(task: Task, prices: list[float]) -> None:
    demand, _, pairs = task
    columns, program, answer = solved(task)
    for cut in violated_cuts(columns, demand.room, answer.x, answer.row_duals[: demand.n]):
        program.add(cut)
    invented = np.array([*prices[: demand.n], 0.5, *[-0.25] * len(program.cuts)])
    some = Answer(answer.x, invented, 0.0)
    reduced, bound = verdict(demand, columns, program.cuts, some, demand.n)
    _, best = best_covering(pairs, dict(enumerate(demand.room.tolist())))
    assert bound >= best - 1e-9
    exact = reduced_worth(columns, invented[: demand.n])
    exact[len(exact) - demand.n :] -= 0.5
    for cut in program.cuts:
        exact += 0.25 * cut.coefficients(columns, np.arange(len(exact)))
    close = reduced > -LOOSE
    assert np.allclose(reduced[close], exact[close])
    assert (exact[~close] <= reduced[~close] + 1e-12).all()


@given(task=small_tasks(), prices=st.lists(st.floats(-2, 2), min_size=8, max_size=8))
@settings(max_examples=100, deadline=None)
def test_drawing_columns_in_and_any_first_prices_end_alike(task: Task, prices: list[float]) -> None:
    demand, _, _ = task
    columns, _, answer = solved(task)
    everything = np.flatnonzero(columns.capacity > 0)
    idle = everything[everything >= len(columns.tail) - 2 * demand.n]
    program = Program(demand, columns, idle, demand.n)
    program.begin_at(np.array(prices[: demand.n]))
    first = program.relaxed()
    for cut in violated_cuts(columns, demand.room, answer.x, answer.row_duals[: demand.n]):
        program.add(cut)
    program.draw(np.setdiff1d(everything, idle))
    second = program.relaxed()
    assert first.bound <= second.bound + 1e-9
    assert second.bound <= answer.bound + 1e-9
    program.drop_slack()
    assert np.isclose(program.relaxed().bound, second.bound)
