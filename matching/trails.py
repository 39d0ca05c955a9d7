"""Rounding: exchange pairs along alternating trails that gain, until none does.

Let u be prices and c_ij = u_i + u_j - w_ij what a pair costs beyond its score. A trail starts at a
free place of a person a and alternately adds pairs that are not chosen and drops chosen ones. It
may end at a free place of b (gain u_a + u_b - cost), or with a pair of z dropped, whose place is
free afterwards (gain u_a - u_z - cost), where cost sums c over added pairs less c over dropped
ones. People in between gain a pair and lose one. Against prices of the relaxation, all steps cost
nothing or more at first, so Dijkstra's rule finds the cheapest trail on states (person, has lost or
got a pair). Later some steps are bargains, which the search takes as free; the gain is summed
again along the trail, and a trail that uses a pair twice is passed over.

This is the augmenting trail of matching theory (Berge, Two theorems in graph theory, Proc. Nat.
Acad. Sci. 43, 1957; Schrijver, Combinatorial Optimization, 2003, section 31) without blossoms: an
odd ring may hide a trail. Noise on the costs, other in each search, leads around most of them. No
covered person loses their last pair, and covering somebody outweighs everything. Cost: a search
looks at no more than `effort` states, all searches together at no more than `budget`.
"""

import heapq
from typing import Any, NamedTuple

import numpy as np

from matching.compiled import compiled
from matching.demand import BONUS, Demand, excess
from matching.encode import Flags, Floats
from matching.pool import Edges

LEAST = 1e-9  # a gain below this is rounding error
_LONGEST = 400  # pairs in a trail
_NOISE = 0.002
_QUICK, _FAR = 300, 5000  # states that a search looks at
TRIES = 24
_BUDGET = (1_000, 200)  # states for all searches: so many, and so many per person


class Graph(NamedTuple):
    """Pairs by person: those of i are at starts[i]..starts[i + 1] of `edge` and `other`."""

    starts: Any
    edge: Any
    other: Any
    first: Any
    second: Any
    cost: Any
    price: Any
    wants: Any


class State(NamedTuple):
    """What is chosen, how many pairs and free places each person has, and the search's notes.

    Node 2 i of the search is person i in need of a pair, 2 i + 1 is i with one just added;
    `distance`, `before` and `by` (a pair) hold where `seen` is the number of the search, and
    `counts` has the number of the search and of the trail last checked.
    """

    chosen: Any
    degree: Any
    spare: Any
    distance: Any
    seen: Any
    before: Any
    by: Any
    used: Any
    counts: Any


@compiled
def _worth(graph: Graph, state: State, i: int) -> Any:
    """Tell what filling a free place of i brings beside the trail."""
    return graph.price[i] + (BONUS if graph.wants[i] and state.degree[i] == 0 else 0.0)


@compiled
def _trail(graph: Graph, state: State, end: int, trail: Any) -> Any:
    """Write down the trail to a node; its length, 0 if a pair comes twice, and its cost."""
    state.counts[1] += 1
    length, cost = 0, 0.0
    at = end
    while state.by[at] >= 0:
        edge = state.by[at]
        if length == len(trail) or state.used[edge] == state.counts[1]:
            return 0, 0.0
        state.used[edge] = state.counts[1]
        trail[length] = edge
        length += 1
        cost += -graph.cost[edge] if state.chosen[edge] else graph.cost[edge]
        at = state.before[at]
    return length, cost


@compiled
def _spread(graph: Graph, state: State, at: int, noise: float, heap: Any) -> None:
    """Reach the neighbours of a node: by a pair to add if a pair is needed, else by one to drop."""
    i, gained = at // 2, at % 2 == 1
    now = state.counts[0]
    for place in range(graph.starts[i], graph.starts[i + 1]):
        edge = graph.edge[place]
        if state.chosen[edge] != gained:
            continue
        step = max(0.0, -graph.cost[edge] if gained else graph.cost[edge])
        mixed = (edge * 40503 + now * 30011) % 65536
        reached = state.distance[at] + step + noise * mixed / 65536
        node = 2 * graph.other[place] + (0 if gained else 1)
        if state.seen[node] != now or reached < state.distance[node]:
            state.distance[node], state.seen[node] = reached, now
            state.before[node], state.by[node] = at, edge
            heapq.heappush(heap, (reached, node))


