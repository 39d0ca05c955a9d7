"""The best choice of pairs: relax, price, round, prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.bound import upper_bound
from matching.candidates import Beyond
from matching.cover import cover
from matching.demand import Demand, excess
from matching.encode import Floats
from matching.exact import Proof, most_covering, prove
from matching.halves import covered_by
from matching.pool import Edges, joined
from matching.relax import Relaxed, relax
from matching.trails import polish

EXACT_PEOPLE = 1200
_ROUNDS = 6
_NEGLIGIBLE = 2e-5  # excess below this share of the total is added to the bound, not chased
_AHEAD = 0.005  # pairs this little below their prices come along: prices will move
_MARGIN = 0.02


class Source(Protocol):
    """Where pairs open to choice come from."""

    def beyond(self, prices: Floats, margin: float = 0.0) -> Beyond:
        """List the pairs that score more than the prices of their two people, less a margin."""

    def of(self, people: Sequence[int]) -> Edges:
        """List all pairs of the given people."""


@dataclass(frozen=True)
class Solution:
    """Chosen pairs, what no choice can exceed, and how many get a partner at most."""

    edges: Edges
    bound: float
    most: int | None


@dataclass(frozen=True)
class Priced:
    """Candidates, their relaxed solution, and the excess of *all* pairs over its prices."""

    edges: Edges
    relaxed: Relaxed
    excess: Floats
    bound: float


def price(demand: Demand, source: Source, candidates: Edges) -> Priced:
    """Solve the relaxation, draw in pairs that beat the prices, and repeat until hardly any do.

    Column generation (Dantzig and Wolfe, Decomposition principle for linear programs, Operations
    Research 8, 1960). Whatever is missed is in the excess, so the bound holds at any stage.
    """
    edges = candidates
    rounds_left = _ROUNDS
    while True:
        rounds_left -= 1
        relaxed = relax(demand, edges)
        found = source.beyond(relaxed.prices, _AHEAD)
        worth = np.maximum(excess(found.edges, relaxed.prices), 0.0)
        proven = np.append(worth[worth > 0], found.more)
        bound = upper_bound(demand, relaxed.prices, proven, int(demand.wants.sum()))
        new = ~np.isin(found.edges.keys(demand.n), edges.keys(demand.n))
        edges = joined([edges, found.edges.where(new)])
        if not rounds_left or worth[new].sum() + found.more <= _NEGLIGIBLE * bound:
            halves = np.append(relaxed.halves, np.zeros(int(new.sum()), dtype=np.int64))
            return Priced(edges, Relaxed(halves, relaxed.prices), proven, bound)


def relaxed_bound(demand: Demand, source: Source, candidates: Edges) -> float:
    """Bound the total of every choice, whomever it covers."""
    priced = price(demand, source, candidates)
    return upper_bound(demand, priced.relaxed.prices, priced.excess, 0)


def optimal(demand: Demand, source: Source, every: Edges | None, candidates: Edges) -> Solution:
    """Choose pairs: as many of those who want a partner as can be, then the largest total.

    Parameters
    ----------
    every : all pairs open to choice, where the room is small enough to list them.
    candidates : the best pairs of each person, looked at first.
    """
    priced = price(demand, source, candidates)
    prices = priced.relaxed.prices
    wanted = most = int(demand.wants.sum())
    small = every if every is not None and demand.n <= EXACT_PEOPLE else None
    choice = _polished(demand, priced, priced.edges.where(priced.relaxed.halves == 2))
    if covered_by(demand, choice) < wanted:
        choice, most = _cover_more(demand, source, priced, choice, small)
    covered = covered_by(demand, choice)
    bound = upper_bound(demand, prices, priced.excess, covered)
    if small is None or covered < most:
        return Solution(choice, bound, most if covered == most else None)
    is_chosen = np.isin(small.keys(demand.n), choice.keys(demand.n))
    proof = prove(demand, small, prices, Proof(is_chosen, bound), wanted - most)
    return Solution(small.where(proof.chosen), proof.bound, most)


def _cover_more(
    demand: Demand, source: Source, priced: Priced, choice: Edges, small: Edges | None
) -> tuple[Edges, int]:
    """Start again from pairs that cover more, if there are any; also the most that can be covered.

    The prices leave the bonus as a bargain in part, so rounding may leave somebody out.
    """
    stars, most = cover(demand, priced.edges, source.of)
    starts = [source.of(sorted({who for star in stars for who in star}))]
    keys = [min(star) * demand.n + max(star) for star in stars]
    starts[0] = starts[0].where(np.isin(starts[0].keys(demand.n), keys))
    if small is not None and covered_by(demand, starts[0]) < most:
        whole, most = most_covering(demand, small)
        starts.append(small.where(whole))
    best = max([choice, *starts], key=lambda pairs: covered_by(demand, pairs))
    return (choice if best is choice else _polished(demand, priced, best)), most


def _polished(demand: Demand, priced: Priced, start: Edges) -> Edges:
    """Improve a choice with the candidates that are near their prices."""
    prices = priced.relaxed.prices
    is_near = (excess(priced.edges, prices) > -_MARGIN) | (priced.relaxed.halves > 0)
    near = priced.edges.where(is_near)
    edges = joined([near, start.where(~np.isin(start.keys(demand.n), near.keys(demand.n)))])
    chosen = np.isin(edges.keys(demand.n), start.keys(demand.n))
    return edges.where(polish(demand, edges, prices, chosen))
