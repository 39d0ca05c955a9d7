"""What was said counts: over a STOP, once more before a break, and only to whoever was told how."""

import pytest

from models.config import Config
from models.peer_match import MatchState
from tests.talk import Day

CONTACTS = [("Ana", "contact_exchange"), ("Ben", "contact_exchange")]
SHARING = "we share name, phone and email"


@pytest.fixture
def day(config: Config) -> Day:
    return Day(config, "Ana Ben", "Ana-Ben", refills=False)


@pytest.mark.parametrize("order", ["STOP YES START", "STOP START YES"])
def test_a_yes_before_a_stop_counts_after_the_start(day: Day, order: str) -> None:
    day.say("Ana", "YES")
    for word in order.split():
        assert day.state("Ana-Ben") == MatchState.OPEN
        day.say("Ben" if word == "YES" else "Ana", word)
    told = day.told()
    assert day.state("Ana-Ben") == MatchState.CONNECTED
    assert sorted(each for each in told if each[1] == "contact_exchange") == CONTACTS
    assert day.given_away() == []


def test_a_start_connects_nobody_who_has_not_said_yes(day: Day) -> None:
    for name, word in (("Ana", "YES"), ("Ana", "STOP"), ("Ana", "START")):
        day.say(name, word)
    assert day.state("Ana-Ben") == MatchState.OPEN
    assert ("Ana", "contact_exchange") not in day.told()


def test_a_start_connects_nobody_while_the_other_one_wants_no_texts(day: Day) -> None:
    for name, word in (("Ben", "YES"), ("Ben", "STOP"), ("Ana", "YES"), ("Ana", "STOP")):
        day.say(name, word)
    day.told()
    day.say("Ana", "START")
    assert day.told() == [("Ana", "start_reply")]
    day.say("Ben", "START")
    assert sorted(day.told()) == [*CONTACTS, ("Ben", "start_reply")]


def test_a_start_the_day_after_connects_nobody(day: Day) -> None:
    for name, word in (("Ana", "YES"), ("Ana", "STOP"), ("Ben", "YES")):
        day.say(name, word)
    day.at(24 * 60)
    day.told()
    day.say("Ana", "START")
    assert ("Ana", "contact_exchange") not in day.told()


def test_each_is_answered_who_puts_a_break_off_again(day: Day) -> None:
    day.say("Ana", "LATER")
    day.say("Ben", "LATER")
    day.at(116)
    day.told()
    for name in ("Ana", "Ben"):
        day.say(name, "later")
        assert day.told() == [(name, "later_noted")]
    day.say("Ben", "later")
    assert day.told() == [], "nobody asked again meanwhile"


def test_the_second_yes_of_the_next_morning_is_not_asked_about_a_meeting(day: Day) -> None:
    day.say("Ana", "YES")
    day.at(21.4 * 60)
    day.told()
    day.say("Ben", "YES")
    day.at(40 * 60)
    assert sorted(day.told()) == CONTACTS


def test_whoever_wrote_first_is_told_all_the_same_how_contacts_are_shared(config: Config) -> None:
    day = Day(config, "Ana Ben", "", refills=False)
    day.say("Ana", "YES")
    assert day.told() == [("Ana", "nothing_open")]
    day.introduce("Ana-Ben", at=20)
    day.at(21)
    assert SHARING in day.last_text("Ana")
    assert SHARING in day.last_text("Ben")
