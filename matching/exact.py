"""Small rooms: from nearly best to best, with proof.

Given a choice of score L and a bound D from prices u (see `matching.bound`), a pair that costs more
than it brings by u_i + u_j - w_ij > D - L is in no better choice, so it is out (reduced-cost
fixing: Dantzig, Fulkerson and Johnson, Solution of a large-scale traveling-salesman problem,
Operations Research 2, 1954). Over the rest, the relaxation is solved and cut by blossom
inequalities (`matching.blossom`) until its value meets a choice or no more are violated; then its
optimum is whole, because they describe the hull of all choices (or nearly whole, when the rounds
end first: then it is rounded like any other). The bound is recomputed here from the duals alone:
for any y free and z >= 0,

    worth.x  <=  sum_i y_i c_i - sum_k z_k h_k + sum_e u_e max(0, worth_e - (A'y)_e + (G'z)_e),

with A x = c the places, G x >= h the cuts, and the last sum over *all* pairs.
"""

import math
from dataclasses import dataclass

import numpy as np

from matching.blossom import WHOLE, Columns, Cut, columns_of, violated_cuts
from matching.demand import Demand, excess
from matching.encode import Flags, Floats, Ints
from matching.halves import TIGHT, polish
from matching.pool import Edges
from matching.program import Answer, Program, reduced_worth

MARGIN = 0.01  # pairs dearer than this rarely matter; the bound says when they do
PROVEN = 1e-6  # totals closer than this are the same: the solvers' tolerance is smaller
_ROUNDS = 40
_DRAWS = 8
_STEPS = 8


@dataclass(frozen=True)
class Proof:
    """A choice, (m,) bool, and what no choice can exceed."""

    chosen: Flags
    bound: float


@dataclass(frozen=True)
class _Case:
    demand: Demand
    edges: Edges
    columns: Columns
    most_left: int


def prove(demand: Demand, edges: Edges, prices: Floats, start: Proof, left_out: int) -> Proof:
    """Improve a choice and its bound until they meet, or as far as the rounds allow.

    Parameters
    ----------
    edges : *all* pairs open to choice.
    prices : (n,) float64, those behind the starting bound.
    left_out : how many of those who want a partner get none; proven to be the fewest.
    """
    columns = columns_of(demand, edges, may_leave_out=left_out > 0, worth=edges.total)
    case = _Case(demand, edges, columns, left_out)
    slack = start.bound - _total(case, start.chosen) + PROVEN
    near = np.flatnonzero(excess(edges, prices) >= -min(slack, MARGIN))
    idle = np.arange(len(edges), len(columns.tail))
    idle = idle[columns.capacity[idle] > 0]
    reached = _total(case, start.chosen)
    taking_part = np.zeros(len(columns.tail), dtype=np.bool_)
    taking_part[near] = taking_part[idle] = True
    program = Program(demand, columns, np.flatnonzero(taking_part), left_out)
    program.begin_at(prices)
    for _ in range(_DRAWS):
        answer = _cut_down(case, program, reached)
        reduced, bound = _verdict(case, program.cuts, answer)
        missing = (reduced > PROVEN / 10) & ~taking_part & (columns.capacity > 0)
        if not missing.any():
            break
        numbers = np.flatnonzero(missing)
        drawn = np.sort(numbers[np.argsort(-reduced[numbers], kind="stable")[:demand.n]])
        taking_part[drawn] = True
        program.draw(drawn)
    best = Proof(start.chosen, min(bound, start.bound))
    if not _is_closed(case, best):
        best = Proof(_rounded(case, reduced, answer, best.chosen), best.bound)
    return best


def most_covering(demand: Demand, edges: Edges) -> tuple[Flags, int]:
    """Cover as many people as can be, whatever the score: a choice, (m,) bool, and a bound.

    The same program, where a person left out costs one and pairs are worth nothing. Needed only
    where an odd ring of people with one place each hides the answer from `matching.cover`.
    """
    wanted = int(demand.wants.sum())
    nothing = np.zeros(len(edges))
    columns = columns_of(demand, edges, may_leave_out=True, worth=nothing)
    columns.worth[len(edges) + demand.n :] = -1.0
    case = _Case(demand, edges, columns, wanted)
    program = Program(demand, columns, np.flatnonzero(columns.capacity > 0), wanted)
    answer = _cut_down(case, program, -float(wanted))
    _, bound = _verdict(case, program.cuts, answer)
    return answer.x[: len(edges)] > 1 - WHOLE, wanted + math.floor(bound + PROVEN)


def _total(case: _Case, chosen: Flags) -> float:
    return math.fsum(case.edges.total[chosen].tolist())


def _is_closed(case: _Case, proof: Proof) -> bool:
    return proof.bound <= _total(case, proof.chosen) + PROVEN


def _cut_down(case: _Case, program: Program, reached: float) -> Answer:
    """Solve the relaxation over the program's columns, adding cuts while any is violated."""
    seen = {cut.name for cut in program.cuts}
    answer = program.relaxed()
    for _ in range(_ROUNDS):
        if answer.bound <= reached + PROVEN:
            break
        prices = answer.row_duals[: case.demand.n]
        found = violated_cuts(case.columns, case.demand.room, answer.x, prices)
        new = {cut.name: cut for cut in found if cut.name not in seen}
        if not new:
            break
        for cut in new.values():
            program.add(cut)
        seen.update(new)
        answer = program.relaxed()
    return answer


def _verdict(case: _Case, cuts: list[Cut], answer: Answer) -> tuple[Floats, float]:
    """Reduced worth of every column, (k,) float64, and the bound that the duals prove."""
    n, columns = case.demand.n, case.columns
    y, limit = answer.row_duals[:n], max(0.0, float(answer.row_duals[n]))
    z = np.maximum(0.0, -answer.row_duals[n + 1 :])
    reduced = reduced_worth(columns, y)
    reduced[len(reduced) - n :] -= limit
    everything = np.arange(len(reduced))
    for cut, dual in zip(cuts, z.tolist(), strict=True):
        if dual:
            reduced += dual * cut.coefficients(columns, everything)
    parts = np.concatenate(
        (
            y * case.demand.room,
            -z * np.array([cut.least for cut in cuts]),
            columns.capacity * np.maximum(0.0, reduced),
        )
    )
    return reduced, math.fsum([*parts.tolist(), limit * case.most_left])


def _rounded(case: _Case, reduced: Floats, answer: Answer, chosen: Flags) -> Flags:
    """Start from the whole part of the relaxed solution; the better of the two choices."""
    m = len(case.edges)
    is_tight = reduced[:m] > -TIGHT
    near = np.flatnonzero((reduced[:m] > -MARGIN) | (answer.x[:m] > WHOLE))
    result = np.zeros(m, dtype=np.bool_)
    result[near] = polish(
        case.demand,
        case.edges.where(near),
        answer.x[near] > 1 - WHOLE,
        is_tight[near],
        _STEPS,
        answer.bound - PROVEN,
    )
    return max((result, chosen), key=lambda choice: _worth(case, choice))


def _worth(case: _Case, chosen: Flags) -> tuple[int, float]:
    ends = np.concatenate((case.edges.first[chosen], case.edges.second[chosen]))
    covered = np.intersect1d(ends, np.flatnonzero(case.demand.wants))
    return len(covered), _total(case, chosen)
