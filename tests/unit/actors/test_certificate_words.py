"""A run's page says what is true of its certificate, in words."""

from typing import Any

import pytest

from actors.pairing.certificate_words import PROOF, tell


def certificate(**changes: Any) -> dict[str, Any]:
    return {
        "strategy": "optimal",
        "people": 150,
        "eligible_pairs": 900,
        "covered": 139,
        "max_coverable": 139,
        "pairs": 182,
        "total_score": 125.061,
        "upper_bound": 125.061,
        "gap": 0.0,
        "worst_best_score": 0.6,
        "seconds": 0.1,
        **changes,
    }


def said(**changes: Any) -> str:
    return " ".join(tell(certificate(**changes)))


def test_a_proven_best_is_called_the_best_there_is() -> None:
    text = said()
    assert "139 of 150 people have at least one introduction." in text
    assert "No other choice of pairs would have reached more of them." in text
    assert "The 182 pairs score 125.06 together." in text
    assert "this is the best pairing there is" in text
    assert PROOF in text
    assert "scores 0.60 or better" in text


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.00005, "less than 0.01 % is left to gain"),
        (0.0002, "at most 0.02 % is left to gain"),
        (0.061, "at most 6.1 % is left to gain"),
    ],
)
def test_a_gap_is_never_called_the_best(gap: float, words: str) -> None:
    text = said(gap=gap, upper_bound=125.061 / (1 - gap))
    assert words in text
    assert "the best pairing there is" not in text


def test_everybody_reached_needs_no_excuse() -> None:
    assert "reached more" not in said(covered=150, max_coverable=150)


def test_a_coverage_that_is_not_proven_is_not_praised() -> None:
    assert "No other choice" not in said(max_coverable=None)
    assert "At most 141 could have been reached." in said(max_coverable=141)


def test_other_ways_do_not_claim_the_proof() -> None:
    assert PROOF not in said(strategy="greedy", gap=0.05)
    assert "more introductions than the event allows" in said(strategy="top_k", gap=-0.2)


def test_nobody_to_match_is_said_plainly() -> None:
    assert tell({}) == []
    assert "fewer than two people" in said(people=1, pairs=0)
    assert "None of the 4 people" in said(people=4, pairs=0, worst_best_score=None)


def test_required_pairs_are_named_and_bound_what_is_said_of_other_choices() -> None:
    assert "required" not in said()
    assert "1 of the pairs was required by an organiser." in said(required_pairs=1)
    text = said(required_pairs=2)
    assert "2 of the pairs were required by an organiser." in text
    assert "is about those that have the required ones too." in text
