"""The rules of design section 5, one by one."""

import pytest

from matching import Profile, Rules, score_pair
from matching.profile import DEFAULT_WEIGHTS
from matching.score import rounded


def criterion(name: str, a: dict, b: dict) -> float:
    forth = score_pair(Profile(1, **a), Profile(2, **b)).match_criteria[name]
    assert forth == score_pair(Profile(2, **b), Profile(1, **a)).match_criteria[name]
    return forth


@pytest.mark.parametrize(
    ("a", "b", "value"),
    [
        ("Houston, TX", "houston, texas", 0.2),
        ("Houston, TX", "Austin, TX", 0.5),
        ("El Paso, TX", "St Louis, MO", 1.0),
        ("El Paso", "Elko, NV", 0.8),
        ("Houston", "Greater Houston", 0.4),
        ("Houston", "Houston, TX", 0.4),
        ("Houston", "Gulf Coast", 0.8),
        ("Gulf Coast", "gulf  coast", 0.2),
        ("Kansas City, MO/KS", "Wichita, KS", 0.5),
        ("", "Houston, TX", 0.7),
        (None, None, 0.7),
    ],
)
def test_geographic_separation(a: str | None, b: str | None, value: float) -> None:
    assert criterion("geographic", {"service_area": a}, {"service_area": b}) == value


@pytest.mark.parametrize(
    ("a", "b", "value"),
    [
        ({"revenue_tier": "2m_5m"}, {"revenue_tier": "1M-5M"}, 1.0),
        ({"revenue_tier": "1m_2m"}, {"annual_revenue": 1_000_000}, 0.8),
        ({"revenue_tier": "1m_2m"}, {"revenue_tier": "500k_1m"}, 0.6),
        ({"revenue_tier": "1m_2m"}, {"revenue_tier": "5m_10m"}, 0.4),
        ({"annual_revenue": 1000}, {"annual_revenue": 10**15}, 0.4),
        ({"revenue_tier": "private"}, {"revenue_tier": "5m_10m"}, 0.5),
        ({"revenue_tier": "private"}, {}, 0.5),
        ({"team_size": 10}, {"team_size": "11"}, 1.0),
        ({"team_size": 10}, {"team_size": 15}, 0.8),
        ({"team_size": 10}, {"team_size": 20}, 0.5),
        ({"team_size": 10}, {"team_size": 40}, 0.3),
        ({"team_size": 10, "revenue_tier": "1m_2m"}, {"team_size": 40, "revenue_tier": "x"}, 0.4),
        ({}, {}, 0.5),
    ],
)
def test_business_scale(a: dict, b: dict, value: float) -> None:
    assert criterion("businessScale", a, b) == value


@pytest.mark.parametrize(
    ("a", "b", "value"),
    [
        ("Owner", "owner ", 1.0),
        ("Owner", "Founder & CEO", 0.8),
        ("Regional Estimator", "Regional Buyer", 0.5),
        ("The Buyer", "The Estimator", 0.0),
        ("Owner", "", 0.0),
        (None, None, 0.0),
    ],
)
def test_job_title(a: str | None, b: str | None, value: float) -> None:
    assert criterion("jobTitle", {"job_title": a}, {"job_title": b}) == value


def test_services_are_compared_with_the_longer_list() -> None:
    a, b = {"services_offered": ["HVAC", "hvac", "Solar"]}, {"services_offered": "hvac"}
    assert criterion("industry", a, b) == 0.5
    assert criterion("industry", a, {}) == 0.5
    assert criterion("industry", b, {"services_offered": "solar"}) == 0


def test_two_empty_profiles_share_nothing_but_score_what_is_unknown() -> None:
    score = score_pair(Profile(1), Profile(2))
    assert score.match_score == 0.35
    assert score.match_type == "general_match"


def test_weight_of_a_missing_title_moves_to_focus_areas() -> None:
    weights = {**dict.fromkeys(DEFAULT_WEIGHTS, 0.0), "focusAreas": 0.3, "jobTitle": 0.7}
    a, b = Profile(1, focus_areas="x", job_title="CEO"), Profile(2, focus_areas="x")
    assert score_pair(a, b, Rules(weights=weights)).match_score == 1.0


def test_usual_weights_given_by_hand_change_nothing() -> None:
    a, b = Profile(1, focus_areas="x;y"), Profile(2, focus_areas="x")
    assert score_pair(a, b, Rules(weights=dict(DEFAULT_WEIGHTS))) == score_pair(a, b)


@pytest.mark.parametrize(("total", "score"), [(0.595, 0.6), (0.594999, 0.59), (1.0, 1.0)])
def test_half_a_cent_rounds_up(total: float, score: float) -> None:
    assert rounded(total) == score
