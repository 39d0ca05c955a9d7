"""Reasons that read well after "you're "."""

import pytest

from matching import Profile
from matching.explain import reason_for
from matching.normalize import traits_of


def reason(a: dict, b: dict) -> str:
    return reason_for(traits_of(Profile(1, **a)), traits_of(Profile(2, **b)))


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        (["controlling_lead_flow"], "controlling lead flow"),
        (
            ["controlling_lead_flow", "hiring_sales_leadership"],
            "controlling lead flow and hiring sales leadership",
        ),
        (["SEO", "hvac sales", "Using-AI"], "SEO, HVAC sales, and using AI"),
        (["a", "b", "c", "d"], "a, b, and c"),
        (["x" * 61, "growth"], "growth"),
        (["other", "growth"], "growth"),
    ],
)
def test_shared_focus_areas_are_named_at_most_three(areas: list[str], words: str) -> None:
    both = {"focus_areas": areas}
    assert reason(both, {"focus_areas": [*areas, "more"]}) == f"both focused on {words}"


def test_shared_services_are_named_when_no_area_is_shared() -> None:
    both = {"services_offered": "Roofing; HVAC"}
    assert reason(both, both) == "both offering roofing and HVAC"


@pytest.mark.parametrize("size", [{"revenue_tier": "2m_5m"}, {"team_size": 20}])
def test_similar_size_is_named_when_it_was_compared(size: dict) -> None:
    assert reason(size, size) == "both running businesses of a similar size"


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("Owner", "Founder & CEO", "both leading your companies"),
        ("President", "Vice President", None),
        ("VP Business Development", "Sales Director", "both on the sales side of the business"),
        ("PM", "Project Manager", "both on the operations side of the business"),
        ("General Manager", "Marketing Director", "both in management roles"),
        ("Lead Installer", "Lead Estimator", None),
        ("PM", "Development", None),
        ("Owner", None, None),
    ],
)
def test_shared_role_is_named_only_where_it_is_real(a: str, b: str | None, words: str) -> None:
    neutral = "both here to meet other contractors"
    assert reason({"job_title": a}, {"job_title": b}) == (words or neutral)


def test_different_states_are_the_last_thing_named() -> None:
    places = ({"service_area": "Houston, TX"}, {"service_area": "Tampa, FL"})
    assert reason(*places) == "working in different states"
    assert reason({}, {}) == "both here to meet other contractors"
    unlike = ({"team_size": 1, "revenue_tier": "x"}, {"team_size": 90, "revenue_tier": "1m_2m"})
    assert reason(*unlike) == "both here to meet other contractors"
