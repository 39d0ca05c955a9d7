"""From the pool to chosen pairs: sets the task up, and hands it to the strategy asked for."""

from dataclasses import dataclass

import numpy as np

from matching.cover import cover
from matching.demand import Demand
from matching.encode import Ints
from matching.grouped import GroupedPairs, count_and_list, grouped_pairs
from matching.limits import Limits, RowPair
from matching.optimal import EXACT_PEOPLE, optimal, relaxed_bound
from matching.pool import Edges, Pool, Progress
from matching.profile import Rules
from matching.solve import greedy, top_k

LISTED = 720_000  # eligible pairs up to which all of them are kept in memory
COUNTED = 20_000  # people up to which eligible pairs are counted
CANDIDATES = 8  # or twice the places, if they are more
MOST_CANDIDATES = 40


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


@dataclass(frozen=True)
class _Market:
    """Pairs open to choice: where they come from, the best of each person, all where listed."""

    source: GroupedPairs
    best: Edges
    every: Edges | None


def choose(pool: Pool, limits: Limits, rules: Rules, progress: Progress | None) -> Choice:
    """Choose by the rules' strategy; where pairs are not listed, greedy sees only the best."""
    usual = min(max(CANDIDATES, 2 * rules.max_matches), MOST_CANDIDATES)
    k = rules.candidates_per_person or usual
    if rules.strategy == "top_k":
        k = max(k, int(limits.room().max(initial=1)))
    eligible, every = None, None
    if pool.n <= COUNTED:
        # Only small rooms and plain strategies look at every pair.
        listed = LISTED if pool.n <= EXACT_PEOPLE or rules.strategy != "optimal" else 0
        eligible, every = count_and_list(pool, listed)
    market = _market(pool, limits, k, every, progress)
    demand = _demand(limits, market.best if market.every is None else market.every)
    if rules.strategy == "optimal":
        solution = optimal(demand, market.source, market.every, market.best)
        chosen, most, bound = solution.edges, solution.most, solution.bound
    else:
        pairs = market.best if market.every is None else market.every
        chosen = greedy(demand, pairs) if rules.strategy == "greedy" else top_k(demand, pairs)
        stars, covered = cover(demand, market.best, market.source.of)
        most = covered if len({p for s in stars for p in s if demand.wants[p]}) == covered else None
        bound = relaxed_bound(demand, market.source, market.best)
    has_partner = len({who for pair in limits.required for who in pair})
    return Choice(
        pairs=sorted(
            [
                *limits.required,
                *zip(chosen.first.tolist(), chosen.second.tolist(), strict=True),
            ]
        ),
        strategy=rules.strategy,
        eligible=eligible,
        most_coverable=None if most is None else has_partner + most,
        bound=bound,
    )


def _market(
    pool: Pool, limits: Limits, k: int, every: Edges | None, progress: Progress | None
) -> _Market:
    room, fixed = limits.room(), _fixed_keys(limits)
    source = grouped_pairs(pool.without(fixed), np.flatnonzero(room > 0), k)
    if every is not None:
        is_open = (room[every.first] > 0) & (room[every.second] > 0)
        every = every.where(is_open & ~np.isin(every.keys(pool.n), fixed))
    return _Market(source, source.best(k, progress), every)


def _fixed_keys(limits: Limits) -> Ints:
    n = len(limits.capacity)
    return np.array([a * n + b for a, b in sorted(limits.required)], dtype=np.int64)


def _demand(limits: Limits, edges: Edges) -> Demand:
    room = limits.room()
    wants = np.zeros(len(room), dtype=np.bool_)
    wants[edges.first] = wants[edges.second] = True
    wants[[who for pair in limits.required for who in pair]] = False
    return Demand(room, wants)
