"""Small rooms: from nearly best to best, with proof.

Given a choice of score L and a bound D from prices u (see `matching.bound`), a pair that costs more
than it brings by u_i + u_j - w_ij > D - L is in no better choice, so it is out (reduced-cost
fixing: Dantzig, Fulkerson and Johnson, Solution of a large-scale traveling-salesman problem,
Operations Research 2, 1954). Of the rest, the pairs within `MARGIN` of their prices come first.
Over them the relaxation is solved and cut by blossom inequalities (`matching.blossom`) until its
value meets a choice or no more are violated; pairs that beat the duals are then drawn in, and so
on. In the end the optimum is whole, because those inequalities describe the hull of all choices (or
nearly whole, when the rounds end first: then it is rounded like any other). The bound is recomputed
from the duals alone (`matching.duals`).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from matching.blossom import WHOLE, Columns, columns_of, violated_cuts
from matching.demand import Demand, excess
from matching.duals import LOOSE, verdict
from matching.encode import Flags, Floats
from matching.pool import Edges
from matching.program import Answer, Program
from matching.trails import TRIES, polish

MARGIN = 0.01  # pairs dearer than this rarely matter; those that do are drawn in
PROVEN = 1e-6  # totals closer than this are the same: the solvers' tolerance is smaller
_DRAWS = 16
_ROUNDS = 80  # of cutting, in all
_IN_A_ROW = 30  # before columns are drawn in


@dataclass(frozen=True)
class Proof:
    """A choice, (m,) bool, and what no choice can exceed."""

    chosen: Flags
    bound: float


@dataclass(frozen=True)
class _Found:
    """A relaxed solution, what each column is worth beyond its duals, (k,) float64, and a bound."""

    answer: Answer
    reduced: Floats
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
    reached = _total(case, start.chosen)
    slack = start.bound - reached + PROVEN
    near = excess(edges, prices) >= -min(slack, MARGIN)
    found = _solved(case, near | start.chosen, reached, prices)
    best = Proof(start.chosen, min(found.bound, start.bound))
    if not _is_closed(case, best):
        best = Proof(_rounded(case, found, best.chosen), best.bound)
    return best


def most_covering(
    demand: Demand, edges: Edges, prices: Floats, start: Flags, known: int
) -> tuple[Flags, int]:
    """Cover as many people as can be, then score the most: pairs, (m,) bool, and a bound on people.

    The same program, where a person left out costs more than all pairs together bring. Needed only
    where an odd ring of people with one place each hides the answer from `matching.cover`.

    Parameters
    ----------
    start : (m,) bool, the pairs to look at first.
    known : how many can be covered at the least; the search ends when it cannot be more.
    """
    wanted = int(demand.wants.sum())
    dear = 1.0 + int(demand.room.sum()) // 2  # scores are at most 1
    columns = columns_of(demand, edges, may_leave_out=True, worth=edges.total)
    columns.worth[len(edges) + demand.n :] = -dear
    case = _Case(demand, edges, columns, wanted)
    found = _solved(case, start, dear * (known - wanted + 1) - 1, prices)
    most = wanted + math.floor(found.bound / dear + PROVEN)
    return found.answer.x[: len(edges)] > 1 - WHOLE, most


def _total(case: _Case, chosen: Flags) -> float:
    return math.fsum(case.edges.total[chosen].tolist())


def _is_closed(case: _Case, proof: Proof) -> bool:
    return proof.bound <= _total(case, proof.chosen) + PROVEN


def _solved(case: _Case, pairs: Flags, reached: float, prices: Floats) -> _Found:
    """Solve over the given pairs, draw in those that the duals call for, and so on.

    The pairs must hold a choice, so that there is a solution whatever is cut off.
    """
    columns = case.columns
    taking_part = np.append(pairs, np.ones(2 * case.demand.n, dtype=np.bool_))
    taking_part &= columns.capacity > 0
    program = Program(case.demand, columns, np.flatnonzero(taking_part), case.most_left)
    program.begin_at(prices)
    best = math.inf
    rounds = iter(range(_ROUNDS))
    for _ in range(_DRAWS):
        answer = _cut_down(case, program, reached, islice(rounds, _IN_A_ROW))
        reduced, bound = verdict(case.demand, columns, program.cuts, answer, case.most_left)
        best = min(best, bound)
        missing = np.flatnonzero((reduced > PROVEN / 10) & ~taking_part & (columns.capacity > 0))
        if best <= reached + PROVEN or not len(missing):
            break
        dearest = np.argsort(-reduced[missing], kind="stable")[: case.demand.n]
        taking_part[missing[dearest]] = True
        program.draw(missing[dearest])
    return _Found(answer, reduced, best)


def _cut_down(case: _Case, program: Program, reached: float, rounds: Iterator[int]) -> Answer:
    """Solve over the program's columns, adding cuts while any is violated and rounds are left.

    Slack cuts go only when the bound has fallen, so no set of cuts comes twice.
    """
    answer = program.relaxed()
    before = answer.bound
    for _ in rounds:
        if answer.bound <= reached + PROVEN:
            break
        prices = answer.row_duals[: case.demand.n]
        found = violated_cuts(case.columns, case.demand.room, answer.x, prices)
        seen = {cut.name for cut in program.cuts}
        new = {cut.name: cut for cut in found if cut.name not in seen}
        if not new:
            break
        if answer.bound < before - PROVEN:
            program.drop_slack()
            before = answer.bound
        for cut in new.values():
            program.add(cut)
        answer = program.relaxed()
    return answer


def _rounded(case: _Case, found: _Found, chosen: Flags) -> Flags:
    """Improve the choice, and the whole part of the relaxed solution; the best of all."""
    m = len(case.edges)
    x, reduced = found.answer.x[:m], found.reduced[:m]
    near = np.flatnonzero((reduced > -LOOSE) | (x > WHOLE) | chosen)
    results = [chosen]
    prices = found.answer.row_duals[: case.demand.n]
    for start in (x > 1 - WHOLE, chosen):
        result = np.zeros(m, dtype=np.bool_)
        result[near] = polish(case.demand, case.edges.where(near), prices, start[near], TRIES)
        results.append(result)
        if _total(case, result) >= found.bound - PROVEN:
            break
    return max(results, key=lambda choice: _worth(case, choice))


def _worth(case: _Case, chosen: Flags) -> tuple[int, float]:
    ends = np.concatenate((case.edges.first[chosen], case.edges.second[chosen]))
    covered = np.intersect1d(ends, np.flatnonzero(case.demand.wants))
    return len(covered), _total(case, chosen)
