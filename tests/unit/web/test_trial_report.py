"""How a trial of matching is put: differences in words, a histogram without holes, pairs once."""

from typing import Any

import pytest

from actors.wording.percents import FACTORS, kept_from, percents_of, weights_from
from web.admin.trial_report import Bar, histogram, report


def found(pairs: int, **changed: Any) -> dict[str, Any]:
    """What a preview returns, with as many pairs."""
    lines = [
        {
            "contractor1_id": 2 * number,
            "contractor1_name": "Ana Moss",
            "contractor2_id": 2 * number + 1,
            "contractor2_name": "",
            "match_score": 0.9 - number / 100,
            "match_reason": "both focused on hiring",
            "match_criteria": dict.fromkeys(FACTORS, 0.5),
        }
        for number in range(pairs)
    ]
    return {
        "covered": 8,
        "matches": pairs,
        "compared": {"total_score": 6.0, "shared": 1},
        "current_settings": {"covered": 8, "matches": pairs, "total_score": 6.0},
        "score_distribution": {},
        "top_pairs": lines[:10],
        "bottom_pairs": lines[::-1][:10],
        "unmatched": [{"name": f"P{number}"} for number in range(30)],
        **changed,
    }


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            {"covered": 8, "matches": 12, "total_score": 6.001},
            ("as many as", "as many as", "the same as with today's settings"),
        ),
        (
            {"covered": 7, "matches": 13, "total_score": 5.5},
            ("1 person more than", "1 pair fewer than", "0.50 more than today's settings give"),
        ),
        (
            {"covered": 1_508, "matches": 10, "total_score": 1_207.25},
            ("1,500 people fewer", "2 pairs more", "1,201.25 less than today's settings give"),
        ),
    ],
)
def test_a_difference_is_said_in_words(own: dict[str, Any], said: tuple[str, ...]) -> None:
    words = report(found(12, current_settings=own), 0.5).differences
    for name, start in zip(("covered", "pairs", "total"), said, strict=True):
        assert words[name].startswith(start)


def test_a_histogram_has_no_holes_and_its_tallest_bar_is_full() -> None:
    assert histogram({"0.85": 2, "1.00": 8}) == [
        Bar("0.85", "0.89", 2, 25.0),
        Bar("0.90", "0.94", 0, 0.0),
        Bar("0.95", "0.99", 0, 0.0),
        Bar("1.00", "1.00", 8, 100.0),
    ]
    assert histogram({}) == []


@pytest.mark.parametrize(
    ("pairs", "best", "worst"), [(0, 0, 0), (3, 3, 0), (5, 5, 0), (7, 5, 2), (12, 5, 5)]
)
def test_no_pair_is_among_the_best_and_the_worst(pairs: int, best: int, worst: int) -> None:
    made = report(found(pairs), 0.5)
    assert (len(made.best), len(made.worst)) == (best, worst)
    shown = [line.people[0][0] for line in (*made.best, *made.worst)]
    assert len(shown) == len(set(shown))


def test_the_first_twenty_who_get_nobody_are_shown() -> None:
    shown = report(found(1), 0.5).shown_unmatched
    assert [person["name"] for person in shown] == [f"P{number}" for number in range(20)]


def test_percents_and_weights_are_the_same_thing() -> None:
    assert percents_of(None) == (35, 25, 20, 15, 5)
    assert kept_from((35, 25, 20, 15, 5)) is None
    equal = weights_from((20,) * 5)
    assert kept_from((20,) * 5) == equal == dict.fromkeys(FACTORS, 0.2)
    assert percents_of(equal) == (20,) * 5
    assert sum(percents_of(dict(zip(FACTORS, (1 / 3, 1 / 3, 1 / 3, 0, 0), strict=True)))) == 100
