"""The frozen records that go into matching and come out of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from matching.errors import InvalidRules

ContractorId = int | str
"""Ids of one batch are all whole numbers or all text; they only need an order."""

CRITERIA: Final = ("focusAreas", "geographic", "businessScale", "industry", "jobTitle")
"""Keys of `match_criteria` and of custom weights, in the order in which products are summed."""

DEFAULT_WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    dict(zip(CRITERIA, (0.35, 0.25, 0.20, 0.15, 0.05), strict=True))
)
STRATEGIES: Final = ("optimal", "greedy", "top_k")


@dataclass(frozen=True)
class Profile:
    """What is known about one person, as typed; anything but the id may be missing.

    Attributes
    ----------
    id : unique within a batch.
    focus_areas, services_offered : a list, JSON text, or text such as ``a;b|c``.
    revenue_tier : text such as ``2m_5m`` or ``$1M - $5M``; it beats `annual_revenue`.
    annual_revenue : US dollars, as a number or text.
    team_size : people, as a number or text; zero counts as not given.
    """

    id: ContractorId
    company_name: str | None = None
    focus_areas: Sequence[str] | str | None = ()
    service_area: str | None = None
    revenue_tier: str | float | Decimal | None = None
    annual_revenue: str | float | Decimal | None = None
    team_size: str | float | Decimal | None = None
    services_offered: Sequence[str] | str | None = ()
    job_title: str | None = None


@dataclass(frozen=True)
class Rules:
    """What the organiser asks of a batch; checked when it is built.

    Attributes
    ----------
    max_matches : most introductions for one person, counting both sides, 1 or more.
    min_score : 0..1, compared with the rounded score.
    weights : one number per criterion, summing to one, or None for the usual ones. When a title is
        missing, the title's weight moves to focus areas.
    strategy : ``optimal`` (most people covered, then the largest total), ``greedy`` (best pair of
        the room first), or ``top_k`` (everybody's own best list, with no cap on being chosen).
    candidates_per_person : best pairs of each person that ``optimal`` looks at first, None for the
        usual number; more are drawn until the bound holds for all pairs.
    exclude_same_company : whether colleagues are kept apart.
    max_same_market_miles : known cities of the United States within this distance count as the same
        place, also across a state line; None leaves distances out.

    Raises
    ------
    InvalidRules
        A value is of the wrong type or out of range; the message names it.
    """

    max_matches: int = 3
    min_score: float = 0.60
    weights: Mapping[str, float] | None = None
    strategy: str = "optimal"
    candidates_per_person: int | None = None
    exclude_same_company: bool = True
    max_same_market_miles: float | None = None

    def __post_init__(self) -> None:
        """Refuse rules that cannot be meant."""
        _check_count("max_matches", self.max_matches)
        if self.candidates_per_person is not None:
            _check_count("candidates_per_person", self.candidates_per_person)
        _check_share("min_score", self.min_score)
        _check_miles(self.max_same_market_miles)
        if self.strategy not in STRATEGIES:
            known = ", ".join(STRATEGIES)
            raise InvalidRules(f"strategy {self.strategy!r} is unknown; use one of {known}")
        if self.weights is not None:
            _check_weights(self.weights)


@dataclass(frozen=True)
class PairScore:
    """Score of one pair, two decimals, with each criterion (0..1) unrounded and unweighted."""

    match_score: float
    match_criteria: Mapping[str, float]
    match_type: str


@dataclass(frozen=True)
class Pair:
    """One introduction to make; `contractor1_id` sorts before `contractor2_id`."""

    contractor1_id: ContractorId
    contractor2_id: ContractorId
    match_score: float
    match_criteria: Mapping[str, float]
    match_type: str
    match_reason: str


@dataclass(frozen=True)
class Certificate:
    """What was run, what it achieved, and how far from the best possible it can be.

    Attributes
    ----------
    strategy : as asked for: ``optimal``, ``greedy`` or ``top_k``.
    eligible_pairs : pairs that are allowed and reach the threshold; None above 20,000 people,
        where they are not counted.
    covered : people with at least one pair.
    max_coverable : the most people any solution within the capacities can cover, exact; None
        where that is not proven (possible only when some people have room for just one).
    total_score : sum of unrounded scores of the chosen pairs.
    upper_bound : no solution within the capacities that covers `max_coverable` people scores more,
        proven over all eligible pairs. Sums that differ by less than 10^-6, the solvers' own
        tolerance, count as equal. For ``greedy`` and ``top_k`` it bounds solutions of any coverage.
    gap : ``(upper_bound - total_score) / upper_bound``, 0 when both are 0. Only ``top_k``, which
        breaks the capacities, can go below zero.
    worst_best_score : lowest, over covered people, of their best rounded score; None if nobody is.
    required_pairs : chosen pairs that were demanded; `max_coverable` and `upper_bound` are about
        solutions that contain them.
    seconds : wall time of the whole batch.
    """

    strategy: str
    people: int
    eligible_pairs: int | None
    covered: int
    max_coverable: int | None
    pairs: int
    total_score: float
    upper_bound: float
    gap: float
    worst_best_score: float | None
    required_pairs: int
    seconds: float


@dataclass(frozen=True)
class Unmatched:
    """Somebody who got nobody, and why, in words for an organiser."""

    contractor_id: ContractorId
    reason: str


@dataclass(frozen=True)
class BatchResult:
    """Pairs and unmatched people, each in order of id, and the certificate."""

    pairs: list[Pair]
    certificate: Certificate
    unmatched: list[Unmatched]


def _check_count(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidRules(f"{name} must be a whole number of 1 or more, not {value!r}")


def _check_miles(value: object) -> None:
    is_number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    if value is not None and not (is_number and 0 <= float(value) < math.inf):  # type: ignore[arg-type]
        raise InvalidRules(f"max_same_market_miles must be a distance or None, not {value!r}")


def _check_share(name: str, value: object) -> None:
    is_number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    if not is_number or not 0 <= float(value) <= 1:  # type: ignore[arg-type]
        raise InvalidRules(f"{name} must be a number from 0 to 1, not {value!r}")


def _check_weights(weights: Mapping[str, float]) -> None:
    if not isinstance(weights, Mapping) or set(weights) != set(CRITERIA):
        raise InvalidRules(f"weights must have exactly the keys {', '.join(CRITERIA)}")
    for name in CRITERIA:
        _check_share(f"weight {name}", weights[name])
    total = math.fsum(float(weights[name]) for name in CRITERIA)
    if abs(total - 1) > 1e-9:
        raise InvalidRules(f"weights must sum to one, not {total:.6g}")
