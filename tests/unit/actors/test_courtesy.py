"""Thanks need no answer; whatever says more does."""

import pytest

from actors.understanding.courtesy import is_courtesy


@pytest.mark.parametrize(
    "text",
    ["Thanks!!", "ok thank you so much", "Great, thanks", "gracias", "🙏", "OK."],
)
def test_politeness_needs_no_answer(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text", ["", "thanks but who is she?", "ok where do we meet", "great, is it free?", "ok " * 60]
)
def test_whatever_says_more_is_looked_at(text: str) -> None:
    assert not is_courtesy(text)
