"""What follows by itself: at its time, once, never late, and whatever broke in between."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors.conversation import follow_up as following
from actors.conversation.follow_up import follow_up, follow_up_due
from actors.sending.delivery import deliver
from actors.sending.lateness import expire
from models import event_text, match_moves
from models.agenda_item import EventAgendaItem
from models.config import Config
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageType
from models.peer_match import EventPeerMatch
from tests.factories import make_event, make_message
from tests.fakes import FakeGateway
from tests.introduced import introduce, says, two_who_attend
from tests.talk import LUNCH, Day

THREE = ("Ana Ben Cleo", "Ana-Ben Ana-Cleo")


@pytest.fixture
def day(config: Config) -> Day:
    return Day(config, "Ana Ben", "Ana-Ben", refills=False)


def kinds(day: Day) -> list[str]:
    return [kind for _, kind in day.told()]


def rows(kind: MessageType) -> list[EventMessage]:
    wanted = EventMessage.select().where(EventMessage.message_type == kind)
    return list(wanted.order_by(EventMessage.id))


def connect(day: Day, *names: str) -> None:
    for name in names:
        day.say(name, "yes all" if name == "Ana" and len(day.matches) > 1 else "YES")
    day.told()


# When


def test_each_step_leaves_to_the_minute(day: Day) -> None:
    day.say("Ana", "YES")
    day.at(20.9)
    assert kinds(day) == ["yes_noted"]
    day.at(21)
    assert day.told() == [("Ben", "yes_reminder")]
    day.say("Ben", "YES")
    day.told()
    day.at(40.9)
    assert day.told() == []
    day.at(41)
    assert kinds(day) == ["attendance_question"] * 2
    day.say("Ben", "YES")
    day.told()
    day.at(160.9)
    assert day.told() == []
    day.at(161)
    assert day.told() == [("Ben", "rating_request")]
    day.at(21 * 60 - 0.1)
    assert day.told() == []
    day.at(21 * 60)
    assert sorted(day.told()) == [("Ana", "wrap_up"), ("Ben", "wrap_up")]


def test_break_that_is_moved_moves_the_proposal(day: Day) -> None:
    day.say("Ana", "LATER")
    day.at(100)
    move = timedelta(minutes=30)
    EventAgendaItem.update(
        start_time=EventAgendaItem.start_time + move, end_time=EventAgendaItem.end_time + move
    ).where(EventAgendaItem.id == day.breaks[0].id).execute()
    day.told()
    day.at(144)
    assert day.told() == []
    day.at(145)
    assert kinds(day) == ["break_prompt"] * 2
    assert "networking lounge" in day.last_text("Ana")


def test_proposal_names_the_peer_the_place_and_the_number(config: Config) -> None:
    day = Day(config, *THREE, refills=False)
    day.say("Ana", "LATER 2")
    day.at(115)
    text = next(row.message_content for row in rows(MessageType.BREAK_PROMPT)
                if row.contractor_id == day.people["Ana"].id)  # fmt: skip
    assert text.startswith("Hi Ana, want to meet Cleo")
    assert "at the networking lounge?" in text
    assert "YES 2 or SKIP 2" in text


def test_recipient_elsewhere_is_asked_in_the_morning_by_their_clock(config: Config) -> None:
    """The event ends at five in the afternoon in UTC: 22:00 in Karachi, where Ben's phone lives."""
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    Contractor.update(timezone="Asia/Karachi").where(
        Contractor.id == day.people["Ben"].id
    ).execute()
    day.at(295)
    connect(day, "Ana", "Ben")
    day.at(316)
    assert day.told() == [("Ana", "attendance_question")]
    day.at(15 * 60 - 1)
    assert day.told() == []
    day.at(15 * 60)
    assert day.told() == [("Ben", "attendance_question")], "08:00 in Karachi"
    assert day.match("Ana-Ben").state == "connected"


@pytest.mark.parametrize("zone", ["", "Mars/Base", None])
def test_without_a_usable_zone_the_event_s_counts(config: Config, zone: str | None) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    Contractor.update(timezone=zone).execute()
    connect(day, "Ana", "Ben")
    day.at(21 * 60)
    assert kinds(day).count("wrap_up") == 2


