"""People who answer with names: whose introduction, and whose meeting, they mean."""

import pytest

from models.config import Config
from models.contractor import Contractor
from models.peer_match import EventPeerMatch
from tests.talk import Day

MET, NOT_MET, UNSAID = True, False, None


@pytest.fixture
def day(config: Config) -> Day:
    return Day(config, "Ana Ben Cleo Dan", "Ana-Ben Ana-Cleo Ana-Dan", refills=False)


def answers(day: Day) -> list[str | None]:
    """Return what Ana answered about Ben, Cleo and Dan."""
    return [of_ana(day, name, "response") for name in ("Ben", "Cleo", "Dan")]


def of_ana(day: Day, peer: str, what: str) -> object:
    match: EventPeerMatch = day.match(f"Ana-{peer}")
    side = 1 if match.contractor1_id == day.people["Ana"].id else 2
    return getattr(match, f"contractor{side}_{what}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes to Bén", ["yes", None, None]),
        ("yes please, I'd love to meet Ben and Dan!", ["yes", None, "yes"]),
        ("Yes to Ben, thanks", ["yes", None, None]),
        ("yes to everyone except Ben", [None, "yes", "yes"]),
        ("Yes to both Ben and Dan", ["yes", None, "yes"]),
        ("yes both 1 and 2", ["yes", "yes", None]),
        ("the first and third", ["yes", None, "yes"]),
        ("all but 2", ["yes", None, "yes"]),
        ("1-3", ["yes", "yes", "yes"]),
        ("sí a todos", ["yes", "yes", "yes"]),
        ("no to Cleo", [None, "no", None]),
        ("LATER for Dan", [None, None, "later"]),
        ("1 yes 2 no 3 later", ["yes", "no", "later"]),
        ("Ben yes, Cleo no", ["yes", "no", None]),
    ],
)
def test_names_answer_who_would_you_like_to_meet(
    day: Day, text: str, expected: list[str | None]
) -> None:
    day.say("Ana", "YES")
    assert day.told() == [("Ana", "which_introduction")]
    row = day.row(day.say("Ana", text))
    assert (answers(day), row.inbox_reason) == (expected, None)
    assert day.told()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ben", ["yes", None, None]),
        ("ben please", ["yes", None, None]),
        ("Ben and Dan", ["yes", None, "yes"]),
        ("everyone except Ben", [None, "yes", "yes"]),
        ("all but Ben", [None, "yes", "yes"]),
        ("Dan & Co", [None, None, "yes"]),
    ],
)
def test_a_name_alone_is_a_yes_only_to_whom_they_would_like_to_meet(
    day: Day, text: str, expected: list[str | None]
) -> None:
    day.say("Ana", text)
    assert (answers(day), day.told()) == ([None] * 3, [("Ana", "which_introduction")])
    day.say("Ana", text)
    assert answers(day) == expected


@pytest.mark.parametrize("text", ["Ben?", "Sorry, Ben", "yes? Ben?"])
def test_a_name_in_other_words_is_nobodys_consent(day: Day, text: str) -> None:
    day.say("Ana", "YES")
    day.say("Ana", text)
    assert answers(day) == [None] * 3


def test_asking_for_somebodys_number_is_no_yes_to_somebody_else(day: Day) -> None:
    day.say("Ana", "YES 1")
    day.say("Ana", "NO 3")
    day.say("Ana", "Send me Ben's number")
    assert answers(day) == ["yes", None, "no"]


@pytest.mark.parametrize("text", ["Cleo", "Just Cleo", "only Cleo", "Yes Cleo", "Cleo?"])
def test_whom_somebody_met_is_no_consent_to_meet(config: Config, text: str) -> None:
    day = Day(config, "Ana Ben Cleo", "Ana-Ben Ana-Cleo", refills=False)
    day.say("Ana", "YES 1")
    day.say("Ben", "YES")
    day.at(31)
    assert ("Ana", "attendance_question") in day.told()
    day.say("Ana", text)
    assert of_ana(day, "Cleo", "response") is None


def test_more_about_one_is_told_about_that_one(day: Day) -> None:
    day.say("Ana", "tell me more about Dan")
    assert day.told() == [("Ana", "more_details")]
    assert "more about Dan" in day.last_text("Ana")


def test_two_of_one_name_are_asked_about(config: Config) -> None:
    day = Day(config, "Ana Ben Cleo Dan", "Ana-Ben Ana-Cleo Ana-Dan", refills=False)
    Contractor.update(first_name="Ben", last_name="Stone", company_name="Stone Decks").where(
        Contractor.id == day.people["Dan"].id
    ).execute()
    day.say("Ana", "Ben")
    assert day.told() == [("Ana", "which_introduction")]
    day.say("Ana", "Ben Stone")
    assert answers(day) == [None, None, "yes"]


