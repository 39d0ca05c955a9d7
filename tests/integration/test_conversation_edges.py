"""The odd ends of conversations: strangers, shared phones, late replies, changed minds."""

from datetime import timedelta

import pytest

from actors.control import event_cancelling, steering
from actors.conversation.replies import handle
from actors.conversation.talking import SHARED_PHONE
from models.config import Config
from models.message import EventMessage
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_event, make_message
from tests.introduced import introduce
from tests.talk import LUNCH, Day

TWO = ("Ana Ben Cleo", "Ana-Ben Ana-Cleo")
ANA_NOTED = [("Ana", "yes_noted")]
BOTH = [("Ana", "contact_exchange"), ("Ben", "contact_exchange")]


def inbox(day: Day, message_id: int) -> tuple[str | None, str | None]:
    row = day.row(message_id)
    return row.action_taken, row.inbox_reason


@pytest.fixture
def day(config: Config) -> Day:
    return Day(config, "Ana Ben", "Ana-Ben", refills=False)


@pytest.fixture
def three(config: Config) -> Day:
    return Day(config, *TWO, refills=False)


# Whose words they are


def test_unknown_number_is_kept_for_a_person_and_not_answered(day: Day) -> None:
    message_id = day.receive("+15125559999", "YES")
    handle(message_id, now=day.clock(), config=day.config)
    assert inbox(day, message_id) == ("needs a person", "We do not know this number.")
    assert day.state("Ana-Ben") == "open"
    assert EventMessage.select().where(EventMessage.phone == "+15125559999").count() == 1


def test_a_yes_from_a_phone_of_two_is_read_by_a_person(day: Day) -> None:
    ana = day.people["Ana"]
    al, dan = make_contractor(first_name="Al", phone=ana.phone), make_contractor(first_name="Dan")
    for person in (al, dan):
        make_attendee(day.event, person)
    later = introduce(day.event, al, dan, now=day.clock() + timedelta(seconds=30))
    day.clock.advance(minutes=1)
    message_id = day.say("Ana", "YES")
    assert day.row(message_id).inbox_reason == SHARED_PHONE
    for match in (later.now_is(), day.match("Ana-Ben")):
        assert (match.contractor1_response, match.contractor2_response) == (None, None)
    assert day.told() == []
    day.say("Ana", "NO")
    assert later.now_is().state == "declined", "whoever was asked last, and nothing is given away"


def test_contacts_name_the_meeting_that_the_organiser_arranged(day: Day) -> None:
    at = day.clock() + timedelta(hours=3)
    EventPeerMatch.update(meeting_scheduled=True, meeting_time=at, meeting_location="Hall B").where(
        EventPeerMatch.id == day.matches["Ana-Ben"].id
    ).execute()
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    assert f"You could meet at Hall B at {at.hour % 12}:{at.minute:02d} PM." in day.last_text("Ana")
    assert day.match("Ana-Ben").meeting_location == "Hall B"


def test_repeated_webhook_is_one_reply(day: Day) -> None:
    first = day.say("Ana", "YES", key="ghl:same")
    assert day.say("Ana", "YES", key="ghl:same") == first
    assert day.told() == ANA_NOTED


def test_two_events_at_once_are_told_apart_by_who_asked_last(day: Day) -> None:
    ana, dan = day.people["Ana"], make_contractor(first_name="Dan")
    other = make_event(LUNCH, name="Roofing Day", starts_at=LUNCH, ends_at=day.event.ends_at)
    for person in (ana, dan):
        make_attendee(other, person)
    pair = introduce(other, ana, dan, now=day.clock())
    day.clock.advance(minutes=1)
    message_id = day.say("Ana", "YES")
    assert day.row(message_id).event_id == other.id
    assert pair.now_is().contractor1_response == "yes"
    assert day.match("Ana-Ben").contractor1_response is None
    assert "Dan" in day.last_text("Ana")


# When


def test_reply_before_the_introduction_says_that_nothing_is_open(
    config: Config,
) -> None:
    day = Day(config, "Ana Ben", "", refills=False)
    day.say("Ana", "YES")
    assert day.told() == [("Ana", "nothing_open")]
    day.say("Ana", "YES")
    assert day.told() == [], "it is said once an hour"


def test_nobody_is_promised_after_the_event(config: Config) -> None:
    day = Day(config, "Ana Ben", "", refills=False)
    day.say("Ana", "YES")
    assert "If I find someone" in day.last_text("Ana")
    day.at(301)
    day.say("Ana", "YES")
    assert "Nothing is waiting" in day.last_text("Ana")
    assert "If I find someone" not in day.last_text("Ana")


def test_introduction_that_a_person_keeps_back_can_not_be_answered(three: Day) -> None:
    kept = three.matches["Ana-Cleo"].id
    EventMessage.update(status="held", held_because="approval", parts_sent=0).where(
        EventMessage.match == kept
    ).execute()
    three.say("Ana", "YES")
    assert three.told() == ANA_NOTED, "she knows of one"
    assert three.match("Ana-Cleo").contractor1_response is None
    three.say("Cleo", "YES")
    assert three.told() == [("Cleo", "nothing_open")]


