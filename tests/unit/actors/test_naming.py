"""When a number names an introduction, though a meeting was asked about since."""

import pytest

from actors.conversation.naming import names_introductions


@pytest.mark.parametrize("text", ["YES 2", "2", "yes please 2", "yes to 2", "no 2", "later 2!"])
def test_number_of_an_open_introduction_is_about_it_after_did_you_meet(text: str) -> None:
    assert names_introductions(text, "attendance", [2, 3])


@pytest.mark.parametrize("text", ["yes", "both", "yes 7", "we had 2 beers", "9/10", "all good"])
def test_other_answers_are_about_the_meeting(text: str) -> None:
    assert not names_introductions(text, "attendance", [2, 3])


def test_after_a_request_for_a_rating_only_the_taught_words_name_one() -> None:
    assert names_introductions("YES 2", "rating", [2])
    assert not names_introductions("2", "rating", [2])
    assert not names_introductions("yes 8", "rating", [2]), "eight of ten"