# What an organiser chose


def test_kind_that_is_off_is_neither_planned_nor_sent(day: Day) -> None:
    event_text.put(day.event.id, MessageType.YES_REMINDER, now=day.clock(), is_on=False)
    day.say("Ana", "YES")
    day.at(60)
    assert kinds(day) == ["yes_noted"]
    assert rows(MessageType.YES_REMINDER) == []


def test_kind_that_is_switched_off_at_the_last_moment_is_not_sent(day: Day) -> None:
    day.say("Ana", "YES")
    day.told()
    follow_up_due(now=day.clock() + timedelta(minutes=15), config=day.config)
    event_text.put(day.event.id, MessageType.YES_REMINDER, now=day.clock(), is_on=False)
    day.at(60)
    assert day.told() == []
    assert [row.status for row in rows(MessageType.YES_REMINDER)] == ["cancelled"]


def test_without_proposals_a_later_offers_contacts(day: Day) -> None:
    event_text.put(day.event.id, MessageType.BREAK_PROMPT, now=day.clock(), is_on=False)
    day.say("Ana", "LATER")
    day.at(300)
    assert kinds(day) == ["no_break_left"]


@pytest.mark.parametrize("reveals", [False, True])
def test_reminder_tells_of_the_yes_only_where_the_organiser_chose_so(
    config: Config, reveals: bool
) -> None:
    columns = {"reminder_reveals_yes": reveals, "reminder_minutes": 5, "refills": False}
    day = Day(config, "Ana Ben", "Ana-Ben", **columns)
    day.say("Ana", "YES")
    day.at(12)
    assert ("would like to meet you" in day.last_text("Ben")) == reveals
    assert kinds(day)[-1] == ("revealing_reminder" if reveals else "yes_reminder")


def test_own_words_are_used(day: Day) -> None:
    words = "Ahoy {first_name}, {peer_first_name}? YES{number}"
    event_text.put(day.event.id, MessageType.YES_REMINDER, now=day.clock(), template=words)
    day.say("Ana", "YES")
    day.at(21)
    assert day.last_text("Ben").startswith("Ahoy Ben")


# Once


def test_wrap_up_comes_once_with_all_connections(config: Config) -> None:
    day = Day(config, *THREE, refills=False)
    connect(day, "Ana", "Ben", "Cleo")
    day.at(24 * 60)
    assert kinds(day).count("wrap_up") == 3
    (text,) = [row.message_content for row in rows(MessageType.WRAP_UP)
               if row.contractor_id == day.people["Ana"].id]  # fmt: skip
    for name in ("Ben", "Cleo"):
        assert f"{name} " in text
        assert day.people[name].phone in text
    day.at(48 * 60)
    assert day.told() == []


def test_follow_up_that_runs_again_plans_nothing_new(day: Day) -> None:
    connect(day, "Ana", "Ben")
    later = day.clock() + timedelta(minutes=21)
    match_id = day.matches["Ana-Ben"].id
    assert follow_up(match_id, now=later, config=day.config) == 2
    match_moves.look_again(match_id, later)
    assert follow_up(match_id, now=later, config=day.config) == 0
    assert len(rows(MessageType.ATTENDANCE_QUESTION)) == 2


