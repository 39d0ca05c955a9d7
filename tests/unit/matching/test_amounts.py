"""Revenue and team sizes as people type them."""

from decimal import Decimal

import pytest

from matching.amounts import read_revenue, read_team
from matching.errors import UnusableValue

MILLIONS = {
    "1M-5M": 3,
    "2m_5m": 3.5,
    "31_50_million": 40.5,
    "500k_1m": 0.75,
    "500K-1M": 0.75,
    "500-1M": 0.75,
    "500-900k": 0.7,
    "0-500k": 0.25,
    "under_500k": 0.25,
    "Under $500k": 0.25,
    "<500k": 0.25,
    "\u2264 500k": 0.25,
    "less than $500,000": 0.25,
    "up to 500k": 0.25,
    "500k or less": 0.25,
    "10m_plus": 15,
    ">10m": 15,
    "10M+": 15,
    "over 10M": 15,
    "more than $10 million": 15,
    "at least 10 million dollars": 15,
    "10M or more": 15,
    "$1M - $5M": 3,
    "$1M \u2013 $5M": 3,
    "1-5 million": 3,
    "1M-5": 3,
    "$1,000,000 - $5,000,000": 3,
    "1000000-5000000": 3,
    "between 1 and 5 million": 3,
    "from $1M to $5M per year": 3,
    "about 2.5 mil": 2.5,
    "2,5M": 2.5,
    "$.5M": 0.5,
    "1.1M": 1.1,
    "1.2 billion": 1200,
    "$3,250,000.50": 3.2500005,
    "3250000": 3.25,
    "$2M/yr.": 2,
    "\uff12\uff2d": 2,
}
UNREADABLE = [
    "prefer not to say",
    "5",
    "1-5",
    "$500 - $1,000,000",
    "5M-1M",
    "-5M",
    "($500,000)",
    "$2M (2023)",
    "2M 5M",
    "1M-2M-3M",
    "under 1M-5M",
    "over 1M or less",
    "million",
    "1.000.000",
    "1,0000M",
    "999999999999M",
    "five million",
    "\U0001f4b0",
    "9" * 1_000_000,
    "n/a",
]


@pytest.mark.parametrize(("text", "millions"), MILLIONS.items())
def test_revenue_is_read_as_typed(text: str, millions: float) -> None:
    assert read_revenue(text) == (True, millions)


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:20])
def test_uncertain_revenue_is_given_but_unreadable(text: str) -> None:
    assert read_revenue(text) == (True, None)


@pytest.mark.parametrize("value", [None, "", "  ", "NaN", "None", 0, 0.0, "0", "$0"])
def test_no_revenue_and_zero_count_as_not_given(value: object) -> None:
    assert read_revenue(value) == (False, None)


@pytest.mark.parametrize("value", [3_500_000, 3_500_000.0, Decimal("3500000.00")])
def test_plain_number_is_dollars(value: object) -> None:
    assert read_revenue(value) == (True, 3.5)


def test_number_below_a_thousand_is_not_taken_for_dollars() -> None:
    assert read_revenue(5) == (True, None)


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -1, Decimal("NaN"), Decimal("sNaN"), 10**400, 1e300, True, [5]],
    ids=repr,
)
@pytest.mark.parametrize("reader", [read_revenue, read_team])
def test_absurd_number_is_a_named_error(reader: object, value: object) -> None:
    with pytest.raises(UnusableValue):
        reader(value)


@pytest.mark.parametrize(
    ("value", "people"),
    [
        (12, 12),
        ("12", 12),
        ("12 employees", 12),
        ("about 1,200 people", 1200),
        ("10-20", 15),
        ("50+", 75),
        ("under 10", 5),
        (2.5, 2.5),
        (0, None),
        ("0", None),
        (None, None),
        ("", None),
        ("just me and the dog", None),
        ("20-10", None),
    ],
)
def test_team_size_is_read_as_typed(value: object, people: float | None) -> None:
    assert read_team(value) == people
