"""The two plain ways to choose, for comparison: global best first, and everybody's own list."""

import numpy as np

from matching.candidates import among_best
from matching.demand import Demand
from matching.encode import Flags
from matching.pool import Edges


def greedy(demand: Demand, edges: Edges) -> Edges:
    """Take the best pair that still fits, again and again; the pairs come best first."""
    return edges.where(taken_greedily(demand, edges))


def taken_greedily(demand: Demand, edges: Edges) -> Flags:
    """Mark, (m,), the pairs that still fit when their turn comes."""
    room = demand.room.tolist()
    taken: Flags = np.zeros(len(edges), dtype=np.bool_)
    pairs = zip(edges.first.tolist(), edges.second.tolist(), strict=True)
    for number, (first, second) in enumerate(pairs):
        if room[first] > 0 and room[second] > 0:
            taken[number] = True
            room[first] -= 1
            room[second] -= 1
    return taken


def top_k(demand: Demand, edges: Edges) -> Edges:
    """Join everybody's own best list; nothing stops a person from being on many lists."""
    return edges.where(among_best(demand.n, edges, demand.room))
