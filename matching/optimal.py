"""The best choice of pairs: relax, price, round, prove."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from matching.bargain import bargain
from matching.bound import upper_bound
from matching.candidates import Beyond
from matching.cover import cover
from matching.demand import Demand, covered_by, excess
from matching.encode import Flags, Floats
from matching.exact import Proof, most_covering, prove
from matching.pool import Edges, joined
from matching.relax import relax
from matching.trails import TRIES, polish

EXACT_PEOPLE = 1200
_ROUNDS = 6
_NEGLIGIBLE = 2e-5  # excess below this share of the total is added to the bound, not chased
_FIRST_PRICE = 0.4  # about half a score; the dearer half of a pair's worth is found soon
_AHEAD = 0.01  # pairs this little below their prices come along: prices will move
_MARGIN = 0.02  # pairs dearer than this hardly ever round well
_FEW = 2  # tries at rounding where the exact stage goes on anyway
_ENOUGH = 1.8e-4  # a gap that needs no second, slower try


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
    """Candidates, prices, the excess of *all* pairs over them, and pairs to start from."""

    edges: Edges
    prices: Floats
    excess: Floats
    bound: float
    start: Edges


Pricer = Callable[[Demand, Edges, Floats], tuple[Floats, Flags]]
"""From demand, pairs and earlier prices to better prices, and pairs to start rounding from."""


def price(demand: Demand, source: Source, candidates: Edges, pricer: Pricer) -> Priced:
    """Price the candidates, draw in pairs that beat the prices, and repeat until hardly any do.

    Column generation (Dantzig and Wolfe, Decomposition principle for linear programs, Operations
    Research 8, 1960). Whatever is missed is in the excess, so the bound holds at any stage.
    """
    edges = candidates
    prices = np.full(demand.n, _FIRST_PRICE)
    rounds_left = _ROUNDS
    while True:
        rounds_left -= 1
        prices, whole = pricer(demand, edges, prices)
        start = edges.where(whole)
        found = source.beyond(prices, _AHEAD)
        worth = np.maximum(excess(found.edges, prices), 0.0)
        proven = np.append(worth[worth > 0], found.more)
        bound = upper_bound(demand, prices, proven, int(demand.wants.sum()))
        new = ~np.isin(found.edges.keys(demand.n), edges.keys(demand.n))
        edges = joined([edges, found.edges.where(new)])
        if not rounds_left or worth[new].sum() + found.more <= _NEGLIGIBLE * bound:
            return Priced(edges, prices, proven, bound, start)


def relaxed_bound(demand: Demand, source: Source, candidates: Edges) -> float:
    """Bound the total of every choice, whomever it covers."""
    priced = price(demand, source, candidates, bargain)
    if demand.n <= EXACT_PEOPLE:
        priced = price(demand, source, priced.edges, relax)
    return upper_bound(demand, priced.prices, priced.excess, 0)


def optimal(demand: Demand, source: Source, every: Edges | None, candidates: Edges) -> Solution:
    """Choose pairs: as many of those who want a partner as can be, then the largest total.

    Parameters
    ----------
    every : all pairs open to choice, where the room is small enough to list them.
    candidates : the best pairs of each person, looked at first.
    """
    small = every if every is not None and demand.n <= EXACT_PEOPLE else None
    if small is not None:
        return _proven(demand, source, small, candidates)
    priced = price(demand, source, candidates, bargain)
    quick = _rounded(demand, source, priced, None)
    if quick.bound - quick.edges.total.sum() <= _ENOUGH * quick.bound:
        return quick
    slow = _rounded(demand, source, price(demand, source, priced.edges, relax), None)
    better = max(quick, slow, key=lambda s: (covered_by(demand, s.edges), s.edges.total.sum()))
    return replace(better, bound=min(quick.bound, slow.bound))


def _proven(demand: Demand, source: Source, small: Edges, candidates: Edges) -> Solution:
    """Choose among all pairs of a small room, and go on until the bound is met."""
    priced = price(demand, source, candidates, relax)
    start = _rounded(demand, source, priced, small)
    if start.most is None:
        return start
    is_chosen = np.isin(small.keys(demand.n), start.edges.keys(demand.n))
    left_out = int(demand.wants.sum()) - start.most
    proof = prove(demand, small, priced.prices, Proof(is_chosen, start.bound), left_out)
    return Solution(small.where(proof.chosen), proof.bound, start.most)


def _rounded(demand: Demand, source: Source, priced: Priced, small: Edges | None) -> Solution:
    """Choose pairs by their prices, and bound what any choice could score."""
    wanted = most = int(demand.wants.sum())
    tries = TRIES if small is None else _FEW
    choice = _polished(demand, priced, priced.start, tries)
    if covered_by(demand, choice) < wanted:
        choice, most = _cover_more(demand, source, priced, choice, small, tries)
    covered = covered_by(demand, choice)
    bound = upper_bound(demand, priced.prices, priced.excess, covered)
    return Solution(choice, bound, most if covered == most else None)


def _cover_more(
    demand: Demand,
    source: Source,
    priced: Priced,
    choice: Edges,
    small: Edges | None,
    tries: int,
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
        whole, most = most_covering(demand, small, priced.prices, is_near, known)
        best = max([best, small.where(whole)], key=lambda pairs: covered_by(demand, pairs))
    return (choice if best is choice else _polished(demand, priced, best, tries)), most


def _polished(demand: Demand, priced: Priced, start: Edges, tries: int) -> Edges:
    """Improve a choice with the candidates that are near their prices."""
    near = priced.edges.where(excess(priced.edges, priced.prices) > -_MARGIN)
    edges = joined([near, start.where(~np.isin(start.keys(demand.n), near.keys(demand.n)))])
    chosen = np.isin(edges.keys(demand.n), start.keys(demand.n))
    return edges.where(polish(demand, edges, priced.prices, chosen, tries))
