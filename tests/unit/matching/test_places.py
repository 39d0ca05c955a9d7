"""Service areas as people type them."""

import pytest

from matching.places import Place, read_place

STATES = {
    "Houston, TX": "TX",
    "houston tx": "TX",
    "Houston,TX 77002": "TX",
    "Houston, TX 77002-1234, USA": "TX",
    "Houston, Texas, United States": "TX",
    "Houston Texas USA": "TX",
    "El Paso, TX": "TX",
    "El Paso": "",
    "St Louis, MO": "MO",
    "St. Louis": "",
    "Kansas City, MO": "MO",
    "Kansas City, KS": "KS",
    "Kansas City, Kansas": "KS",
    "Kansas City": "",
    "Kansas City, MO/KS": "MO KS",
    "La Mesa, CA": "CA",
    "LA, CA": "CA",
    "LA": "",
    "Greater LA": "",
    "Baton Rouge, LA": "LA",
    "Texas": "TX",
    "TX": "TX",
    "TX, OK": "TX OK",
    "Texas & Oklahoma": "TX OK",
    "Delaware, OH": "OH",
    "California, MD": "MD",
    "Virginia Beach": "",
    "Charleston, West Virginia": "WV",
    "Washington, DC": "DC",
    "Washington, D.C.": "DC",
    "Washington D.C": "DC",
    "washington": "",
    "Spokane, Washington": "WA",
    "New York": "NY",
    "Dallas/Fort Worth, TX": "TX",
    "Toronto, ON, Canada": "ON",
    "Toronto, Ontario": "ON",
    "Ontario, CA": "CA",
    "Canada": "",
    "Midwest": "",
    "Gulf Coast": "",
    "\U0001f3d6 beach": "",
}
SAME = [
    ("Houston, TX", "houston,tx"),
    ("Houston, TX", "Houston, Texas 77002"),
    ("St. Louis, MO", "Saint Louis, Missouri"),
    ("Ft. Worth, TX", "Fort Worth TX"),
    ("New York", "New York, NY"),
    ("Washington, DC", "Washington D.C., USA"),
    ("Texas", "tx"),
]


@pytest.mark.parametrize(("text", "states"), STATES.items())
def test_states_are_read_as_typed(text: str, states: str) -> None:
    place = read_place(text)
    assert place is not None
    assert place.states == frozenset(states.split())


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_place_are_equal(one: str, other: str) -> None:
    assert read_place(one) == read_place(other)


@pytest.mark.parametrize("text", ["", "  ", ",", "77002", "!!!"])
def test_nothing_readable_is_no_place(text: str) -> None:
    assert read_place(text) is None


@pytest.mark.parametrize("filler", [" ", ",", ", ", "a", ".", "/", "1", "a.", "\U0001f3d6"])
def test_endless_text_is_read_in_moments(filler: str) -> None:
    place = read_place("Austin" + filler * 50_000 + "Houston, TX")
    assert isinstance(place, Place)
    assert place.states == {"TX"}
