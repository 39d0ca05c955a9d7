"""Questions, refusals without a no, and courtesies: what they lead to, and what they do not."""

from dataclasses import replace

import pytest

from actors.conversation import asking_back, inbox_answers, wrapped_up
from actors.understanding import unwilling
from models.config import Config
from models.event import Event
from models.message import EventMessage
from tests.talk import Day

NEXT_MORNING = 21 * 60 + 5
PAIR = "Ana-Ben"


@pytest.fixture
def day(config: Config) -> Day:
    return Day(config, "Ana Ben", PAIR, refills=False)


@pytest.fixture
def connected(day: Day) -> Day:
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    day.told()
    return day


def said(day: Day, who: str, text: str) -> tuple[str | None, str | None]:
    """Let somebody write; return what was done and why a person should read it."""
    row = day.row(day.say(who, text))
    return row.action_taken, row.inbox_reason


# A question is no consent


@pytest.mark.parametrize(
    "text", ["what's his number?", "can you send me his contact info?", "how do I reach him?"]
)
def test_asking_for_the_contact_gives_nobody_s_away(day: Day, text: str) -> None:
    day.say("Ana", "YES")
    day.told()
    day.say("Ben", text)
    assert day.told() == [("Ben", "more_details")]
    assert "YES" in day.last_text("Ben")
    assert (day.state(PAIR), day.match(PAIR).contractor2_response) == ("open", None)
    assert day.given_away() == []


# Whoever is no party to it


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("wrong number", unwilling.WRONG_NUMBER),
        ("is this spam?", unwilling.SPAM),
        ("don't share my number", unwilling.NOT_SHARED),
        ("how did you get my number?", unwilling.WHERE_FROM),
        ("I'm not at the event", unwilling.NOT_THERE),
        ("no estoy en el evento", unwilling.NOT_THERE),
        ("sure, but don't give my number to anyone", unwilling.NOT_SHARED),
    ],
)
def test_the_unwilling_are_asked_nothing_and_a_person_reads_why(
    day: Day, text: str, reason: str
) -> None:
    assert said(day, "Ana", text) == ("needs a person", reason)
    assert said(day, "Ana", text) == ("needs a person", reason)
    assert day.told() == []
    assert (day.state(PAIR), day.match(PAIR).contractor1_response) == ("open", None)


def test_a_no_is_obeyed_and_read_all_the_same(day: Day) -> None:
    assert said(day, "Ana", "No. Wrong number!") == ("noted the no", unwilling.WRONG_NUMBER)
    assert day.state(PAIR) == "declined"


def test_no_reminder_while_a_person_has_yet_to_read_it(day: Day) -> None:
    day.say("Ana", "YES")
    day.say("Ben", "wrong number")
    day.told()
    day.at(200)
    assert day.told() == []


def test_reminder_that_is_planned_already_does_not_leave_either(config: Config) -> None:
    day = Day(replace(config, horizon_seconds=120), "Ana Ben", PAIR, refills=False)
    day.say("Ana", "YES")
    day.at(20)
    day.told()
    reminder = EventMessage.get(EventMessage.message_type == "yes_reminder")
    assert reminder.status == "scheduled"
    day.say("Ben", "I'm not there")
    day.at(60)
    assert day.told() == []
    assert day.row(reminder.id).status == "cancelled"
    assert day.row(reminder.id).error_message == unwilling.WAITS


@pytest.mark.parametrize(
    "text", ["don't share my number", "wrong number", "No, don't share my number"]
)
def test_a_yes_is_taken_back_by_whoever_wants_no_part_in_it(day: Day, text: str) -> None:
    day.say("Ana", "YES")
    day.told()
    day.say("Ana", text)
    day.say("Ben", "YES")
    assert ("Ben", "yes_noted") in day.told()
    assert day.state(PAIR) in ("open", "declined")
    assert day.given_away() == []


def test_whoever_says_yes_once_more_means_it(day: Day) -> None:
    for who, text in (("Ana", "YES"), ("Ana", "wrong number"), ("Ben", "YES"), ("Ana", "YES")):
        day.say(who, text)
    assert day.state(PAIR) == "connected"


def test_neither_does_the_other_one_hear_of_it(day: Day) -> None:
    day.say("Ana", "YES")
    day.say("Ana", "wrong number")
    day.told()
    day.at(60)
    assert day.told() == [], "a reminder would say that somebody waits"


@pytest.mark.parametrize("text", ["Is this spam?", "I never registered for lunch"])
def test_a_doubt_takes_no_yes_back(day: Day, text: str) -> None:
    day.say("Ana", "YES")
    day.say("Ana", text)
    day.say("Ben", "YES")
    assert day.state(PAIR) == "connected"


def test_contacts_that_wait_in_a_pause_are_kept_from_everybody(day: Day) -> None:
    Event.update(paused_at=day.clock(), paused_by="Olu").execute()
    for who, text in (("Ana", "YES"), ("Ben", "YES"), ("Ana", "don't share my number")):
        day.say(who, text)
    Event.update(paused_at=None).execute()
    day.at(30)
    assert "contact_exchange" not in {kind for _, kind in day.told()}
    assert day.given_away() == []


def test_both_are_asked_at_the_next_break_where_one_was_kept(day: Day) -> None:
    day.say("Ana", "LATER")
    reply = day.say("Ben", "I'm not at the event")
    day.told()
    day.at(116)
    assert day.told() == [("Ana", "break_prompt")]
    inbox_answers.finish(reply, now=day.clock())
    day.at(118)
    assert day.told() == [("Ben", "break_prompt")]


