"""What comes of conversations: the inbox, who is never introduced again, and who is instead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from actors.conversation.follow_up import follow_up
from actors.conversation.replies import handle
from models import match_moves, pairs
from models.config import Config
from models.event import Event
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_event, make_match
from tests.talk import LUNCH, Day

ANA_NOTED = [("Ana", "yes_noted")]
BOTH = [("Ana", "contact_exchange"), ("Ben", "contact_exchange")]


def inbox(day: Day, message_id: int) -> tuple[str | None, str | None]:
    row = day.row(message_id)
    return row.action_taken, row.inbox_reason


@pytest.fixture
def day(config: Config) -> Day:
    return Day(config, "Ana Ben", "Ana-Ben", refills=False)


# Bot questions and the inbox


def test_never_two_bot_questions_in_a_row(config: Config) -> None:
    three = Day(config, "Ana Ben Cleo", "Ana-Ben Ana-Cleo", refills=False)
    words = ["purple", "YES", "monkeys", "yes", "dishwasher"]
    ids = []
    for second, text in zip((1, 0, 0, 2, 3), words, strict=True):
        # The clock of the second worker is a moment behind the first one's.
        moment = three.clock() + timedelta(seconds=second)
        ids.append(three.receive(three.people["Ana"].phone, text))
        handle(ids[-1], now=moment, config=three.config)
    three.at(8)
    assert [kind for _, kind in three.told()] == ["not_understood"]
    reasons = {inbox(three, message_id)[1] for message_id in ids[1:]}
    assert reasons == {"We asked back once and still do not understand it."}


def test_poor_rating_reaches_the_organiser(day: Day) -> None:
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    day.at(40)
    day.say("Ana", "YES")
    day.at(170)
    poor = day.say("Ana", "3")
    assert inbox(day, poor) == ("noted the rating 3", "A rating of 3 out of 10.")
    assert (day.row(poor).pcr_score, day.match("Ana-Ben").pcr_score) == (3, 3)
    assert "sorry it wasn't more useful" in day.last_text("Ana")
    day.told()
    assert inbox(day, day.say("Ana", "3")) == ("nothing: it was said before", None)
    assert day.told() == [], "a repeat does nothing"
    better = day.say("Ana", "4")
    assert inbox(day, better) == ("noted the rating 4", None)
    assert day.match("Ana-Ben").feedback_contractor1 == "4"
    assert "sorry" not in day.last_text("Ana")
    assert "  " not in day.last_text("Ana")


def test_thanks_and_remarks_do_not_disturb_what_is_open(day: Day) -> None:
    assert inbox(day, day.say("Ana", "thanks!"))[1] is None
    day.say("Ana", "YES")
    assert day.told() == ANA_NOTED


@pytest.mark.parametrize("thanks", ["Ok", "Perfect, thanks", "great!", "ok thank you"])
def test_thanks_for_an_answer_of_ours_are_a_yes_to_nobody(config: Config, thanks: str) -> None:
    three = Day(config, "Ana Ben Cleo", "Ana-Ben Ana-Cleo", refills=False)
    three.say("Cleo", "YES")
    three.say("Ana", "NO 1")
    three.told()
    assert three.row(three.say("Ana", thanks)).action_taken == "nothing: a courtesy"
    assert (three.told(), three.state("Ana-Cleo")) == ([], "open")


def test_ok_to_a_question_is_a_yes_all_the_same(day: Day) -> None:
    day.say("Ana", "LATER")
    day.say("Ana", "ok thanks")
    assert day.match("Ana-Ben").contractor1_response == "later"
    day.at(116)
    day.say("Ana", "ok")
    assert day.match("Ana-Ben").contractor1_response == "yes"


# Who is never introduced again, and who is instead


@pytest.mark.parametrize(
    ("state", "is_barred"),
    [("declined", True), ("met_already", True), ("connected", True), ("open", False)],
)
def test_settled_pairs_are_barred_at_another_event(day: Day, state: str, is_barred: bool) -> None:
    EventPeerMatch.update(state=state).execute()
    other: Event = make_event(LUNCH + timedelta(days=30))
    for person in day.people.values():
        make_attendee(other, person)
    pair = tuple(sorted(person.id for person in day.people.values()))
    assert pairs.pairs_at(other.id) == ([(*pair, False)] if is_barred else [])


def test_refill_keeps_to_max_matches(config: Config) -> None:
    day = Day(config, "Ana Ben Cleo Dan Eva", "Ana-Ben", max_matches=1)
    day.say("Ana", "NO")
    day.at(20)
    open_ones = EventPeerMatch.select().where(EventPeerMatch.state != "declined")
    people = [person for match in open_ones for person in (match.contractor1, match.contractor2)]
    assert len(people) == len(set(people)) == 4
    assert all({match.contractor1_id, match.contractor2_id} != {
        day.people["Ana"].id, day.people["Ben"].id} for match in open_ones)  # fmt: skip


def test_no_refill_when_the_event_does_without(config: Config) -> None:
    day = Day(config, "Ana Ben Cleo", "Ana-Ben", refills=False)
    day.say("Ana", "NO")
    day.at(200)
    assert EventPeerMatch.select().count() == 1


def test_refill_outside_a_pause_waits_for_the_break(config: Config) -> None:
    day = Day(config, "Ana Ben Cleo", "Ana-Ben")
    day.at(70)
    day.say("Ana", "NO")
    day.told()
    day.at(119)
    assert day.told() == []
    day.at(121)
    assert ("Cleo", "peer_match_introduction") in day.told()


def test_no_refill_after_the_last_pause(config: Config) -> None:
    day = Day(config, "Ana Ben Cleo", "Ana-Ben")
    day.at(260)
    day.say("Ana", "NO")
    day.at(300)
    assert EventPeerMatch.select().count() == 1


def test_contacts_that_could_not_leave_for_hours_are_not_lost(day: Day) -> None:
    day.say("Ana", "YES")
    reply = day.receive(day.people["Ben"].phone, "YES")
    handle(reply, now=day.clock(), config=day.config)
    day.told()
    day.clock.advance(hours=5)
    day.at(8 + 5 * 60)
    assert sorted(one for one in day.told() if one[1] == "contact_exchange") == BOTH


def test_our_own_stop_text_is_the_last(config: Config) -> None:
    day = Day(replace(config, opt_out_reply="ours"), "Ana Ben", "Ana-Ben", refills=False)
    day.say("Ben", "YES")
    day.told()
    day.say("Ana", "STOP")
    day.say("Ana", "YES")
    day.at(22 * 60)
    assert day.told() == [("Ana", "stop_reply")]


def test_match_of_another_event_is_not_moved(day: Day) -> None:
    other = make_event(LUNCH - timedelta(days=30))
    old = make_match(other, *day.people.values())
    day.say("Ana", "YES")
    assert EventPeerMatch.get_by_id(old.id).contractor1_response is None


# What is looked at again


def test_match_that_another_worker_has_just_looked_at_is_left_alone(day: Day) -> None:
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    later = day.clock() + timedelta(minutes=21)
    not_yet = later + timedelta(minutes=1)
    match_moves.look_again(day.matches["Ana-Ben"].id, not_yet)
    assert follow_up(day.matches["Ana-Ben"].id, now=later, config=day.config) == 0
    assert day.match("Ana-Ben").follow_up_at == not_yet


@pytest.mark.parametrize("answer", ["NO", "we met already"])
def test_what_is_closed_is_not_looked_at_any_more(day: Day, answer: str) -> None:
    day.say("Ana", answer)
    assert day.match("Ana-Ben").follow_up_at is None
