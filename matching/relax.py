"""The linear relaxation, solved as a flow on the doubled room, and everybody's price.

Let w_ij be the score of an eligible pair, c_i the places of person i and W the people who want a
partner. The relaxation is

    max  sum_ij w_ij x_ij + B sum_{i in W} min(1, d_i),   d_i = sum_j x_ij <= c_i,  0 <= x_ij <= 1.

Draw every person twice, left and right, and every pair as two arcs, i to j' and j to i'. A cheapest
integral flow f gives x_ij = (f_ij + f_ji) / 2, which is optimal, because averaging any x with its
mirror image keeps its worth: every x is 0, 1/2 or 1 (Nemhauser and Trotter, Vertex packings:
structural properties and algorithms, Math. Programming 8, 1975; Schrijver, Combinatorial
Optimization, 2003, section 30). Either side's first place earns B.

Prices: in the residual network of an optimal flow no cycle has negative cost, so shortest distances
from a node joined to all others at no cost exist (Bellman and Ford; here with Moore's queue). A
person's price u_i is the mean of their left and right distance from the hub. They solve the dual
problem, and `matching.bound` turns them into a proof. Cost: one flow with 2n nodes and 2m arcs,
then O(n m) at worst, in practice some visits to each node. Big rooms are priced by
`matching.bargain` instead, and come here only when that does not settle.
"""

from typing import Any

import numpy as np

from matching.compiled import compiled
from matching.demand import BONUS, Demand
from matching.encode import Flags, Floats, Ints
from matching.flow import SCALE, Arcs, arcs_of, cheapest_flow, place_arcs, scaled
from matching.pool import Edges

_MOST_VISITS = 2000  # per node; any prices give a valid bound, so it is safe to stop early


def relax(demand: Demand, edges: Edges, _: Floats) -> tuple[Floats, Flags]:
    """Solve the relaxation over the given pairs: prices, (n,), and the pairs chosen whole, (m,)."""
    n = demand.n
    hub = 2 * n  # source and sink in one, so that distances go around
    arcs = _doubled(demand, edges, hub)
    flow = cheapest_flow(_parted(arcs, hub), hub, hub + 1, int(demand.room.sum()))[:-1]
    distance = _distances(arcs, flow, hub + 1)
    prices: Floats = (distance[:n] - distance[n:hub]) / (2 * SCALE)
    m = len(edges)
    whole: Flags = flow[:m] + flow[m : 2 * m] == 2
    return prices, whole


def _doubled(demand: Demand, edges: Edges, hub: int) -> Arcs:
    n = demand.n
    worth, people = scaled(edges.total), np.arange(n)
    bonus = np.where(demand.wants, round(BONUS * SCALE), 0)
    return arcs_of(
        [
            (edges.first, n + edges.second, 1, -worth),
            (edges.second, n + edges.first, 1, -worth),
            *place_arcs(people, demand.room, bonus, hub, people, outward=True),
            *place_arcs(people, demand.room, bonus, hub, n + people, outward=False),
        ]
    )


def _parted(arcs: Arcs, hub: int) -> Arcs:
    """Split the hub into a source and a sink, with an idle arc for places that stay empty."""
    head = np.where(arcs.head == hub, hub + 1, arcs.head)
    most = arcs.capacity[arcs.tail == hub].sum()
    return Arcs(
        np.append(arcs.tail, hub),
        np.append(head, hub + 1),
        np.append(arcs.capacity, most),
        np.append(arcs.cost, 0),
    )


def _distances(arcs: Arcs, flow: Ints, nodes: int) -> Ints:
    """Shortest distances in the residual network, (nodes,) int64, none above zero."""
    onward, back = flow < arcs.capacity, flow > 0
    tail = np.concatenate((arcs.tail[onward], arcs.head[back]))
    head = np.concatenate((arcs.head[onward], arcs.tail[back]))
    cost = np.concatenate((arcs.cost[onward], -arcs.cost[back]))
    order = np.argsort(tail, kind="stable")
    starts = np.searchsorted(tail[order], np.arange(nodes + 1))
    distance: Ints = shortest(starts, head[order], cost[order], _MOST_VISITS * nodes)
    return distance


@compiled
def shortest(starts: Any, head: Any, cost: Any, visits: int) -> Any:
    """Shorten distances from zero, arc by arc, nodes first come, first served."""
    nodes = len(starts) - 1
    distance = np.zeros(nodes, dtype=np.int64)
    waiting = np.ones(nodes, dtype=np.bool_)
    queue = np.arange(nodes)  # a ring; everybody waits at most once
    begin, length = 0, nodes
    while length > 0 and visits > 0:
        visits -= 1
        at = queue[begin]
        begin = (begin + 1) % nodes
        length -= 1
        waiting[at] = False
        for arc in range(starts[at], starts[at + 1]):
            reached = distance[at] + cost[arc]
            if reached < distance[head[arc]]:
                distance[head[arc]] = reached
                if not waiting[head[arc]]:
                    waiting[head[arc]] = True
                    queue[(begin + length) % nodes] = head[arc]
                    length += 1
    return distance