def test_crash_after_planning_leaves_nothing_and_it_is_planned_later(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(day, "Ana", "Ben")
    later = day.clock() + timedelta(minutes=21)
    real, breaks = match_moves.look_again, [True]

    def break_once(match_id: int, at: datetime | None) -> None:
        if breaks.pop() if breaks else False:
            raise RuntimeError("the process was killed")
        real(match_id, at)

    monkeypatch.setattr(match_moves, "look_again", break_once)
    follow_up_due(now=later, config=day.config)
    assert rows(MessageType.ATTENDANCE_QUESTION) == []
    assert day.match("Ana-Ben").follow_up_at == later + following.AFTER_A_FAILURE
    follow_up_due(now=later + following.AFTER_A_FAILURE, config=day.config)
    assert len(rows(MessageType.ATTENDANCE_QUESTION)) == 2


def test_one_match_that_breaks_does_not_keep_the_others(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = Day(config, *THREE, refills=False)
    connect(day, "Ana", "Ben", "Cleo")
    broken = day.matches["Ana-Ben"].id
    real = match_moves.with_event

    def with_event(match_id: int) -> EventPeerMatch | None:
        if match_id == broken:
            raise ValueError("broken")
        return real(match_id)

    monkeypatch.setattr(match_moves, "with_event", with_event)
    follow_up_due(now=day.clock() + timedelta(minutes=21), config=day.config)
    asked = {row.match_id for row in rows(MessageType.ATTENDANCE_QUESTION)}
    assert asked == {day.matches["Ana-Cleo"].id}


# After an outage


def test_work_that_was_down_for_a_while_is_caught_up_while_of_use(day: Day) -> None:
    day.say("Ana", "YES")
    day.told()
    day.clock.advance(minutes=40)
    day.at(48)
    assert day.told() == [("Ben", "yes_reminder")]


@pytest.mark.parametrize(
    ("said", "hours"),
    [([("Ana", "YES")], 1), ([("Ana", "LATER")], 5), ([("Ana", "YES"), ("Ben", "YES")], 3.5)],
)
def test_nothing_comes_late(day: Day, said: list[tuple[str, str]], hours: float) -> None:
    for name, text in said:
        day.say(name, text)
    day.told()
    day.clock.advance(hours=hours)
    day.at(8 + 60 * hours)
    assert day.told() == []


def test_text_that_was_planned_but_could_not_leave_is_not_sent_late(day: Day) -> None:
    day.say("Ana", "YES")
    day.told()
    follow_up_due(now=day.clock() + timedelta(minutes=15), config=day.config)
    assert len(rows(MessageType.YES_REMINDER)) == 1
    day.clock.advance(minutes=50)
    expire(now=day.clock(), config=day.config)
    assert [row.status for row in rows(MessageType.YES_REMINDER)] == ["failed"]
    day.at(80)
    assert day.told() == []


def test_wrap_up_is_not_sent_in_the_evening_after_a_day_without_workers(day: Day) -> None:
    connect(day, "Ana", "Ben")
    day.clock.advance(hours=32)
    day.at(8 + 32 * 60)
    assert day.told() == []


# How many


def had(person: Contractor, minutes: list[float], **columns: Any) -> None:
    """Let somebody have had unsolicited texts so many minutes after lunch began."""
    for minute in minutes:
        make_message(
            LUNCH, contractor=person, phone=person.phone, status="sent",
            actual_send_time=LUNCH + timedelta(minutes=minute),
            **{"message_type": MessageType.WRAP_UP, "message_category": "follow_up", **columns},
        )  # fmt: skip


def test_fifth_unsolicited_text_within_an_hour_waits_and_is_not_lost(day: Day) -> None:
    connect(day, "Ana", "Ben")
    had(day.people["Ben"], [10, 11, 12])
    day.at(64.9)
    assert day.told() == [("Ana", "attendance_question")]
    day.at(65)
    assert day.told() == [("Ben", "attendance_question")], "an hour after his introduction"
    sent = rows(MessageType.ATTENDANCE_QUESTION)[-1]
    assert sent.status == "sent"


def test_introduction_that_waits_for_the_hour_is_still_of_use(day: Day) -> None:
    ana = day.people["Ana"]
    had(ana, [6, 7, 8])
    EventMessage.update(status="scheduled", scheduled_time=LUNCH + timedelta(minutes=9),
                        parts_sent=0, actual_send_time=None, message_content=None).where(
        (EventMessage.contractor == ana) & (EventMessage.message_type == MessageType.INTRODUCTION)
    ).execute()  # fmt: skip
    had(ana, [5])
    day.at(64)
    assert day.told() == []
    expire(now=day.clock(), config=day.config)
    day.at(65)
    assert day.told() == [("Ana", "peer_match_introduction")]
    assert len(rows(MessageType.INTRODUCTION)) == 2, "not planned anew"


def test_answers_contacts_and_compliance_do_not_count(day: Day) -> None:
    ben = day.people["Ben"]
    for kind in ("contact_exchange", "yes_noted", "help_reply", "more_details", "stop_reply"):
        had(ben, [6, 6], message_type=kind, message_category="reply")
    day.say("Ana", "YES")
    day.at(21)
    assert ("Ben", "yes_reminder") in day.told()


def test_answers_are_never_kept_waiting(day: Day) -> None:
    had(day.people["Ana"], [6, 6, 6, 6, 6])
    day.say("Ana", "tell me more")
    day.say("Ana", "YES")
    day.say("Ben", "YES")
    assert sorted(kinds(day)) == ["contact_exchange"] * 2 + ["more_details", "yes_noted"]


def test_limit_is_a_setting(config: Config) -> None:
    day = Day(replace(config, unsolicited_per_hour=1), "Ana Ben", "Ana-Ben", refills=False)
    day.say("Ana", "YES")
    day.at(64)
    assert kinds(day) == ["yes_noted"], "Ben had his introduction within the hour"
    (reminder,) = rows(MessageType.YES_REMINDER)
    assert reminder.status == "cancelled", "it is of no use later, and nobody has to look at it"
    assert reminder.error_message == "the person had enough texts within the hour"


def test_whoever_said_later_is_asked_again_however_much_there_was(day: Day) -> None:
    day.say("Ana", "LATER")
    day.told()
    for person in day.people.values():
        had(person, [100, 100, 101, 102])
    day.at(116)
    assert day.told() == [("Ana", "break_prompt")], "Ben asked for nothing"


def test_rest_of_a_long_text_does_not_wait_for_the_hour(config: Config) -> None:
    day = Day(replace(config, text_limit_characters=60), "Ana Ben", "", refills=False)
    ana = day.people["Ana"]
    had(ana, [1, 2, 3])
    text = make_message(
        day.clock(), event=day.event, contractor=ana, phone=ana.phone, match=None,
        message_type=MessageType.WRAP_UP, message_content="One sentence of thirty letters. " * 3,
    )  # fmt: skip
    day.at(7)
    sent = EventMessage.get_by_id(text.id)
    assert (sent.status, sent.parts_sent) == ("sent", 3)
    had(ana, [7])
    second = make_message(
        day.clock(), event=day.event, contractor=ana, phone=ana.phone, match=None,
        message_type=MessageType.WRAP_UP, message_content="Short.",
    )  # fmt: skip
    day.at(50)
    assert EventMessage.get_by_id(second.id).status == "scheduled"


# Rehearsals


def test_rehearsal_follows_up_by_its_own_clock_at_any_hour(config: Config) -> None:
    night = datetime(2026, 11, 12, 23, tzinfo=UTC)
    gateway = FakeGateway()
    event: Event = make_event(
        night, time_scale=60, starts_at=night, ends_at=night + timedelta(minutes=5)
    )
    pair = introduce(event, *two_who_attend(event), now=night)
    says(pair.first, "YES", now=night, config=config)

    def work(seconds: float) -> list[str]:
        now = night + timedelta(seconds=seconds)
        follow_up_due(now=now, config=config)
        for row in EventMessage.select().where(EventMessage.status == "scheduled"):
            deliver(row.id, now=lambda: now, gateway=gateway, config=config)
        is_out = EventMessage.status.in_(["sent", "responded"])
        sent = EventMessage.select().where(is_out & (EventMessage.message_category == "follow_up"))
        return [row.message_type for row in sent.order_by(EventMessage.id)]

    assert work(14) == []
    assert work(15) == ["yes_reminder"]
    says(pair.second, "YES", now=night + timedelta(seconds=16), config=config)
    assert work(35) == ["yes_reminder"]
    assert work(36) == ["yes_reminder", *["attendance_question"] * 2]
    says(pair.first, "YES", now=night + timedelta(seconds=37), config=config)
    assert work(157)[-1] == "rating_request"
    assert work(5 * 60 + 15 * 60)[-2:] == ["wrap_up", "wrap_up"]
