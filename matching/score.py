"""The score of one pair, factor by factor: the definition that the bulk path must agree with.

Source: design, section 5. Every factor is symmetric and lies in 0..1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from matching.gazetteer import are_near, points_of
from matching.normalize import Traits, traits_of
from matching.places import Place
from matching.profile import CRITERIA, DEFAULT_WEIGHTS, PairScore, Profile, Rules
from matching.texts import Title

REVENUE_STEPS: Final = ((0.2, 1.0), (0.5, 0.8), (1.0, 0.6), (2.0, 0.4))
REVENUE_FARTHEST: Final = 0.2
TEAM_STEPS: Final = ((0.2, 1.0), (0.5, 0.8), (1.0, 0.5))
TEAM_FARTHEST: Final = 0.3
UNREADABLE_REVENUE: Final = 0.5
UNKNOWN_SCALE: Final = 0.5
UNKNOWN_SERVICES: Final = 0.5
UNKNOWN_PLACE: Final = 0.7
SAME_PLACE: Final = 0.2
SAME_STATE: Final = 0.5
OTHER_STATE: Final = 1.0
TEXT_WITHIN_TEXT: Final = 0.4
UNRELATED_TEXT: Final = 0.8
SAME_TITLE: Final = 1.0
SAME_FAMILY: Final = 0.8
SHARED_WORD: Final = 0.5


@dataclass(frozen=True)
class Weights:
    """Weights in the table's order; `focus_without_title` replaces `values[0]` if a title lacks."""

    values: tuple[float, ...]
    focus_without_title: float


def weights_of(rules: Rules) -> Weights:
    """Turn rules into weights.

    The sum is rounded to twelve places so that 0.35 + 0.05 is 0.40, not the float just below.
    """
    chosen = rules.weights or DEFAULT_WEIGHTS
    values = tuple(float(chosen[name]) for name in CRITERIA)
    return Weights(values, round(values[0] + values[-1], 12))


def score_pair(a: Profile, b: Profile, rules: Rules = Rules()) -> PairScore:  # noqa: B008 frozen
    """Score two profiles; the order does not matter.

    Parameters
    ----------
    a, b : the two people. Colleagues are scored like anybody else; only a batch leaves them out.
    rules : only its weights and its same-market distance are used.

    Raises
    ------
    InvalidProfile
        A field cannot be read safely; the message says which.
    """
    return score_traits(traits_of(a), traits_of(b), weights_of(rules), rules.max_same_market_miles)


def score_traits(
    a: Traits, b: Traits, weights: Weights, same_market_miles: float | None = None
) -> PairScore:
    """Score two normalised profiles."""
    criteria = criteria_of(a, b, same_market_miles)
    total = total_score(criteria, weights, has_titles=bool(a.title and b.title))
    return PairScore(rounded(total), criteria, match_type(criteria))


def criteria_of(a: Traits, b: Traits, same_market_miles: float | None = None) -> dict[str, float]:
    """Compute the five factors, in the table's order."""
    return {
        "focusAreas": focus_overlap(a.focus, b.focus),
        "geographic": separation(a.place, b.place, same_market_miles),
        "businessScale": scale_likeness(a, b),
        "industry": service_overlap(a.services, b.services),
        "jobTitle": title_likeness(a.title, b.title),
    }


def total_score(criteria: Mapping[str, float], weights: Weights, *, has_titles: bool) -> float:
    """Sum the weighted factors left to right in float64, unrounded."""
    total = 0.0
    for name, weight in zip(CRITERIA, weights.values, strict=True):
        if not has_titles and name == "focusAreas":
            weight = weights.focus_without_title
        total += weight * criteria[name]
    return total


def rounded(total: float) -> float:
    """Round half up to two decimals: the score that is stored and compared with the threshold."""
    return math.floor(total * 100 + 0.5) / 100


def match_type(criteria: Mapping[str, float]) -> str:
    """Name the kind of match that the factors make."""
    if criteria["focusAreas"] > 0.8 and criteria["geographic"] > 0.8:
        return "ideal_peer"
    if criteria["focusAreas"] > 0.6:
        return "focus_area_match"
    return "scale_match" if criteria["businessScale"] > 0.8 else "general_match"


def focus_overlap(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Jaccard index of two sets of focus areas; 0 when either is empty."""
    shared = len(set(a) & set(b))
    return shared / (len(a) + len(b) - shared) if shared else 0.0


def separation(a: Place | None, b: Place | None, same_market_miles: float | None = None) -> float:
    """Say how surely two people do not compete for the same customers.

    Known cities within `same_market_miles` are one place, also across a state line.
    """
    if a is None or b is None:
        return UNKNOWN_PLACE
    if a == b:
        return SAME_PLACE
    if same_market_miles is not None and are_near(points_of(a), points_of(b), same_market_miles):
        return SAME_PLACE
    if a.states and b.states:
        return SAME_STATE if a.states & b.states else OTHER_STATE
    return TEXT_WITHIN_TEXT if a.text in b.text or b.text in a.text else UNRELATED_TEXT


def scale_likeness(a: Traits, b: Traits) -> float:
    """Mean of the revenue and team comparisons that both sides allow."""
    parts = []
    if a.revenue_given and b.revenue_given:
        if a.revenue is None or b.revenue is None:
            parts.append(UNREADABLE_REVENUE)
        else:
            parts.append(_step(a.revenue, b.revenue, REVENUE_STEPS, REVENUE_FARTHEST))
    if a.team is not None and b.team is not None:
        parts.append(_step(a.team, b.team, TEAM_STEPS, TEAM_FARTHEST))
    return sum(parts) / len(parts) if parts else UNKNOWN_SCALE


def service_overlap(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Shared services over the longer list; 0.5 when either is empty."""
    if not a or not b:
        return UNKNOWN_SERVICES
    return len(set(a) & set(b)) / max(len(a), len(b))


def title_likeness(a: Title | None, b: Title | None) -> float:
    """Compare two job titles; 0 when either is missing."""
    if a is None or b is None:
        return 0.0
    if a.text == b.text:
        return SAME_TITLE
    if a.families & b.families:
        return SAME_FAMILY
    return SHARED_WORD if a.words & b.words else 0.0


def _step(a: float, b: float, steps: tuple[tuple[float, float], ...], farthest: float) -> float:
    difference = abs(a - b) / ((a + b) / 2)
    return next((score for limit, score in steps if difference < limit), farthest)
