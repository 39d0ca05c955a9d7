"""Rules that cannot be meant are refused when they are built."""

from decimal import Decimal

import pytest

from matching import (
    InvalidRules,
    MatchingError,
    Rules,
    match_batch,
)
from matching.profile import DEFAULT_WEIGHTS

EVEN = dict.fromkeys(DEFAULT_WEIGHTS, 0.2)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"max_matches": 0}, "max_matches must be a whole number of 1 or more, not 0"),
        ({"max_matches": True}, "max_matches"),
        ({"max_matches": 2.0}, "max_matches"),
        ({"candidates_per_person": 0}, "candidates_per_person"),
        ({"min_score": float("nan")}, "min_score must be a number from 0 to 1, not nan"),
        ({"min_score": 1.01}, "min_score"),
        ({"min_score": -0.1}, "min_score"),
        ({"min_score": "0.6"}, "min_score"),
        ({"min_score": False}, "min_score"),
        ({"strategy": "best"}, "strategy 'best' is unknown; use one of optimal, greedy, top_k"),
        ({"weights": {**EVEN, "industry": 0.3}}, "weights must sum to one, not 1.1"),
        ({"weights": {**EVEN, "industry": float("nan")}}, "weight industry"),
        ({"weights": {**EVEN, "industry": -0.2, "jobTitle": 0.6}}, "weight industry"),
        ({"weights": {"focusAreas": 1.0}}, "weights must have exactly the keys focusAreas, "),
        ({"weights": {**EVEN, "age": 0.0}}, "weights must have exactly the keys"),
        ({"weights": [0.2] * 5}, "weights must have exactly the keys"),
    ],
)
def test_rule_that_cannot_be_meant_is_refused_by_name(rule: dict, words: str) -> None:
    with pytest.raises(InvalidRules) as raised:
        Rules(**rule)
    assert words in str(raised.value)
    assert isinstance(raised.value, MatchingError)


def test_threshold_from_a_database_column_is_accepted() -> None:
    assert match_batch([], Rules(min_score=Decimal("0.60"))).pairs == []


@pytest.mark.parametrize("miles", [-1, float("nan"), float("inf"), "50", True])
def test_distance_that_cannot_be_meant_is_refused(miles: object) -> None:
    with pytest.raises(InvalidRules, match="max_same_market_miles"):
        Rules(max_same_market_miles=miles)
