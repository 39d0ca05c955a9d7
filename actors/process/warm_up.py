"""Owns paying for matching's first call when a process starts, not at lunch."""

from matching import Profile, Rules, match_batch

PEOPLE = 50
SAME_MARKET_MILES = 50
AREAS = ("lead flow", "hiring", "operations", "growth", "finance", "retention")
PLACES = ("Austin, TX", "Tampa, FL", "Denver, CO", "Reno, NV", "Toledo, OH")
TIERS = ("500k_1m", "1m_2m", "2m_5m", "5m_10m")


def warm_up() -> None:
    """Match an invented room once, so that every library is loaded and every kernel compiled."""
    rules = Rules(max_same_market_miles=SAME_MARKET_MILES)
    match_batch((_person(number) for number in range(PEOPLE)), rules)


def _person(number: int) -> Profile:
    return Profile(
        id=number,
        company_name=f"Company {number}",
        focus_areas=[AREAS[number % 6], AREAS[number * 7 % 5], AREAS[number * 3 % 4]],
        service_area=PLACES[number % 5],
        revenue_tier=TIERS[number % 4],
        team_size=5 + number % 30,
        services_offered=["roofing", "siding"][: 1 + number % 2],
        job_title=["Owner", "Sales Director", None][number % 3],
    )
