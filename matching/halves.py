"""Rounding: split the room in two, choose best across the halves, again and again.

Given a choice M of pairs, colour everybody 0 or 1. Pairs of M within a colour stay; the places that
remain are filled again, from nothing, with pairs across the colours. Those pairs form a bipartite
graph, where the best choice is a minimum-cost flow with integral optimum (Hoffman and Kruskal), so
one step finds the best of exponentially many neighbours of M, never loses a covered person (a first
place earns the bonus) and never loses score: a large-neighbourhood search (Ahuja, Ergun, Orlin and
Punnen, A survey of very large-scale neighborhood search techniques, Discrete Applied Mathematics
123, 2002), with nothing but well-kept flow code in it. A random colouring cuts half of the pairs
that matter; letting people move to the colour opposite to most of their near-tight partners cuts
three quarters, so that long exchanges fit as well. Cost per step: one flow with n nodes and at most
m arcs.
"""

import numpy as np

from matching.demand import BONUS, Demand, pairs_of_each
from matching.encode import Flags, Ints
from matching.flow import SCALE, arcs_of, cheapest_flow, place_arcs, scaled
from matching.pool import Edges

TIGHT = 0.004  # pairs whose prices exceed their score by less are the ones worth separating
_MOVES = 6  # rounds of local moves towards a large cut


def improve(demand: Demand, edges: Edges, chosen: Flags, colour: Ints) -> Flags:
    """Fill all places again with the best pairs across the colours; the rest of `chosen` stays."""
    same = colour[edges.first] == colour[edges.second]
    kept = chosen & same
    taken = pairs_of_each(edges.where(kept), demand.n)
    room = demand.room - taken
    bonus = np.where(demand.wants & (taken == 0), round(BONUS * SCALE), 0)
    across = np.flatnonzero(~same & (room[edges.first] > 0) & (room[edges.second] > 0))
    first, second = edges.first[across], edges.second[across]
    is_left = colour[first] == 0
    left, right = np.where(is_left, first, second), np.where(is_left, second, first)
    people = np.flatnonzero(room > 0)
    lefts, rights = people[colour[people] == 0], people[colour[people] == 1]
    source, sink, amount = demand.n, demand.n + 1, int(room[lefts].sum())
    arcs = arcs_of(
        [
            (left, right, 1, -scaled(edges.total[across])),
            *place_arcs(lefts, room, bonus, source, lefts, outward=True),
            *place_arcs(rights, room, bonus, sink, rights, outward=False),
            (np.array([source]), sink, amount, 0),
        ]
    )
    result: Flags = kept.copy()
    result[across] = cheapest_flow(arcs, source, sink, amount)[: len(across)] > 0
    return result


def random_colours(n: int, tight: Edges, rng: np.random.Generator) -> Ints:
    """Colour everybody 0 or 1 so that most of the given pairs have two colours, (n,) int64."""
    colour = rng.integers(0, 2, n)
    for _ in range(_MOVES):
        sign = 1.0 - 2 * colour
        pull = np.bincount(tight.first, sign[tight.second], n)
        pull += np.bincount(tight.second, sign[tight.first], n)
        wanted = np.where(pull > 0, 1, np.where(pull < 0, 0, colour))
        # All moving at once would only swap the colours.
        colour = np.where(rng.random(n) < 0.5, wanted, colour)
    return colour


def polish(
    demand: Demand, edges: Edges, chosen: Flags, tight: Flags, steps: int, enough: float
) -> Flags:
    """Improve a choice until `steps` are made, or all are covered and the total is `enough`."""
    rng = np.random.default_rng(0)
    near = edges.where(tight)
    wanted = int(demand.wants.sum())
    for _ in range(steps):
        chosen = improve(demand, edges, chosen, random_colours(demand.n, near, rng))
        result = edges.where(chosen)
        if result.total.sum() >= enough and covered_by(demand, result) == wanted:
            break
    return chosen


def covered_by(demand: Demand, pairs: Edges) -> int:
    """Count the people who wanted a partner and got one."""
    return int(np.count_nonzero(demand.wants & (pairs_of_each(pairs, demand.n) > 0)))
