"""What no choice of pairs can exceed, proven from any prices whatever.

Let u be any prices, W the people who want a partner, C the number of them whom a choice covers,
d_i a person's number of chosen pairs and c_i their places. For any B,

    score = sum_ij x_ij (w_ij - u_i - u_j) + sum_i u_i d_i
          <= sum_ij max(0, w_ij - u_i - u_j)
             + sum_i max over 0 <= d <= c_i of (u_i d + B [i in W and d >= 1])  -  B C,

and the inner maximum is at d = 0, 1 or c_i. The first sum runs over *all* eligible pairs, so the
bound holds for every choice that covers at least C of W, whatever pairs were looked at. It is weak
Lagrangian duality (Fisher, The Lagrangian relaxation method, Management Science 27, 1981); good
prices only make it tight. As a function of B it is convex with kinks where B = -u_i, so the best B
is found by bisection on those. Cost: O((n + m) log n).
"""

import math

import numpy as np

from matching.demand import Demand
from matching.encode import Floats


def upper_bound(demand: Demand, prices: Floats, excess: Floats, covered: int) -> float:
    """Bound the total score of the pairs chosen, those that are fixed beforehand left out.

    Parameters
    ----------
    prices : (n,) float64.
    excess : (v,) float64, ``w_ij - u_i - u_j`` of all eligible pairs where that is positive.
    covered : how many of those who want a partner get one, at the least.
    """
    kinks = np.unique(np.maximum(0.0, -prices[demand.wants]))
    low, high = 0, len(kinks) - 1
    while low < high:
        middle = (low + high) // 2
        if _places(demand, prices, kinks[middle], covered) <= _places(
            demand, prices, kinks[middle + 1], covered
        ):
            high = middle
        else:
            low = middle + 1
    bonus = float(kinks[low]) if len(kinks) else 0.0
    return math.fsum(excess.tolist()) + _places(demand, prices, bonus, covered)


def _places(demand: Demand, prices: Floats, bonus: float, covered: int) -> float:
    earned = np.where(demand.wants, bonus, 0.0)
    best = np.maximum(earned + prices, earned + demand.room * prices)
    best = np.where(demand.room > 0, np.maximum(best, 0.0), 0.0)
    return math.fsum([*best.tolist(), -bonus * covered])
