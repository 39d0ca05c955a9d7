"""Names in a reply, and the numbers of the introductions that they stand for."""

import pytest

from actors.understanding.people_named import Person, with_numbers
from actors.understanding.strangers import STRANGER

BEN = Person(1, "Ben", "Ben Miller", "Miller Homes")
CLEO = Person(2, "Cleo", "Cleo Stone", "Apex Roofing LLC")
JOSE = Person(3, "José", "José Ruiz", None)
WILL = Person(4, "Will", "Will May", "Best")
SKIP = Person(5, "Skip", "Skip Dale", "Yes Homes")
OTHER_BEN = Person(6, "Ben", "Ben Stone", "Stone Decks")


def said(text: str, *people: Person, own: str = "") -> str:
    return with_numbers(text, [people or (BEN, CLEO, JOSE, WILL, SKIP)], own).said


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("Ben", "1"),
        ("ben and jose", "1 and 3"),
        ("JOSE\u0301", "3"),
        ("yes to Ben Miller", "yes to 1"),
        ("yes to Ben from Miller Homes", "yes to 1"),
        ("more about the guy from apex roofing", "more about 2"),
        ("LATER for Apex Roofing LLC", "LATER for 2"),
        ("everyone except Ben", "everyone except 1"),
        ("what is Ben's trade", "what is 1 trade"),
    ],
)
def test_name_in_full_first_or_of_the_company_is_a_number(text: str, numbered: str) -> None:
    assert said(text) == numbered


@pytest.mark.parametrize(
    "text", ["Benny", "ben@millers.com", "ben.com", "I ben't", "bent", "at table ben-2"]
)
def test_part_of_a_word_is_no_name(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "will do", "Will do", "I will", "May I ask who", "maybe, will see", "WILL CALL LATER",
        "the best", "Best regards", "skip", "SKIP", "Skip please", "Yes, homes",
    ],
)  # fmt: skip
def test_name_that_is_a_word_too_is_a_word_where_no_name_stands(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("Will", "4"),
        ("Will please", "4 please"),
        ("Yes to Will", "Yes to 4"),
        ("Ben and Will", "1 and 4"),
        ("everyone except Will", "everyone except 4"),
        ("yes to Skip", "yes to 5"),
        ("will you introduce me to Will?", "will you introduce me to 4?"),
    ],
)
def test_it_is_a_name_where_a_name_stands(text: str, numbered: str) -> None:
    assert said(text) == numbered


def test_name_of_two_is_not_clear_unless_something_tells_them_apart() -> None:
    naming = with_numbers("yes to Ben", [[BEN, OTHER_BEN]])
    assert (naming.said, naming.numbers, naming.is_clear) == ("yes to 1 or 6", (), False)
    assert said("Ben Stone", BEN, OTHER_BEN) == "6"
    assert said("ben from stone decks", BEN, OTHER_BEN) == "6"


def test_name_means_the_nearest_who_has_it() -> None:
    circles = [[CLEO], [CLEO, OTHER_BEN], [BEN, OTHER_BEN, CLEO]]
    assert with_numbers("Ben", circles).said == "6"
    assert with_numbers("Ben Miller", circles).said == "1"


def test_ones_own_name_is_a_signature() -> None:
    assert said("YES - Ben", own="Ben") == "YES - Ben"
    assert said("yes to ben", own="Ben") == "yes to 1"


def test_somebody_nobody_introduced_is_nobody_who_is_open() -> None:
    assert said("Yes to Zoe!") == f"Yes to {STRANGER}"
    assert said("Yes to Both") == "Yes to Both"
    assert said("Yes to him") == "Yes to him"


@pytest.mark.parametrize("name", ["", " ", "?", "(", "7", "a|b", "\\", "O'Neil", "Zoë-Ann"])
def test_odd_names_break_nothing(name: str) -> None:
    odd = Person(1, name, f"{name} {name}".strip(), name)
    assert said(f"yes to {name}", odd) in (f"yes to {name}", "yes to 1")
    assert said("yes, 7 people", odd) == "yes, 7 people"


def test_nobody_at_all_leaves_the_text_alone() -> None:
    assert with_numbers("Olé, Ben", []).said == "Olé, Ben"
