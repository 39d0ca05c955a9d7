"""Which texts the planner looks at: the first few of each event, however many wait behind them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import outbox
from models.base import db
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus
from tests.factories import make_event, make_message
from tests.integration.test_planner import planner

MINUTE = timedelta(minutes=1)


def fill(event: Event | None, number: int, due: datetime, category: str = "peer_matching") -> None:
    db.execute_sql(
        """
        INSERT INTO event_messages (event_id, message_type, message_category, scheduled_time,
            message_content, phone, expires_at)
        SELECT %s, 'note', %s, %s::timestamptz + n * interval '1 microsecond', 'hello',
            '+15125550100', %s::timestamptz + interval '1 day'
        FROM generate_series(1, %s) n
        """,
        (event and event.id, category, due, due, number),
    )


def turns(now: datetime, per_event: int = 5, limit: int = 100) -> list[outbox.Turn]:
    return outbox.waiting_turns(until=now, per_event=per_event, limit=limit)


def one(now: datetime, **columns: Any) -> EventMessage:
    return make_message(now, message_type="note", message_content="hello", **columns)


def test_only_what_is_scheduled_and_due_has_a_turn(now: datetime) -> None:
    wanted = one(now)
    again = one(now + MINUTE, next_attempt_at=now)
    one(now + MINUTE)
    one(now, next_attempt_at=now + MINUTE)
    for status in (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.SENT):
        one(now, status=status)
    assert {turn.message_id for turn in turns(now)} == {wanted.id, again.id}


def test_urgent_first_then_each_event_in_turn_then_by_time(now: datetime) -> None:
    first, second = make_event(now), make_event(now)
    late = [one(now - MINUTE, event=first) for _ in range(3)]
    later = [one(now, event=second) for _ in range(2)]
    nobodys = one(now - 2 * MINUTE)
    reply = one(now, event=second, message_category=MessageCategory.REPLY)
    notice = one(now, event=first, message_category=MessageCategory.NOTICE)
    follow_up = one(now - 3 * MINUTE, event=first, message_category="follow_up")
    expected = [reply, notice, nobodys, late[0], later[0], late[1], later[1], late[2], follow_up]
    found = turns(now)
    assert [turn.message_id for turn in found] == [message.id for message in expected]
    assert [turn.urgency for turn in found] == [0, 1, 2, 2, 2, 2, 2, 2, 3]
    assert {turn.event_id for turn in found} == {first.id, second.id, None}


def test_the_limit_cuts_no_event_off(now: datetime) -> None:
    events = [make_event(now) for _ in range(20)]
    fill(events[0], 100, now - MINUTE)
    for event in events[1:]:
        fill(event, 2, now - MINUTE / 2)
    found = turns(now, per_event=50, limit=20)
    assert {turn.event_id for turn in found} == {event.id for event in events}


def test_a_text_elsewhere_leaves_within_the_first_two_of_a_flood(now: datetime) -> None:
    flooded, other = make_event(now), make_event(now)
    fill(flooded, 10_000, now - MINUTE)
    planner().tick(now)
    single = one(now, event=other, phone="+15125550101")
    db.execute_sql("UPDATE event_messages SET status = 'sent' WHERE status = 'queued'")
    at = now + timedelta(seconds=3)
    planner().tick(at)
    wake_at = EventMessage.get_by_id(single.id).wake_at
    assert wake_at is not None
    assert wake_at <= at + timedelta(seconds=2 / 8)


@pytest.fixture
def _many(now: datetime) -> Iterator[None]:
    """100,000 scheduled texts at 200 events, a tenth of them due; and 20,000 old ones of none."""
    db.execute_sql(
        """
        INSERT INTO events (name, date, timezone)
        SELECT 'Summit ' || n, %s::date, 'UTC' FROM generate_series(1, 200) n
        """,
        (now,),
    )
    db.execute_sql(
        """
        INSERT INTO event_messages (event_id, message_type, message_category, scheduled_time)
        SELECT e.id, 'note', (ARRAY['peer_matching', 'reply', 'follow_up', NULL])[1 + n %% 4],
            %s::timestamptz + (n - 50) * interval '1 second'
        FROM events e CROSS JOIN generate_series(1, 500) n
        """,
        (now,),
    )
    db.execute_sql(
        """
        INSERT INTO event_messages (message_type, scheduled_time, status)
        SELECT 'note', %s, CASE WHEN n <= 100 THEN 'scheduled' ELSE 'sent' END
        FROM generate_series(1, 20000) n
        """,
        (now,),
    )
    db.execute_sql("ANALYZE event_messages")
    return


def explain(query: str, parameters: dict[str, Any]) -> tuple[dict[str, Any], float]:
    cursor = db.execute_sql("EXPLAIN (ANALYZE, FORMAT JSON) " + query, parameters)
    found = cursor.fetchone()[0]
    plan = found if isinstance(found, list) else json.loads(found)
    return plan[0]["Plan"], plan[0]["Execution Time"]


def ways(plan: dict[str, Any]) -> set[str]:
    """Return the indexes by which texts are read, and `all of them` where none is used."""
    found = {plan["Index Name"]} if "Index Name" in plan else set()
    if plan["Node Type"] == "Seq Scan" and plan.get("Relation Name") == "event_messages":
        found.add("all of them")
    for child in plan.get("Plans", []):
        found |= ways(child)
    return found


@pytest.mark.usefixtures("_many")
def test_a_hundred_thousand_texts_cost_no_more_than_the_first_few(now: datetime) -> None:
    parameters = {"until": now + timedelta(seconds=10), "per_event": 81, "limit": 5000}
    plan, _ = explain(outbox._TURNS, parameters)
    assert ways(plan) == {"event_messages_turns"}
    fastest = min(explain(outbox._TURNS, {**parameters, "per_event": 5})[1] for _ in range(5))
    assert fastest < 60, "milliseconds on a busy machine"


def test_only_texts_that_still_wait_are_queued(now: datetime) -> None:
    waiting, moved = one(now), one(now)
    gone = one(now, status=MessageStatus.CANCELLED)
    EventMessage.update(next_attempt_at=now + MINUTE).where(EventMessage.id == moved.id).execute()
    wake_times = [(message.id, now) for message in (waiting, moved, gone)]
    assert outbox.queue(wake_times, until=now) == {waiting.id}
    row = EventMessage.get_by_id(waiting.id)
    assert (row.status, row.wake_at) == ("queued", now)
    assert outbox.queue(wake_times, until=now) == set()


def test_what_is_on_its_way_and_what_is_late_is_counted(now: datetime) -> None:
    one(now, status=MessageStatus.QUEUED, wake_at=now - MINUTE)
    one(now, status=MessageStatus.QUEUED, wake_at=now + MINUTE)
    one(now - 3 * MINUTE)
    one(now + MINUTE)
    assert outbox.outstanding(now) == (2, 1)
    assert outbox.lateness(now) == (2, 3 * MINUTE)
    assert outbox.wake_times_from(now) == [now + MINUTE]
    assert outbox.lateness(now - timedelta(hours=1)) == (0, timedelta(0))


def test_the_text_least_worth_losing_tries_n8n(now: datetime) -> None:
    one(now, message_category=MessageCategory.COMPLIANCE)
    assert outbox.probe_candidates(now, limit=9) == []
    older = one(now - MINUTE)
    newest = one(now)
    one(now + MINUTE)
    assert outbox.probe_candidates(now, limit=9) == [newest.id, older.id]
    test = make_message(now - MINUTE, message_type="test_introduction", message_category="test")
    assert outbox.probe_candidates(now, limit=2) == [test.id, newest.id]