def test_a_reminder_comes_once_a_person_has_read_what_kept_it(day: Day) -> None:
    reply = day.say("Ben", "I'm not at the event")
    day.say("Ana", "YES")
    day.told()
    day.at(23)
    assert day.told() == []
    inbox_answers.finish(reply, now=day.clock())
    day.at(25)
    assert day.told() == [("Ben", "yes_reminder")]


def test_no_prompt_at_the_break(day: Day) -> None:
    day.say("Ana", "LATER")
    day.say("Ana", "who gave you my number?")
    day.told()
    day.at(200)
    assert ("Ana", "break_prompt") not in day.told()


def test_once_a_person_has_dealt_with_it_texts_leave_again(day: Day) -> None:
    day.say("Ana", "LATER")
    waits = day.say("Ana", "who gave you my number?")
    day.told()
    inbox_answers.finish(waits, now=day.clock())
    day.at(119)
    assert ("Ana", "break_prompt") in day.told()


# After contacts were exchanged


@pytest.mark.parametrize("minute", [10, 40])
@pytest.mark.parametrize(
    "text", ["what does he look like?", "where is he?", "Where's his booth", "is he tall?"]
)
def test_question_after_the_exchange_is_read_by_a_person(
    connected: Day, text: str, minute: int
) -> None:
    connected.at(minute)
    connected.told()
    assert said(connected, "Ana", text) == ("needs a person", asking_back.A_QUESTION)
    assert connected.told() == []


@pytest.mark.parametrize("text", ["thanks!", "great", "Awesome, thank you"])
def test_politeness_after_the_exchange_is_let_be(connected: Day, text: str) -> None:
    assert said(connected, "Ana", text) == ("nothing: a courtesy", None)
    assert connected.told() == []


@pytest.mark.parametrize("text", ["great", "awesome!", "Great, thanks"])
def test_praise_in_place_of_a_rating_is_asked_back_about_once(connected: Day, text: str) -> None:
    connected.at(40)
    connected.say("Ana", "YES")
    connected.at(170)
    connected.told()
    assert said(connected, "Ana", text) == ("asked what was meant", None)
    assert connected.told() == [("Ana", "not_understood")]
    assert "1 to 10" in connected.last_text("Ana")
    assert said(connected, "Ana", "9") == ("noted the rating 9", None)
    assert said(connected, "Ana", "great") == ("nothing: a courtesy", None)


def test_mere_thanks_for_being_asked_are_no_rating(connected: Day) -> None:
    connected.at(40)
    connected.say("Ana", "YES")
    connected.at(170)
    assert said(connected, "Ana", "thanks") == ("nothing: a courtesy", None)


# The morning after


@pytest.fixture(params=["attendance", "rating"])
def morning(request: pytest.FixtureRequest, connected: Day) -> Day:
    """Both had the wrap-up; what was asked the evening before has no answer."""
    connected.at(40)
    if request.param == "rating":
        connected.say("Ana", "YES")
    connected.at(NEXT_MORNING)
    assert ("Ana", "wrap_up") in connected.told()
    return connected


@pytest.mark.parametrize(
    "text", ["Thanks, great event!", "It was a great day", "great", 'Liked "Good morning Ana"']
)
def test_politeness_to_the_wrap_up_is_let_be(morning: Day, text: str) -> None:
    assert said(morning, "Ana", text) == ("nothing: a courtesy", None)
    assert morning.told() == []


@pytest.mark.parametrize("text", ["YES", "no", "purple monkeys", "when is the next one?", "later"])
def test_what_is_unclear_after_the_wrap_up_is_read_by_a_person(morning: Day, text: str) -> None:
    assert said(morning, "Ana", text) == ("needs a person", wrapped_up.AFTER_WRAP_UP)
    assert morning.told() == []


@pytest.mark.parametrize("text", ["9/10", "9"])
@pytest.mark.parametrize("morning", ["rating"], indirect=True)
def test_a_rating_after_the_wrap_up_counts(morning: Day, text: str) -> None:
    assert said(morning, "Ana", text) == ("noted the rating 9", None)
    assert morning.match(PAIR).feedback_contractor1 == "9"


@pytest.mark.parametrize("morning", ["attendance"], indirect=True)
def test_a_bare_number_to_whether_they_met_is_read_by_a_person(morning: Day) -> None:
    assert said(morning, "Ana", "9") == ("needs a person", wrapped_up.AFTER_WRAP_UP)


def test_that_they_met_counts_where_it_is_said_in_words(connected: Day) -> None:
    connected.at(NEXT_MORNING)
    assert said(connected, "Ana", "yes, we had a good chat")[0] == "noted that they met"


def test_yes_after_the_wrap_up_is_none_to_whoever_is_still_open(config: Config) -> None:
    three = Day(config, "Ana Ben Cleo", "Ana-Ben Ana-Cleo", refills=False)
    three.say("Ana", "YES 1")
    three.say("Ben", "YES")
    three.say("Cleo", "YES")
    three.at(NEXT_MORNING)
    three.told()
    assert said(three, "Ana", "YES")[1] == wrapped_up.AFTER_WRAP_UP
    assert (three.told(), three.state("Ana-Cleo")) == ([], "open")
    three.say("Ana", "YES 2")
    assert three.state("Ana-Cleo") == "connected"