def test_introduction_that_perhaps_left_can_be_answered(day: Day) -> None:
    EventMessage.update(status="held", held_because="unknown", is_doubtful=True).where(
        EventMessage.contractor == day.people["Ana"].id
    ).execute()
    day.say("Ana", "YES")
    assert day.match("Ana-Ben").contractor1_response == "yes"


def test_the_same_evening_two_yes_still_swap_contacts(day: Day) -> None:
    day.at(8 * 60)
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    assert sorted(day.told()) == sorted([*ANA_NOTED, *BOTH])
    assert "You could meet" not in day.last_text("Ana")
    assert day.match("Ana-Ben").meeting_time is None


def test_the_same_evening_later_offers_contacts_instead(day: Day) -> None:
    day.at(8 * 60)
    day.say("Ana", "LATER")
    assert day.told() == [("Ana", "no_break_left")]
    day.at(20 * 60)
    assert day.told() == []


def test_after_a_day_a_number_is_no_rating_of_what_was_asked_before(day: Day) -> None:
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    day.at(40)
    day.say("Ana", "YES")
    day.at(50 * 60)
    message_id = day.say("Ana", "7")
    assert day.match("Ana-Ben").feedback_contractor1 is None
    assert inbox(day, message_id) == ("needs a person", "It answers nothing that we asked.")


def test_reply_that_waited_is_about_what_was_asked_when_it_came(three: Day) -> None:
    """A person lets it be tried again hours later, when something else was asked since."""
    stale = three.receive(three.people["Ana"].phone, "YES 1")
    EventMessage.update(failures=5).where(EventMessage.id == stale).execute()
    three.say("Ana", "YES 2")
    three.say("Cleo", "YES")
    three.at(40)
    assert ("Ana", "attendance_question") in three.told()
    EventMessage.update(message_content="YES", failures=0).where(EventMessage.id == stale).execute()
    handle(stale, now=three.clock(), config=three.config)
    assert three.match("Ana-Cleo").contractor1_met is None
    assert three.match("Ana-Ben").contractor1_response == "yes"


# Opted out


@pytest.mark.parametrize("text", ["YES", "NO", "LATER", "tell me more", "5", "thanks"])
def test_after_stop_nothing_is_answered_and_nothing_moves(day: Day, text: str) -> None:
    day.say("Ana", "STOP")
    day.say("Ben", "YES")
    day.told()
    message_id = day.say("Ana", text)
    assert inbox(day, message_id) == ("nothing: the phone has opted out", None)
    day.at(130)
    assert has_opted_out(day.people["Ana"].phone)
    assert [name for name, _ in day.told() if name == "Ana"] == []
    assert day.state("Ana-Ben") == "open"


def test_stop_between_the_second_yes_and_the_sending_lets_neither_have_contacts(
    day: Day,
) -> None:
    day.say("Ana", "YES")
    day.told()
    reply = day.receive(day.people["Ben"].phone, "YES")
    handle(reply, now=day.clock(), config=day.config)
    day.receive(day.people["Ana"].phone, "STOP")
    day.at(60)
    assert day.told() == []
    texts = EventMessage.select().where(EventMessage.message_type == "contact_exchange")
    assert {text.status for text in texts} == {"cancelled"}
    reasons = {text.contractor.first_name: text.error_message for text in texts}
    assert reasons["Ben"] == "the other person opted out (STOP)"
    day.say("Ana", "START")
    day.told()
    day.at(90)
    assert "contact_exchange" not in {kind for _, kind in day.told()}


# What is off


def test_reply_to_a_cancelled_event_goes_to_a_person(day: Day) -> None:
    event_cancelling.cancel_event(day.event.id, tell_introduced=False, now=day.clock())
    message_id = day.say("Ana", "YES")
    assert inbox(day, message_id) == ("needs a person", "It came after the event was cancelled.")
    day.at(22 * 60)
    assert day.told() == []


def test_match_that_the_organiser_cancelled_can_not_be_answered(day: Day) -> None:
    day.say("Ben", "YES")
    day.told()
    steering.cancel_match(day.matches["Ana-Ben"].id, reason="why", now=day.clock())
    day.say("Ana", "YES")
    assert day.told() == [("Ana", "nothing_open")]
    day.at(22 * 60)
    assert day.told() == []
    assert day.state("Ana-Ben") == "open"


# Several introductions


def test_numbers_say_who_of_three_is_meant(config: Config) -> None:
    names = "Ana Ben Cleo Dan"
    day = Day(config, names, "Ana-Ben Ana-Cleo Ana-Dan", refills=False)
    day.say("Ana", "yes 1 and 3")
    assert "Ben and Dan" in day.last_text("Ana")
    day.say("Ana", "no 2")
    responses = [day.match(pair).contractor1_response for pair in day.matches]
    assert responses == ["yes", "no", "yes"]
    day.say("Dan", "YES")
    assert [day.state(pair) for pair in day.matches] == ["open", "declined", "connected"]


