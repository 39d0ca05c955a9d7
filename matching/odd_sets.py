"""Sets of people that few halves leave: where a violated blossom inequality hides, if anywhere.

Give each edge the weight min(x_e, u_e - x_e). If any blossom inequality is violated, then one of
the n - 1 fundamental cuts of a minimum-cut tree of that graph is, with its best F (Letchford,
Reinelt and Theis, Odd minimum cut sets and b-matchings revisited, SIAM J. Discrete Math. 22, 2008,
after Padberg and Rao, Mathematics of Operations Research 7, 1982). The tree is Gusfield's (Very
simple methods for all pairs network flow analysis, SIAM J. Computing 19, 1990): one maximum flow
for each person with a fractional edge; edges that are whole weigh nothing and are left out.
"""

from collections.abc import Iterator

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from matching.encode import Flags, Floats, Ints

_SCALE = 10**6
_MOST = 400  # people with a fractional edge; beyond it the search costs more than it brings


def light_cuts(tail: Ints, head: Ints, weight: Floats, n: int) -> Iterator[Flags]:
    """Yield sides of fundamental cuts, (n,) bool, the spare node n never inside.

    Parameters
    ----------
    tail, head : (f,) int64, ends of the fractional edges; n is the spare node.
    weight : (f,) float64, above 0.
    """
    nodes, ends = np.unique(np.concatenate((tail, head)), return_inverse=True)
    count = len(nodes)
    if not 2 <= count <= _MOST:
        return
    capacity = np.rint(weight * _SCALE).astype(np.int64)
    flow = SimpleMaxFlow()
    first, second = ends[: len(tail)], ends[len(tail) :]
    flow.add_arcs_with_capacity(
        np.concatenate((first, second)), np.concatenate((second, first)), np.tile(capacity, 2)
    )
    parent = np.zeros(count, dtype=np.int64)
    for node in range(1, count):
        flow.solve(node, int(parent[node]))
        side = np.zeros(count, dtype=np.bool_)
        side[flow.get_source_side_min_cut()] = True
        later = np.arange(count) > node
        parent[later & side & (parent == parent[node])] = node
        if flow.optimal_flow() < _SCALE:
            people = np.zeros(n + 1, dtype=np.bool_)
            people[nodes[side]] = True
            yield (~people if people[n] else people)[:n]
