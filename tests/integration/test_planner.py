"""The look-ahead: what is due gets one wake-up in time, at the pace, and nothing is lost."""

from datetime import datetime, timedelta
from typing import Any

import dramatiq
import pytest

from actors.broker import MESSAGES_QUEUE, ORCHESTRATION_QUEUE, broker, connect_broker
from actors.planner import Planner
from actors.planning.checking_n8n import check_n8n
from models import service_state
from models.agenda_item import EventAgendaItem
from models.event import Event
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
from tests.conftest import settings
from tests.factories import make_attendee, make_event, make_event_with_lunch, make_message


def planner(**changes: str) -> Planner:
    return Planner(settings(**changes), leader="test", delay_slots=4000)


def wake_ups(queue: str, *, checks: bool = False) -> list[tuple[Any, ...]]:
    """Return the arguments of what waits in Redis, and in how many seconds it is due.

    Asking n8n if all is well belongs to any event that is near, so that only `checks` returns it.
    """
    found = []
    for name in (queue, f"{queue}.DQ"):
        for raw in broker.client.hvals(f"dramatiq:{name}.msgs"):
            message = dramatiq.Message.decode(raw)
            eta = message.options.get("eta")
            if (message.actor_name == check_n8n.actor_name) is not checks:
                continue
            found.append((eta, *message.args))
    return sorted(found, key=lambda row: row[0] or 0)


def text(now: datetime, **columns: Any) -> EventMessage:
    return make_message(
        now, message_type="note", message_content="hello", phone="+15125550100", **columns
    )


def status_of(message: EventMessage) -> str:
    return EventMessage.get_by_id(message.id).status


def test_a_text_within_the_horizon_gets_a_wake_up_for_its_second(now: datetime) -> None:
    soon = text(now + timedelta(seconds=6))
    far = text(now + timedelta(seconds=60))
    planner().tick(now)
    [(eta, message_id)] = wake_ups(MESSAGES_QUEUE)
    assert message_id == soon.id
    assert eta / 1000 - now.timestamp() == pytest.approx(6, abs=0.5)
    assert (status_of(soon), status_of(far)) == ("queued", "scheduled")


def test_a_second_look_sends_no_second_wake_up(now: datetime) -> None:
    text(now)
    looks = planner()
    looks.tick(now)
    looks.tick(now + timedelta(seconds=1))
    assert len(wake_ups(MESSAGES_QUEUE)) == 1


def test_many_texts_due_at_once_are_spread_at_the_pace_soonest_first(now: datetime) -> None:
    late = [text(now - timedelta(seconds=1)) for _ in range(5)]
    due = [text(now) for _ in range(40)]
    planner(MESSAGES_PER_SECOND="10").tick(now)
    sent = (
        EventMessage.select().where(EventMessage.status == "queued").order_by(EventMessage.wake_at)
    )
    assert [message.id for message in sent][:5] == [message.id for message in late]
    gaps = {round((m.wake_at - now).total_seconds(), 3) for m in sent}
    assert gaps == {round(n / 10, 3) for n in range(21)}
    assert {status_of(message) for message in due[16:]} == {"scheduled"}


def test_the_pace_goes_on_from_one_look_to_the_next(now: datetime) -> None:
    for _ in range(60):
        text(now)
    looks = planner(MESSAGES_PER_SECOND="10")
    for second in range(5):
        at = now + timedelta(seconds=second)
        EventMessage.update(status="sent").where(EventMessage.wake_at < at).execute()
        looks.tick(at)
    moments = [
        m.wake_at
        for m in EventMessage.select()
        .where(EventMessage.wake_at.is_null(False))
        .order_by(EventMessage.wake_at)
    ]
    assert len(moments) == 60
    assert {(b - a) for a, b in zip(moments, moments[1:], strict=False)} == {
        timedelta(milliseconds=100)
    }


def test_an_answer_to_a_person_overtakes_a_flood(now: datetime) -> None:
    for _ in range(100):
        text(now - timedelta(seconds=10))
    answer = make_message(
        now,
        message_type=MessageType.HELP_REPLY,
        message_category=MessageCategory.COMPLIANCE,
        message_content="Help",
        phone="+15125550101",
    )
    planner(MESSAGES_PER_SECOND="10").tick(now)
    assert EventMessage.get_by_id(answer.id).wake_at == now


def test_an_answer_is_not_held_up_by_texts_placed_ahead_of_it(now: datetime) -> None:
    for tenth in range(3, 90):
        text(now + timedelta(seconds=tenth / 10))
    looks = planner(MESSAGES_PER_SECOND="10")
    looks.tick(now)
    answer = make_message(
        now,
        message_type=MessageType.HELP_REPLY,
        message_category=MessageCategory.COMPLIANCE,
        message_content="Help",
        phone="+15125550101",
    )
    looks.tick(now + timedelta(milliseconds=100))
    assert EventMessage.get_by_id(answer.id).wake_at == now + timedelta(milliseconds=100)


def test_never_more_wake_ups_than_a_quarter_of_the_delay_slots(now: datetime) -> None:
    for second in range(30):
        text(now + timedelta(seconds=second / 4))
    few = Planner(settings(MESSAGES_PER_SECOND="1000"), leader="test", delay_slots=40)
    few.tick(now)
    assert len(wake_ups(MESSAGES_QUEUE)) == 10


