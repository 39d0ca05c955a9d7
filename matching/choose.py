"""From the pool to chosen pairs: sets the task up, and hands it to the strategy asked for."""

from dataclasses import dataclass

import numpy as np

from matching.candidates import AllPairs
from matching.cover import cover
from matching.demand import Demand
from matching.encode import Ints
from matching.limits import Limits, RowPair
from matching.optimal import optimal, relaxed_bound
from matching.pool import Edges, Pool, Progress, all_edges
from matching.profile import Rules
from matching.solve import greedy, top_k

LISTED = 3000  # people up to which every eligible pair is kept in memory
CANDIDATES = 12


@dataclass(frozen=True)
class Choice:
    """Chosen pairs, and what is proven about them.

    Attributes
    ----------
    pairs : ``first < second``, sorted, the fixed ones included.
    eligible : pairs that are allowed and reach the threshold; None where they were not counted.
    most_coverable : the most people who can have a partner; None where that is not proven.
    bound : no choice within everybody's places scores more, the fixed pairs left out.
    """

    pairs: list[RowPair]
    strategy: str
    eligible: int | None
    most_coverable: int | None
    bound: float


def choose(pool: Pool, limits: Limits, rules: Rules, progress: Progress | None) -> Choice:
    """Choose by the rules' strategy."""
    edges = all_edges(pool, progress)
    room = limits.room()
    fixed = np.array([a * pool.n + b for a, b in sorted(limits.required)], dtype=np.int64)
    is_open = (room[edges.first] > 0) & (room[edges.second] > 0)
    every = edges.where(is_open & ~np.isin(edges.keys(pool.n), fixed))
    source = AllPairs(pool.n, every)
    demand = _demand(room, limits, every)
    has_partner = len({who for pair in limits.required for who in pair})
    candidates = rules.candidates_per_person or CANDIDATES
    if rules.strategy == "optimal":
        solution = optimal(demand, source, every, candidates)
        chosen, most, bound = solution.edges, solution.most, solution.bound
    else:
        chosen = greedy(demand, every) if rules.strategy == "greedy" else top_k(demand, every)
        stars, covered = cover(demand, every)
        most = covered if len({p for s in stars for p in s if demand.wants[p]}) == covered else None
        bound = relaxed_bound(demand, source, candidates)
    pairs = zip(chosen.first.tolist(), chosen.second.tolist(), strict=True)
    return Choice(
        pairs=sorted([*limits.required, *pairs]),
        strategy=rules.strategy,
        eligible=len(edges),
        most_coverable=None if most is None else has_partner + most,
        bound=bound,
    )


def _demand(room: Ints, limits: Limits, every: Edges) -> Demand:
    wants = np.zeros(len(room), dtype=np.bool_)
    wants[every.first] = wants[every.second] = True
    wants[[who for pair in limits.required for who in pair]] = False
    return Demand(np.where(room > 0, room, 0), wants)
