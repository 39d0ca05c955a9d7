"""The earlier system's own output for 160 pairs (design, section 5)."""

import json
from pathlib import Path

import pytest

from matching import Profile, score_pair

CASES = json.loads((Path(__file__).parents[2] / "data" / "scoring_cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['a']['id']}-{case['b']['id']}")
def test_reference_pair_scores_exactly_as_before(case: dict) -> None:
    expected = case["expected"]
    for a, b in (("a", "b"), ("b", "a")):
        score = score_pair(Profile(**case[a]), Profile(**case[b]))
        assert score.match_score == expected["match_score"]
        assert score.match_criteria == pytest.approx(expected["match_criteria"], abs=1e-12)
        assert score.match_type == expected["match_type"]