def test_yes_again_after_yes_to_all_asks_nothing(three: Day) -> None:
    three.say("Ana", "yes all")
    three.told()
    message_id = three.say("Ana", "YES")
    assert three.told() == []
    assert inbox(three, message_id) == ("nothing: it was said before", None)


def test_yes_to_a_reminder_that_is_settled_is_no_yes_to_somebody_else(three: Day) -> None:
    three.say("Ben", "YES")
    three.say("Cleo", "YES")
    steering.cancel_texts(
        steering.Scope(match_id=three.matches["Ana-Cleo"].id), reason="why", now=three.clock()
    )
    EventPeerMatch.update(follow_up_at=None).where(
        EventPeerMatch.id == three.matches["Ana-Cleo"].id
    ).execute()
    three.at(30)
    assert ("Ana", "yes_reminder") in three.told()
    three.say("Ben", "NO")
    three.told()
    three.say("Ana", "YES")
    assert three.told() == [("Ana", "yes_noted")], "the no of the other one is not told"
    assert three.match("Ana-Cleo").contractor1_response is None
    three.say("Ana", "YES 2")
    assert ("Cleo", "contact_exchange") in three.told()


def test_two_meetings_asked_about_in_one_breath_are_both_noted(three: Day) -> None:
    three.say("Ana", "yes all")
    three.say("Ben", "YES")
    three.say("Cleo", "YES")
    three.at(40)
    assert three.told().count(("Ana", "attendance_question")) == 2
    three.say("Ana", "YES")
    three.say("Ana", "NO")
    assert {three.match(pair).contractor1_met for pair in three.matches} == {True, False}
    assert [kind for _, kind in three.told()] == ["attended_noted", "not_attended_noted"]


@pytest.mark.parametrize("text", ["LATER", "tell me no lies"])
def test_answer_that_fits_no_question_about_a_meeting_is_asked_back_about(
    three: Day, text: str
) -> None:
    three.say("Ana", "YES 1")
    three.say("Ben", "YES")
    three.at(40)
    three.told()
    three.say("Ana", text)
    assert three.told() == [("Ana", "not_understood")]
    assert "YES or NO" in three.last_text("Ana")
    assert three.state("Ana-Cleo") == "open"


@pytest.mark.parametrize("text", ["2", "Yes to 2 please"])
def test_number_after_did_you_meet_is_about_the_introduction_it_names(
    three: Day, text: str
) -> None:
    three.say("Ana", "YES 1")
    three.say("Ben", "YES")
    three.at(40)
    three.say("Ana", text)
    assert three.match("Ana-Cleo").contractor1_response == "yes"
    assert three.match("Ana-Ben").contractor1_met is None


def test_both_who_were_met_are_not_everybody_who_is_open(three: Day) -> None:
    three.say("Ana", "YES 1")
    three.say("Ben", "YES")
    three.say("Cleo", "YES")
    three.at(40)
    three.told()
    three.say("Ana", "both")
    assert three.told() == [("Ana", "not_understood")]
    assert three.state("Ana-Cleo") == "open"


# Changed minds


def test_no_after_yes_closes_it(day: Day) -> None:
    day.say("Ana", "YES")
    day.say("Ana", "NO")
    day.say("Ben", "YES")
    assert day.told() == [*ANA_NOTED, ("Ana", "no_noted"), ("Ben", "yes_noted")]
    assert day.state("Ana-Ben") == "declined"


def test_yes_after_no_does_not_open_it_again(day: Day) -> None:
    day.say("Ana", "NO")
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    assert day.told() == [("Ana", "no_noted"), ("Ben", "yes_noted")]
    assert day.state("Ana-Ben") == "declined"


def test_yes_of_the_other_does_not_move_a_break_that_is_about_to_be_proposed(
    day: Day,
) -> None:
    day.say("Ana", "LATER")
    # Nobody followed up for a while, as when every worker is down.
    day.clock.advance(minutes=111)
    reply = day.receive(day.people["Ben"].phone, "YES")
    handle(reply, now=day.clock(), config=day.config)
    day.at(118)
    assert ("Ana", "break_prompt") in day.told()


@pytest.mark.parametrize("text", ["LATER", "YES"])
def test_reminder_that_waits_does_not_follow_an_answer(day: Day, text: str) -> None:
    day.say("Ana", "YES")
    for _ in range(4):
        make_message(
            day.clock(), contractor=day.people["Ben"], event=day.event, status="sent",
            match=None, phone=day.people["Ben"].phone, message_type="wrap_up",
            actual_send_time=day.clock() - timedelta(minutes=35),
        )  # fmt: skip
    day.at(22)
    waiting = EventMessage.select().where(EventMessage.message_type == "yes_reminder")
    assert [row.status for row in waiting] == ["scheduled"], "he has had four texts this hour"
    day.told()
    day.say("Ben", text)
    day.at(60)
    assert "yes_reminder" not in {kind for _, kind in day.told()}
