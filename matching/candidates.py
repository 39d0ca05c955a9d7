"""All eligible pairs of a room that is small enough to list them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.demand import excess
from matching.encode import Flags, Floats, Ints
from matching.pool import Edges


@dataclass(frozen=True)
class Beyond:
    """Pairs that beat some prices, and the excess of further ones that are not listed."""

    edges: Edges
    more: float = 0.0


@dataclass(frozen=True)
class AllPairs:
    """Every pair open to choice, best first: between people with places, not yet fixed."""

    n: int
    edges: Edges

    def best(self, k: int) -> Edges:
        """List the pairs that are among the best k of either of their people."""
        return self.edges.where(among_best(self.n, self.edges, np.full(self.n, k)))

    def beyond(self, prices: Floats, margin: float = 0.0) -> Beyond:
        """List the pairs that score more than the prices of their two people, less a margin."""
        return Beyond(self.edges.where(excess(self.edges, prices) > -margin))

    def of(self, people: Sequence[int]) -> Edges:
        """List all pairs of the given people."""
        named = np.zeros(self.n, dtype=np.bool_)
        named[list(people)] = True
        return self.edges.where(named[self.edges.first] | named[self.edges.second])


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
