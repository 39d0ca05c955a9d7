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
from matching.halves import TIGHT, covered_by, polish
from matching.pool import Edges, joined
from matching.relax import Relaxed, relax

EXACT_PEOPLE = 1200
_ROUNDS = 6
_NEGLIGIBLE = 2e-5  # excess below this share of the total is added to the bound, not chased
_MARGIN = 0.03
_STEPS = 24
_FEW = 2  # where the exact stage goes on anyway
_ENOUGH = 1e-4


class Source(Protocol):
    """Where pairs open to choice come from."""

    def beyond(self, prices: Floats) -> Beyond:
        """List the pairs that score more than the prices of their two people."""

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
        found = source.beyond(relaxed.prices)
        beyond = found.edges
        worth = excess(beyond, relaxed.prices)
        proven = np.append(worth, found.more)
        bound = upper_bound(demand, relaxed.prices, proven, int(demand.wants.sum()))
        new = ~np.isin(beyond.keys(demand.n), edges.keys(demand.n))
        if not rounds_left or worth[new].sum() + found.more <= _NEGLIGIBLE * bound:
            return Priced(edges, relaxed, proven, bound)
        edges = joined([edges, beyond.where(new)])


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
    steps = _STEPS if small is None else _FEW
    whole = priced.edges.where(priced.relaxed.halves == 2)
    choice = _polished(demand, priced, whole, steps)
    if covered_by(demand, choice) < wanted:
        choice, most = _cover_more(demand, source, priced, choice, small, steps)
    covered = covered_by(demand, choice)
    bound = upper_bound(demand, prices, priced.excess, covered)
    if small is None or covered < most:
        return Solution(choice, bound, most if covered == most else None)
    is_chosen = np.isin(small.keys(demand.n), choice.keys(demand.n))
    proof = prove(demand, small, prices, Proof(is_chosen, bound), wanted - most)
    return Solution(small.where(proof.chosen), proof.bound, most)


def _cover_more(
    demand: Demand,
    source: Source,
    priced: Priced,
    choice: Edges,
    small: Edges | None,
    steps: int,
) -> tuple[Edges, int]:
    """Start again from pairs that cover more, if there are any; also the most that can be covered.

    The prices leave the bonus as a bargain in part, so rounding may leave somebody out.
    """
    stars, most = cover(demand, priced.edges, source.of)
    start = source.of(sorted({who for star in stars for who in star}))
    keys = [min(star) * demand.n + max(star) for star in stars]
    start = start.where(np.isin(start.keys(demand.n), keys))
    best = max([choice, start], key=lambda pairs: covered_by(demand, pairs))
    if small is not None and covered_by(demand, best) < most:
        is_near = np.isin(small.keys(demand.n), priced.edges.keys(demand.n))
        known = covered_by(demand, best)
        whole, most = most_covering(demand, small, priced.relaxed.prices, is_near, known)
        best = max([best, small.where(whole)], key=lambda pairs: covered_by(demand, pairs))
    return (choice if best is choice else _polished(demand, priced, best, steps)), most


def _polished(demand: Demand, priced: Priced, start: Edges, steps: int) -> Edges:
    """Improve a choice with the candidates that are near their prices."""
    prices, bound = priced.relaxed.prices, priced.bound
    is_near = (excess(priced.edges, prices) > -_MARGIN) | (priced.relaxed.halves > 0)
    near = priced.edges.where(is_near)
    edges = joined([near, start.where(~np.isin(start.keys(demand.n), near.keys(demand.n)))])
    chosen = np.isin(edges.keys(demand.n), start.keys(demand.n))
    tight = excess(edges, prices) > -TIGHT
    return edges.where(polish(demand, edges, chosen, tight, steps, bound * (1 - _ENOUGH)))
