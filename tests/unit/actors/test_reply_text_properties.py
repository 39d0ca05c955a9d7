"""What holds for any text at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.reply_text import Intent, understand
from actors.understanding.patterns import word_set

ASKED = st.sampled_from([None, "introduction", "break_prompt", "attendance", "rating"])
OPEN = st.lists(st.integers(1, 9), unique=True, max_size=4)
PIECES = st.sampled_from(
    sorted(
        word_set(
            "yes no not later more met already both all 1 2 3 9 11 0 10 /5 /10 out of 5 or and but "
            "who is he ? . , ! 👍 👎 first one never found him we did sure ok skip maybe if the "
            "to number #2 solid a at pm don't can't after lunch > Bob Moss LLC sí más 8.5 7-8"
        )
    )
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=9).map("\n".join),
)
STOPS = st.sampled_from(
    ["STOP", "stop.", "Unsubscribe", "OPTOUT", "stop texting me", "please stop", "alto", "baja"]
)
HARD_PIECES = [
    *(
        "a",
        "so ",
        "and ",
        "yes ",
        "no ",
        "1",
        "1 ",
        "1,",
        "1-",
        "?",
        "!",
        "\n",
        "/",
        "--",
        "(",
        "@",
    ),
    *("a@", '"', "> ", "+1 ", "1 1 ", "9/", "5 out of ", "didn't ", "i said i mean ", "very so "),
    *(
        "never ",
        "who is ",
        "Bob ",
        "in a ",
        "after the ",
        "\ufdfa",
        "http://",
        "on x wrote: ",
        "👍",
    ),
]


@settings(deadline=None)
@given(text=TEXTS, asked=ASKED, numbers=OPEN)
def test_any_text_gets_choices_that_are_open_and_a_rating_that_exists(
    text: str, asked: str | None, numbers: list[int]
) -> None:
    reply = understand(text, asked=asked, open_numbers=numbers)
    assert set(reply.choices) <= set(numbers)
    assert len(reply.choices) == len(set(reply.choices))
    assert reply.rating is None or 1 <= reply.rating <= 10
    assert (reply.intent is Intent.RATING) <= (reply.rating is not None)
    assert (reply.intent is Intent.WHICH) <= (len(numbers) > 1 and not reply.choices)


@settings(deadline=None)
@given(text=TEXTS, asked=ASKED, numbers=OPEN)
def test_wish_to_stop_does_not_depend_on_what_was_asked(
    text: str, asked: str | None, numbers: list[int]
) -> None:
    asked_nothing = understand(text).intent is Intent.STOP
    assert asked_nothing == (
        understand(text, asked=asked, open_numbers=numbers).intent is Intent.STOP
    )


@settings(deadline=None)
@given(stop=STOPS, asked=ASKED, numbers=OPEN)
def test_stop_wins_over_anything_asked(stop: str, asked: str | None, numbers: list[int]) -> None:
    assert understand(stop, asked=asked, open_numbers=numbers).intent is Intent.STOP


@settings(deadline=None)
@given(text=TEXTS, asked=ASKED, numbers=OPEN)
def test_with_several_open_no_unnumbered_yes_goes_to_somebody(
    text: str, asked: str | None, numbers: list[int]
) -> None:
    reply = understand(text, asked=asked, open_numbers=numbers)
    is_about_an_introduction = asked in (None, "introduction", "break_prompt")
    if is_about_an_introduction and len(numbers) > 1 and reply.intent is Intent.YES:
        assert reply.choices


@pytest.mark.parametrize("piece", HARD_PIECES)
def test_text_made_to_be_slow_is_understood(piece: str) -> None:
    for end in ("", "x", "yes", "!"):
        text = (piece * 4000)[: 4000 - len(end)] + end
        assert understand(text, asked="introduction", open_numbers=(1, 2)).intent in Intent