def test_with_redis_down_texts_go_back_to_the_schedule(
    now: datetime, servers: dict[str, str]
) -> None:
    message = text(now)
    connect_broker("redis://127.0.0.1:1/0")
    try:
        planner().tick(now)
    finally:
        connect_broker(servers["REDIS_URL"])
    assert status_of(message) == "scheduled"
    planner().tick(now)
    assert len(wake_ups(MESSAGES_QUEUE)) == 1


def test_a_lost_wake_up_is_sent_again_after_twenty_seconds(now: datetime) -> None:
    message = text(now)
    looks = planner()
    looks.tick(now)
    broker.client.flushdb()
    looks.tick(now + timedelta(seconds=15))
    assert wake_ups(MESSAGES_QUEUE) == []
    looks.tick(now + timedelta(seconds=21))
    looks.tick(now + timedelta(seconds=22))
    assert [row[1] for row in wake_ups(MESSAGES_QUEUE)] == [message.id]


def test_a_batch_gets_a_wake_up_with_the_time_it_was_planned_for(now: datetime) -> None:
    event = make_event_with_lunch(now + timedelta(minutes=15, seconds=5))
    planner().tick(now)
    [(eta, event_id, planned_for, kind)] = wake_ups(ORCHESTRATION_QUEUE)
    row = Event.get_by_id(event.id)
    assert (event_id, kind) == (event.id, "batch")
    assert datetime.fromisoformat(planned_for) == row.matching_at
    assert eta / 1000 == pytest.approx(row.matching_at.timestamp(), abs=0.5)
    assert row.matching_status == "queued"


def test_a_lost_batch_is_woken_again_and_a_running_one_is_not(now: datetime) -> None:
    event = make_event_with_lunch(now + timedelta(minutes=15))
    looks = planner()
    looks.tick(now)
    broker.client.flushdb()
    looks.tick(now + timedelta(seconds=19))
    assert wake_ups(ORCHESTRATION_QUEUE) == []
    looks.tick(now + timedelta(seconds=21))
    looks.tick(now + timedelta(seconds=22))
    assert len(wake_ups(ORCHESTRATION_QUEUE)) == 1

    MatchingRun.insert(event=event, lease_until=now + timedelta(minutes=5)).execute()
    broker.client.flushdb()
    looks.tick(now + timedelta(seconds=60))
    assert wake_ups(ORCHESTRATION_QUEUE) == []


def test_moving_lunch_in_plain_sql_moves_the_batch_within_a_look(now: datetime) -> None:
    event = make_event_with_lunch(now + timedelta(hours=2))
    planner().tick(now)
    before = Event.get_by_id(event.id).matching_at
    EventAgendaItem.update(
        start_time=now + timedelta(hours=3), end_time=now + timedelta(hours=4)
    ).execute()
    planner().tick(now)
    assert Event.get_by_id(event.id).matching_at == before + timedelta(hours=1)


def test_an_event_that_ended_before_matching_is_missed_not_matched(now: datetime) -> None:
    event = make_event_with_lunch(now - timedelta(hours=6))
    planner().tick(now)
    row = Event.get_by_id(event.id)
    assert row.matching_status == "missed"
    assert "ended" in row.matching_status_reason
    assert wake_ups(ORCHESTRATION_QUEUE) == []


def test_a_batch_that_a_dead_worker_left_is_planned_again(now: datetime) -> None:
    event = make_event_with_lunch(now + timedelta(minutes=15))
    planner().tick(now)
    Event.update(matching_status="running").where(Event.id == event.id).execute()
    MatchingRun.insert(
        event=event,
        planned_for=Event.get_by_id(event.id).matching_at,
        lease_until=now - timedelta(seconds=1),
    ).execute()
    planner().tick(now)
    assert MatchingRun.get().status == "abandoned"
    assert Event.get_by_id(event.id).matching_status == "scheduled"


def test_a_reply_that_nobody_handled_is_woken_again(now: datetime) -> None:
    event = make_event(now)
    person = make_attendee(event).contractor
    EventMessage.insert(
        event=event,
        contractor=person,
        message_type=MessageType.REPLY,
        direction="inbound",
        status=MessageStatus.RECEIVED,
        message_content="YES",
        created_at=now - timedelta(seconds=30),
    ).execute()
    planner().tick(now)
    assert len(wake_ups("follow_up")) == 1


def test_the_heartbeat_is_the_database_time_of_the_look(now: datetime) -> None:
    planner().tick(now)
    beat = service_state.read(service_state.PLANNER)
    assert beat is not None
    assert timedelta(0) <= beat.seen_at - now < timedelta(seconds=5)
    assert (beat.state, beat.message, beat.detail) == ("up", None, {"leader": "test"})


def test_redis_that_refuses_is_not_an_error_of_the_look(now: datetime) -> None:
    event = make_event_with_lunch(now + timedelta(minutes=15))
    connect_broker("redis://127.0.0.1:1/0")
    planner().tick(now)
    assert Event.get_by_id(event.id).matching_status == "scheduled"
