"""Taking "1 yes 2 no" apart, and leaving alone what is of no such form."""

import pytest

from actors.understanding.several_answers import parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 yes 2 no 3 later", ["1 yes", "2 no", "3 later"]),
        ("YES 1, NO 2", ["YES 1", "NO 2"]),
        ("yes to 1 but no to 2.", ["yes to 1", "no to 2"]),
        ("1 and 3 yes, 2 no", ["1 and 3 yes", "2 no"]),
        ("1: yes\n2: later", ["1: yes", "2: later"]),
    ],
)
def test_answers_by_number_are_taken_apart(text: str, found: list[str]) -> None:
    assert parts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "yes", "yes 1", "No, 2", "yes 1 2", "1 yes 1 no", "1-3", "yes to 1 or no to 2",
        "1 yes 2 no but I am not sure", "1 yes 2 no 3", "met 1, not 2", "yes 1, yes at 2 pm",
        "1 yes " * 90, "1 yes " * 33 + "x", "yes 1 " * 33 + "x", "1, " * 60 + "x",
    ],
)  # fmt: skip
def test_anything_else_is_not(text: str) -> None:
    assert parts(text) == []


def test_after_a_meeting_people_say_whom_they_met() -> None:
    assert parts("I met 1, not 2", is_about_meeting=True) == ["I met 1", "not 2"]