@pytest.mark.parametrize("text", ["yes to Ben", "Ben please", "no to Ben", "Yes to Zoe"])
def test_who_is_not_open_is_not_taken_for_who_is(config: Config, text: str) -> None:
    day = Day(config, "Ana Ben Cleo", "Ana-Ben Ana-Cleo", refills=False)
    day.say("Ana", "NO 1")
    day.say("Ana", text)
    assert of_ana(day, "Cleo", "response") is None


def test_question_back_says_an_example(day: Day) -> None:
    day.say("Ana", "purple monkeys")
    said = "or NO, with the number (1 Ben, 2 Cleo, 3 Dan), such as YES 1?"
    assert said in day.last_text("Ana")


# "Did you and Ben meet?", and a minute later the same about Cleo


@pytest.fixture
def asked(config: Config) -> Day:
    day = Day(config, "Ana Ben Cleo", "Ana-Ben Ana-Cleo", refills=False)
    for minute, who, text in ((7, "Ana", "YES ALL"), (8, "Ben", "YES"), (9, "Cleo", "YES")):
        day.at(minute)
        day.say(who, text)
    day.at(31)
    assert day.told().count(("Ana", "attendance_question")) == 2
    return day


def met(day: Day) -> list[object]:
    return [of_ana(day, name, "met") for name in ("Ben", "Cleo")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I met Ben", [MET, UNSAID]),
        ("Ben", [MET, UNSAID]),
        ("Ben and Cleo", [MET, MET]),
        ("NO to Ben", [NOT_MET, UNSAID]),
        ("couldn't find Ben", [NOT_MET, UNSAID]),
        ("neither", [NOT_MET, NOT_MET]),
        ("No, only Cleo", [NOT_MET, MET]),
        ("met Cleo, not Ben", [NOT_MET, MET]),
        ("Ben yes, Cleo no", [MET, NOT_MET]),
        ("YES BOTH", [MET, MET]),
        ("both", [MET, MET]),
        ("1 yes", [MET, UNSAID]),
        ("YES", [UNSAID, MET]),
        ("no", [UNSAID, NOT_MET]),
        ("2", [UNSAID, UNSAID]),
        ("8", [UNSAID, UNSAID]),
    ],
)
def test_names_answer_did_you_meet(asked: Day, text: str, expected: list[object]) -> None:
    row = asked.row(asked.say("Ana", text))
    assert met(asked) == expected
    assert (row.inbox_reason, row.pcr_score) == (None, None)
    kinds = {kind for _, kind in asked.told()}
    if text in ("2", "8"):
        assert kinds == {"not_understood"}
        assert "YES or NO with the name, such as YES to Ben?" in asked.last_text("Ana")
    else:
        assert kinds
        assert kinds <= {"attended_noted", "not_attended_noted"}


def test_the_other_question_stays_open(asked: Day) -> None:
    asked.say("Ana", "I met Ben")
    assert "you and Ben met" in asked.last_text("Ana")
    asked.say("Ana", "no")
    assert met(asked) == [MET, NOT_MET]


def test_name_and_rating_are_noted_for_whom_they_are_about(asked: Day) -> None:
    asked.say("Ana", "Yes, Ben was great, 9/10")
    assert met(asked) == [MET, UNSAID]
    assert asked.match("Ana-Ben").pcr_score == 9


def test_rating_is_about_who_is_named(asked: Day) -> None:
    asked.say("Ana", "YES BOTH")
    asked.at(200)
    asked.say("Ana", "Ben was great, 9")
    asked.say("Ana", "7")
    assert (asked.match("Ana-Ben").pcr_score, asked.match("Ana-Cleo").pcr_score) == (9, 7)


@pytest.mark.parametrize("text", ["Ben was great", "Ben", "thanks to Ben", "who is Ben"])
def test_name_is_no_rating(asked: Day, text: str) -> None:
    asked.say("Ana", "YES BOTH")
    asked.at(200)
    asked.say("Ana", text)
    assert (asked.match("Ana-Ben").pcr_score, asked.match("Ana-Cleo").pcr_score) == (None, None)


def test_rating_is_asked_back_with_a_number(asked: Day) -> None:
    asked.say("Ana", "YES BOTH")
    asked.at(200)
    asked.say("Ana", "purple monkeys")
    assert asked.last_text("Ana").endswith("Could you reply with a number from 1 to 10?")
