"""Thanks need no answer; whatever says more does."""

import pytest

from actors.understanding.courtesy import is_courtesy, is_pleased


@pytest.mark.parametrize(
    "text",
    ["Thanks!!", "ok thank you so much", "Great, thanks", "gracias", "🙏", "OK.", "thanks 👍"],
)
def test_politeness_needs_no_answer(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text", ["", "thanks but who is she?", "ok where do we meet", "great, is it free?", "ok " * 60]
)
def test_whatever_says_more_is_looked_at(text: str) -> None:
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    "text", ["\U0001f64f" * 90 + "x", "\U0001f44d" * 90 + "x", "so much " * 12]
)
def test_long_rows_of_signs_are_read_at_once(text: str) -> None:
    assert is_courtesy(text) == is_pleased(text) == text.startswith("so")
