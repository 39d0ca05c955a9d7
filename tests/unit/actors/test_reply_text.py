"""What a reply means, checked against labelled tables."""

import csv
import json
import sys
from pathlib import Path

import pytest

from actors.reply_text import Intent, Reply, understand

DATA = Path(__file__).parents[2] / "data"
STOP_TABLE = json.loads((DATA / "stop_texts.json").read_text("utf-8"))
with (DATA / "replies.csv").open(encoding="utf-8", newline="") as _file:
    TABLE = list(csv.DictReader(_file))
SINGLE_WORD_INTENTS = {Intent.STOP, Intent.START, Intent.HELP}
CARRIER_WORDS = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
SPANISH_WORDS = ["ALTO", "PARAR", "BAJA"]


def _expected(row: dict[str, str]) -> Reply:
    rating = int(row["rating"]) if row["rating"] else None
    return Reply(Intent(row["intent"]), tuple(map(int, row["choices"].split())), rating)


def _understood(row: dict[str, str]) -> Reply:
    numbers = [int(number) for number in row["open"].split()]
    return understand(row["text"], asked=row["asked"] or None, open_numbers=numbers)


def _share_understood(rows: list[dict[str, str]]) -> float:
    misses = [row for row in rows if _understood(row) != _expected(row)]
    for row in misses:
        sys.stdout.write(f"{row['text']!r}: {_understood(row)}, not {_expected(row)}\n")
    return 1 - len(misses) / len(rows)


def test_labelled_replies_are_understood() -> None:
    assert _share_understood(TABLE) >= 0.97


def test_replies_that_were_set_aside_are_understood() -> None:
    assert _share_understood([row for row in TABLE if "held_out" in row["note"]]) >= 0.97


def test_no_labelled_stop_is_missed_and_nothing_else_is_taken_for_one() -> None:
    for row in TABLE:
        is_stop = _understood(row).intent is Intent.STOP
        assert is_stop == (row["intent"] == "stop"), row["text"]


def test_table_is_large_and_holds_every_intent_and_question() -> None:
    assert len(TABLE) >= 400
    assert sum("held_out" in row["note"] for row in TABLE) * 4 >= len(TABLE)
    assert {row["intent"] for row in TABLE} == set(Intent)
    asked = {"", "introduction", "break_prompt", "attendance", "rating"}
    assert {row["asked"] for row in TABLE} == asked
    assert any(len(row["text"]) == 1600 for row in TABLE)


@pytest.mark.parametrize("row", STOP_TABLE, ids=lambda row: repr(row["text"])[:60])
@pytest.mark.parametrize("asked", [None, "introduction", "rating"])
def test_single_words_and_stop_sentences_are_understood(
    row: dict[str, str], asked: str | None
) -> None:
    intent = understand(row["text"], asked=asked, open_numbers=(1, 2)).intent
    assert (intent if intent in SINGLE_WORD_INTENTS else "other") == row["intent"]


def test_stop_table_is_large_and_holds_every_kind() -> None:
    assert len(STOP_TABLE) >= 500
    assert {row["intent"] for row in STOP_TABLE} == SINGLE_WORD_INTENTS | {"other"}


@pytest.mark.parametrize("word", CARRIER_WORDS + SPANISH_WORDS)
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
