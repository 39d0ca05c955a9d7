"""Names, lists and times as people say them, whatever is missing."""

from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from actors.conversation.sentiment import sentiment_of
from actors.reply_text import Intent
from actors.wording import phrases


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["Ana"], "Ana"), (["Ana", "Ben"], "Ana and Ben"), (list("ABC"), "A, B and C")],
)
def test_names_are_listed_as_people_do(names: list[str], said: str) -> None:
    assert phrases.listed(names) == said


@pytest.mark.parametrize(
    ("name", "company", "place", "said"),
    [
        ("Zeek Test", "Zeek Co", "Houston, TX", "Zeek Test from Zeek Co (Houston, TX)"),
        ("Zeek  Test", None, None, "Zeek Test"),
        ("", "Zeek Co", "", "Another contractor here from Zeek Co"),
    ],
)
def test_somebody_is_named_with_what_is_known(
    name: str, company: str | None, place: str | None, said: str
) -> None:
    assert phrases.who(name, company, place) == said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("networking lounge", "at the networking lounge"),
        ("the bar", "at the bar"),
        ("Hall B", "at Hall B"),
        ("2nd floor", "at 2nd floor"),
        (" ", ""),
        (None, ""),
    ],
)
def test_a_place_has_one_article(place: str | None, said: str) -> None:
    assert phrases.at_place(place) == said


def test_times_are_the_events_own() -> None:
    moment = datetime(2026, 11, 12, 21, 5, tzinfo=UTC)
    assert phrases.clock_time(moment, ZoneInfo("America/Chicago")) == "3:05 PM"


def test_whoever_has_no_first_name_is_still_somebody() -> None:
    nobody = SimpleNamespace(first_name="", last_name="")
    assert phrases.first_name(nobody) == "your match"
    assert phrases.first_name(SimpleNamespace(first_name=" ", last_name="Moss")) == "Moss"


def test_focus_areas_are_said_in_words() -> None:
    areas = ["controlling_lead_flow", "Hiring Sales Leadership"]
    assert phrases.in_words(areas) == "controlling lead flow and hiring sales leadership"


def test_numbers_are_said_only_where_there_are_several() -> None:
    assert phrases.number_of(2, has_several=True) == " 2"
    assert phrases.number_of(2, has_several=False) == ""


def test_ratings_say_more_of_the_mood_than_words() -> None:
    assert sentiment_of(Intent.ATTENDED, 10) == 1.0
    assert sentiment_of(Intent.RATING, 1) == -1.0
    assert sentiment_of(Intent.YES, None) == 1.0
    assert sentiment_of(Intent.UNCLEAR, None) is None
