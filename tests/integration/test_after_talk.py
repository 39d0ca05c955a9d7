"""A real conversation, as the funnel, the story of its match and the inbox tell it."""

from datetime import timedelta

from actors.conversation import inbox_answers
from actors.conversation.asking_back import NO_AFTER_YES
from models import inbox
from models.config import Config
from models.funnel import Outcome, funnel, quality
from models.match_story import tell
from models.message import EventMessage
from tests.talk import Day


def play(config: Config) -> Day:
    """Two connect, meet and rate; one declines; one pair stays silent."""
    day = Day(config, "Ana Ben Cleo Dan Eve Fay", "Ana-Ben Cleo-Dan Eve-Fay", refills=False)
    day.at(10)
    day.say("Ana", "YES")
    day.say("Cleo", "NO")
    day.at(12)
    day.say("Ben", "Yes")
    day.at(150)
    day.say("Ana", "YES")
    day.at(280)
    day.say("Ana", "9")
    return day


def test_the_funnel_counts_what_the_conversation_wrote(config: Config) -> None:
    day = play(config)
    found = funnel(day.event.id)
    assert [(step.code, step.people) for step in found.steps] == [
        ("eligible", 6), ("introduced", 6), ("replied", 3), ("yes", 2), ("mutual", 2),
        ("met", 1), ("rated", 1),
    ]  # fmt: skip
    assert (found.connected, found.mean_rating) == (1, 9.0)
    after = {step.code: step.after for step in found.steps}
    assert timedelta(minutes=3) < after["replied"] < timedelta(minutes=6)
    assert after["mutual"] == timedelta(minutes=1), "two minutes for the one, none for the other"
    assert after["rated"] == timedelta(minutes=268)
    assert [(group.outcome, group.matches) for group in quality(day.event.id)] == [
        (Outcome.CONNECTED, 1), (Outcome.DECLINED, 1), (Outcome.SILENT, 1),
    ]  # fmt: skip


def test_the_story_tells_it_in_order(config: Config) -> None:
    day = play(config)
    whats = [
        f"{moment.who.first_name if moment.who else ''} {moment.what} {moment.quote}".strip()
        for moment in tell(day.match("Ana-Ben").id)
    ]
    expected = [
        "Ana Introduction sent and answered", "Ana Wrote YES", "Ana Counts as a yes",
        "Ben Wrote Yes", "Connected: both said yes", "Ana Contacts sent",
        "Ana Wrote YES", "Ana Says that they met", "Ana Wrote 9", "Ana Rated it 9 of 10",
    ]  # fmt: skip
    assert [what for what in whats if what in expected] == expected, whats


def test_what_is_not_understood_twice_is_answered_by_a_person_and_leaves(config: Config) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben")
    day.say("Ana", "purple monkey dishwasher")
    assert inbox.count() == 0
    key = day.say("Ana", "purple monkey dishwasher again")
    (waiting,) = inbox.waiting()
    assert waiting.reply.id == key
    assert waiting.before is not None
    assert waiting.before.message_type == "not_understood"
    day.told()
    assert inbox_answers.answer(key, "Do you want to meet Ben?", now=day.clock()) is not None
    day.at(8)
    assert ("Ana", "reply") in day.told()
    assert day.last_text("Ana") == "Do you want to meet Ben?"
    assert EventMessage.get_by_id(key).inbox_done_at is not None
    yes = day.say("Ana", "YES")
    assert day.match("Ana-Ben").contractor1_response is None
    assert day.row(yes).inbox_reason is not None, "to what, only whoever wrote to her can say"
    day.say("Ana", "YES 1")
    assert day.match("Ana-Ben").contractor1_response == "yes"


def test_a_no_after_both_said_yes_undoes_nothing_and_is_read_by_a_person(config: Config) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    day.told()
    said = day.say("Ana", "No thanks")
    assert day.row(said).inbox_reason == NO_AFTER_YES
    assert (day.state("Ana-Ben"), day.told()) == ("connected", [])


def test_a_match_that_only_an_answer_can_move_is_not_looked_at_again(config: Config) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    day.at(8)
    assert day.match("Ana-Ben").follow_up_at is None, "nobody has answered"
    day.say("Ana", "YES")
    assert day.match("Ana-Ben").follow_up_at is not None, "Ben is to be reminded"
    day.at(40)
    assert day.told()[-1] == ("Ben", "yes_reminder")
    assert day.match("Ana-Ben").follow_up_at is None
