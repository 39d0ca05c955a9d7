"""How good the chosen pairs are, told by sums that do not depend on how they were found."""

import math
from dataclasses import dataclass

import numpy as np

from matching.encode import Floats
from matching.profile import Certificate
from matching.score import rounded
from matching.solve import Chosen, RowPair, Task, half_edges


@dataclass(frozen=True)
class Bounds:
    """What no set of pairs within everybody's room can exceed.

    `total` bounds the sum of scores, `covered` the people with a partner; `covered_at_least` is
    how many are known to be coverable, so the two agreeing makes the number exact.
    """

    total: float
    covered: int
    covered_at_least: int


def bounds_of(
    task: Task, fixed_totals: list[float], stars: list[RowPair], most_covered: int
) -> Bounds:
    """Bound the total score and the coverage.

    Every pair gives half its score to each of its people, and nobody can collect more than the
    halves of their best `room[i]` eligible pairs: ``sum(fixed) + 1/2 sum_i sum(best room[i])``.
    Both sums are correctly rounded, so the bound never falls below a total by rounding alone.
    """
    halves = task.edges.total[half_edges(task.n, task.edges, task.room)] / 2
    total = math.fsum([*fixed_totals, *halves.tolist()])
    return Bounds(total, most_covered, people_in([*task.fixed, *stars]))


def certify(
    task: Task,
    chosen: Chosen,
    totals: list[float],
    bounds: Bounds,
    *,
    eligible_pairs: int,
    seconds: float,
) -> Certificate:
    """Put the verdict together; `totals` are the chosen pairs' unrounded scores."""
    covered = people_in(chosen.pairs)
    total = math.fsum(totals)
    return Certificate(
        strategy=chosen.strategy,
        people=task.n,
        eligible_pairs=eligible_pairs,
        covered=covered,
        max_coverable=bounds.covered if bounds.covered_at_least == bounds.covered else None,
        pairs=len(chosen.pairs),
        total_score=total,
        upper_bound=bounds.total,
        gap=(bounds.total - total) / bounds.total if bounds.total else 0.0,
        worst_best_score=_worst_best(task.n, chosen.pairs, totals),
        seconds=seconds,
    )


def people_in(pairs: list[RowPair]) -> int:
    """Count the people with at least one pair."""
    return len({who for pair in pairs for who in pair})


def _worst_best(n: int, pairs: list[RowPair], totals: list[float]) -> float | None:
    if not pairs:
        return None
    best: Floats = np.full(n, -1.0)
    for pair, total in zip(pairs, totals, strict=True):
        for who in pair:
            best[who] = max(best[who], rounded(total))
    return float(best[best >= 0].min())
