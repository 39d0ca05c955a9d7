"""What sources of pairs hand out, and the best of a list."""

from dataclasses import dataclass

import numpy as np

from matching.encode import Flags, Ints
from matching.pool import Edges


@dataclass(frozen=True)
class Beyond:
    """Pairs that beat some prices, and the excess of further ones that are not listed."""

    edges: Edges
    more: float = 0.0


def among_best(n: int, edges: Edges, limit: Ints) -> Flags:
    """Mark, (m,), the pairs that are among the best `limit[i]` of either of their people.

    The pairs come best first.
    """
    person = np.stack((edges.first, edges.second), axis=1).ravel()
    # Numbers of 16 bits are sorted by radix, in linear time.
    short = person.astype(np.uint16) if n <= 1 << 16 else person
    order = np.argsort(short, kind="stable")
    sorted_person = person[order]
    starts = np.searchsorted(sorted_person, np.arange(n))
    rank = np.arange(len(person)) - starts[sorted_person]
    keep = np.zeros(len(edges), dtype=np.bool_)
    keep[order[rank < limit[sorted_person]] // 2] = True
    return keep
