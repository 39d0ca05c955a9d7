"""What a reply means, checked against a labelled table."""

import json
from pathlib import Path

import pytest

from actors.reply_text import Intent, understand

TABLE = json.loads((Path(__file__).parents[2] / "data" / "replies.json").read_text("utf-8"))
CARRIER_WORDS = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: repr(row["text"])[:60])
def test_labelled_reply_is_understood(row: dict[str, str]) -> None:
    assert understand(row["text"]).intent == row["intent"]


def test_table_is_large_and_holds_every_intent() -> None:
    assert len(TABLE) >= 80
    assert {row["intent"] for row in TABLE} == set(Intent)


@pytest.mark.parametrize("word", CARRIER_WORDS)
@pytest.mark.parametrize(
    "written", ["{}", " {} ", "{}.", "{}!!!", "“{}”", "{} 🙏", "{}\n\nBob Moss\nMoss Builders"]
)
def test_carrier_word_stops_in_any_dress(word: str, written: str) -> None:
    for said in (word, word.lower(), word.title()):
        assert understand(written.format(said)).intent is Intent.STOP


def test_consent_needs_the_single_word() -> None:
    for text in ("yes", "YES!", "start it", "I want to start", "START please", "opt in"):
        assert understand(text).intent is not Intent.START


def test_very_long_text_is_understood_quickly() -> None:
    assert understand("remove " * 100_000).intent in Intent
    assert understand("stop texting me " + "x" * 1_000_000).intent is Intent.STOP
