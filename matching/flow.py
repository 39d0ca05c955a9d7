"""Minimum-cost flow: the solver under the relaxation of small rooms.

Costs are whole numbers (scores times 10^7), so the solver, OR-tools' cost-scaling push-relabel
(Goldberg, An efficient implementation of a scaling minimum-cost flow algorithm, J. Algorithms 22,
1997), is exact and deterministic. Time O(V^2 E log(V C)) at worst, near linear here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matching.encode import Floats, Ints

SCALE = 10**7


@dataclass(frozen=True)
class Arcs:
    """Arcs of a network.

    Attributes
    ----------
    tail, head : (a,) int64 node numbers.
    capacity, cost : (a,) int64; costs in units of 1 / `SCALE` of score.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints


def scaled(worth: Floats) -> Ints:
    """Turn scores into whole-number costs."""
    return np.rint(worth * SCALE).astype(np.int64)


def arcs_of(parts: Sequence[tuple[Ints | int, Ints | int, Ints | int, Ints | int]]) -> Arcs:
    """Join (tail, head, capacity, cost) columns, each of numbers or one number for all."""
    columns = zip(*(np.broadcast_arrays(*part) for part in parts), strict=True)
    tail, head, capacity, cost = (np.concatenate(column).astype(np.int64) for column in columns)
    return Arcs(tail, head, capacity, cost)


def cheapest_flow(arcs: Arcs, source: int, sink: int, amount: int) -> Ints:
    """Send that amount from source to sink at the least cost: the flow on each arc, (a,) int64.

    The caller's network has an idle arc from source to sink, so that any amount can be sent.
    """
    network = SimpleMinCostFlow()
    network.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, arcs.cost)
    network.set_node_supply(source, amount)
    network.set_node_supply(sink, -amount)
    status = network.solve()
    if status != network.OPTIMAL:  # pragma: no cover - the idle arc makes every network feasible
        raise RuntimeError(f"the flow solver ended with {status}")
    flows: Ints = network.flows(np.arange(len(arcs.tail), dtype=np.int32)).astype(np.int64)
    return flows


def place_arcs(
    people: Ints, room: Ints, bonus: Ints, hub: int, nodes: Ints, *, outward: bool
) -> list[tuple[Ints | int, Ints | int, Ints | int, Ints | int]]:
    """Arcs between the hub and people's nodes: the first place earns the bonus, others nothing."""
    first, others = np.minimum(room[people], 1), np.maximum(room[people] - 1, 0)
    ends: tuple[Ints | int, Ints | int] = (hub, nodes) if outward else (nodes, hub)
    return [(*ends, first, -bonus[people]), (*ends, others, 0)]