@compiled
def _end_worth(graph: Graph, state: State, a: int, at: int) -> Any:
    """Tell what ending at a node brings to a trail from a; -inf where it may not end."""
    i = at // 2
    if at % 2 == 1:
        return _worth(graph, state, i) if state.spare[i] > (1 if i == a else 0) else -np.inf
    may_lose = i != a and (state.degree[i] > 1 or not graph.wants[i])
    return -graph.price[i] if may_lose else -np.inf


@compiled
def _search(
    graph: Graph, state: State, a: int, highest: float, effort: int, noise: float, trail: Any
) -> Any:
    """Find the best trail from a free place of a: its length, 0 if none gains, and states seen."""
    state.counts[0] += 1
    state.distance[2 * a], state.seen[2 * a], state.by[2 * a] = 0.0, state.counts[0], -1
    start, best, length = _worth(graph, state, a), LEAST, 0
    blur = 20 * noise  # what noise may add to a trail worth finding
    found = np.empty_like(trail)
    heap = [(0.0, 2 * a)]
    looked = 0
    while len(heap) > 0 and looked < effort:
        distance, at = heapq.heappop(heap)
        if distance > state.distance[at]:
            continue
        if start + highest + blur - distance <= best:
            break
        looked += 1
        worth = start + _end_worth(graph, state, a, at)
        if worth + blur - distance > best:
            count, cost = _trail(graph, state, at, found)
            if count > 0 and worth - cost > best:
                best, length = worth - cost, count
                trail[:count] = found[:count]
        _spread(graph, state, at, noise, heap)
    return length, looked


@compiled
def _flip(graph: Graph, state: State, trail: Any) -> None:
    for edge in trail:
        change = -1 if state.chosen[edge] else 1
        state.chosen[edge] = not state.chosen[edge]
        for i in (graph.first[edge], graph.second[edge]):
            state.degree[i] += change
            state.spare[i] -= change


@compiled
def fill(graph: Graph, state: State, effort: int, noise: float, budget: int) -> Any:
    """Take the best trail from each free place that is worth something; return states looked at."""
    trail = np.empty(_LONGEST, dtype=np.int64)
    spent = 0
    free = np.flatnonzero(state.spare > 0)
    highest = max(0.0, graph.price[free].max()) if len(free) > 0 else 0.0
    for a in free:
        while state.spare[a] > 0 and _worth(graph, state, a) > LEAST and spent < budget:
            length, looked = _search(graph, state, a, highest, effort, noise, trail)
            spent += looked
            if length == 0:
                break
            _flip(graph, state, trail[:length])
    return spent


def polish(demand: Demand, edges: Edges, prices: Floats, start: Flags, tries: int) -> Flags:
    """Improve a choice over the given pairs, (m,) bool, near their prices, as the module tells."""
    n, m = demand.n, len(edges)
    person = np.concatenate((edges.first, edges.second))
    order = np.argsort(person, kind="stable")
    other = np.concatenate((edges.second, edges.first))[order]
    starts = np.searchsorted(person[order], np.arange(n + 1))
    cost = -excess(edges, prices)
    graph = Graph(starts, order % m, other, edges.first, edges.second, cost, prices, demand.wants)
    degree = np.bincount(person, np.tile(start, 2), n).astype(np.int64)
    seen, before, by = np.zeros((3, 2 * n), dtype=np.int64)
    used, counts = np.zeros(m, dtype=np.int64), np.zeros(2, dtype=np.int64)
    spare, distance = demand.room - degree, np.empty(2 * n)
    state = State(start.copy(), degree, spare, distance, seen, before, by, used, counts)
    budget = _BUDGET[0] + _BUDGET[1] * n
    for effort, noise in [(_QUICK, 0.0)] * 2 + [(_FAR, _NOISE)] * tries:
        budget -= fill(graph, state, effort, noise, budget)
    chosen: Flags = state.chosen
    return chosen
