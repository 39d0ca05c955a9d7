"""Prices by bargaining: everybody asks for what their best alternative brings, again and again.

Against the others' prices u_j, a pair brings i the amount w_ij - u_j. With c places, i would take
the c best offers, so a place is worth between the c-th best and the next one; i's new price is
halfway between the old one and the middle of those two. Somebody who wants a partner and has no
offer above zero pays for the best one instead. Where that settles, each place is worth what it
brings to both sides, which solves the dual of the relaxation in `matching.relax`: balanced outcomes
in exchange networks (Kleinberg and Tardos, STOC 2008), reached by damped best replies (Kanoria,
Bayati, Borgs, Chayes and Montanari, Fast convergence of natural bargaining dynamics in exchange
networks, SODA 2011, for one place each). It need not settle, but `matching.bound` holds for any
prices and tells how good these are. Cost: O(m) per round, a few dozen rounds.
"""

from typing import Any

import numpy as np

from matching.compiled import compiled
from matching.demand import BONUS, Demand, excess
from matching.encode import Flags, Floats
from matching.pool import Edges
from matching.solve import taken_greedily

_ROUNDS = 60
_BARGAIN = 0.001  # a start is made of pairs within this of their prices


def bargain(demand: Demand, edges: Edges, prices: Floats) -> tuple[Floats, Flags]:
    """Go on from the given prices, (n,): new ones, and pairs to start from, (m,), best first."""
    person = np.concatenate((edges.first, edges.second))
    order = np.argsort(person, kind="stable")
    starts = np.searchsorted(person[order], np.arange(demand.n + 1))
    other = np.concatenate((edges.second, edges.first))[order]
    settled: Floats = offers(
        starts, other, np.tile(edges.total, 2)[order], demand.room, demand.wants, prices, _ROUNDS
    )
    worth = excess(edges, settled)
    best = np.argsort(-worth, kind="stable")
    best = best[worth[best] > -_BARGAIN]
    chosen = np.zeros(len(edges), dtype=np.bool_)
    chosen[best] = taken_greedily(demand, edges.where(best))
    return settled, chosen


@compiled
def offers(
    starts: Any, other: Any, total: Any, room: Any, wants: Any, prices: Any, rounds: int
) -> Any:
    """Run the rounds; all prices of a round answer those of the round before."""
    old, new = prices.copy(), prices.copy()
    most = 0
    for places in room:
        most = max(most, places)
    best = np.empty(most + 1)
    for _ in range(rounds):
        for i in range(len(room)):
            last = room[i]
            best[: last + 1] = -np.inf
            for place in range(starts[i], starts[i + 1]):
                offer = total[place] - old[other[place]]
                at = last
                while at >= 0 and best[at] < offer:
                    if at < last:
                        best[at + 1] = best[at]
                    best[at] = offer
                    at -= 1
            asked = 0.0
            if last > 0 and best[last - 1] > 0:
                asked = (best[last - 1] + max(0.0, best[last])) / 2
            elif last > 0 and wants[i]:
                asked = max(-BONUS, min(0.0, best[0]))
            new[i] = (old[i] + asked) / 2
        old, new = new, old
    return old
