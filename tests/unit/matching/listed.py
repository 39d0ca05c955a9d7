"""A source of pairs that has all of them in a list, to hold the real one against."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.candidates import Beyond, among_best
from matching.demand import excess
from matching.encode import Floats
from matching.pool import Edges


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
