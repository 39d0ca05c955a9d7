"""Invented rooms and Hypothesis strategies for profiles."""

import numpy as np
from hypothesis import strategies as st

from matching import Profile

FOCUS = [
    "controlling_lead_flow",
    "Hiring Sales Leadership",
    "hiring-sales-leadership",
    "operational efficiency",
    "greenfield_growth",
    "financial_management",
    "marketing_automation",
    "customer_retention",
    "installation_quality",
]
SERVICES = ["HVAC", "hvac", "roofing", "Solar", "siding", "windows"]
TIERS = ["under_500k", "500k_1m", "1M-5M", "2m_5m", "5m_10m", "31_50_million", ">10m", "private"]
TITLES = ["Owner", "CEO", "Project Manager", "VP Business Development", "Estimator", "Tech Lead"]
PLACES = ["Houston, TX", "Austin TX", "Texas", "Tampa, Florida", "Gulf Coast", "houston", "Coast"]


def room(n: int, seed: int = 0) -> list[Profile]:
    """n people, about a tenth of them with a colleague, each field missing now and then."""
    rng = np.random.default_rng(seed)

    def some(values: list, most: int) -> list:
        return [values[i] for i in rng.permutation(len(values))[: rng.integers(0, most + 1)]]

    def maybe(values: list) -> object:
        return values[rng.integers(len(values))] if rng.random() < 0.9 else None

    return [
        Profile(
            id=number + 1,
            company_name=f"Company {rng.integers(10 * n)}" if rng.random() < 0.9 else "Giant, Inc.",
            focus_areas=some(FOCUS, 4),
            service_area=maybe(PLACES),
            revenue_tier=maybe(TIERS),
            team_size=int(rng.integers(0, 200)),
            services_offered=some(SERVICES, 3),
            job_title=maybe(TITLES),
        )
        for number in range(n)
    ]


def twins(n: int, **changes: object) -> list[Profile]:
    """n people who are alike but for their id; any two score 0.60 or more."""
    return [alike(number + 1, **changes) for number in range(n)]


def alike(number: int | str, **changes: object) -> Profile:
    """Somebody with the usual facts."""
    facts = {
        "focus_areas": ["hiring", "growth"],
        "services_offered": ["roofing"],
        "revenue_tier": "1M-5M",
        "team_size": 10,
    }
    return Profile(number, **{**facts, **changes})


def sometimes(*values: object) -> st.SearchStrategy:
    return st.sampled_from((None, "", *values))


amounts = st.one_of(
    sometimes(*TIERS, "$1M - $5M", "over 10M", "n/a"),
    st.integers(0, 10**9),
    st.floats(0, 10**9, allow_subnormal=False),
)
profiles = st.builds(
    Profile,
    id=st.just(0),
    company_name=sometimes("Acme", "ACME, Inc.", "Best"),
    focus_areas=st.lists(st.sampled_from(FOCUS), max_size=5),
    service_area=st.one_of(sometimes(*PLACES, "Kansas City, MO/KS", "KS", "Ontario"), st.text()),
    revenue_tier=sometimes(*TIERS),
    annual_revenue=amounts,
    team_size=st.one_of(st.none(), st.integers(0, 300), st.sampled_from(["12", "5-10", "50+"])),
    services_offered=st.lists(st.sampled_from(SERVICES), max_size=4),
    job_title=st.one_of(sometimes(*TITLES, "Lead Estimator"), st.text(max_size=20)),
)
rooms = st.lists(profiles, max_size=9).map(
    lambda people: [
        Profile(**{**vars(person), "id": number}) for number, person in enumerate(people, start=1)
    ]
)
