"""How good the chosen pairs are, told by sums that do not depend on how they were found."""

import math
from collections.abc import Collection, Mapping

from matching.choose import Choice
from matching.exact import PROVEN
from matching.limits import RowPair
from matching.profile import Certificate
from matching.score import rounded


def certify(
    people: int,
    choice: Choice,
    *,
    totals: Mapping[RowPair, float],
    fixed: Collection[RowPair],
    seconds: float,
) -> Certificate:
    """Put the verdict together.

    Parameters
    ----------
    totals : the chosen pairs' unrounded scores, as `score_pair` sums them.
    fixed : pairs that were in beforehand; the choice's bound is about the others.
    """
    total = math.fsum(totals.values())
    bound = math.fsum([choice.bound, *(totals[pair] for pair in sorted(fixed))])
    if abs(bound - total) <= PROVEN and choice.strategy != "top_k":
        bound = total
    best = _best_of_each(totals)
    return Certificate(
        strategy=choice.strategy,
        people=people,
        eligible_pairs=choice.eligible,
        covered=len(best),
        max_coverable=choice.most_coverable,
        pairs=len(totals),
        total_score=total,
        upper_bound=bound,
        gap=(bound - total) / bound if bound else 0.0,
        worst_best_score=rounded(min(best.values())) if best else None,
        required_pairs=len(fixed),
        seconds=seconds,
    )


def _best_of_each(totals: Mapping[RowPair, float]) -> dict[int, float]:
    best: dict[int, float] = {}
    for pair, total in totals.items():
        for who in pair:
            best[who] = max(total, best.get(who, total))
    return best
