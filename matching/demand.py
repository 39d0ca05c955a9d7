"""What the solver is asked: people with places to fill, pairs to fill them with, in row numbers."""

from dataclasses import dataclass

import numpy as np

from matching.encode import Flags, Floats, Ints
from matching.pool import Edges

BONUS = 64.0
"""Worth of covering one more person; scores are at most 1, so nothing ordinary outweighs it."""


@dataclass(frozen=True)
class Demand:
    """Everybody's places.

    Attributes
    ----------
    room : (n,) int64, places that each person has left.
    wants : (n,) bool, who has no partner yet, has a place and at least one option.
    """

    room: Ints
    wants: Flags

    @property
    def n(self) -> int:
        """People in the room."""
        return len(self.room)


def pairs_of_each(edges: Edges, n: int) -> Ints:
    """Count everybody's pairs, (n,) int64."""
    return np.bincount(np.concatenate((edges.first, edges.second)), minlength=n)


def covered_by(demand: Demand, pairs: Edges) -> int:
    """Count the people who wanted a partner and got one."""
    return int(np.count_nonzero(demand.wants & (pairs_of_each(pairs, demand.n) > 0)))


def excess(edges: Edges, prices: Floats) -> Floats:
    """Worth of each pair beyond the prices of its two people, (m,) float64."""
    worth: Floats = edges.total - prices[edges.first] - prices[edges.second]
    return worth
