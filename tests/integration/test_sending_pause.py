"""A paused event: nothing leaves but answers to STOP, nothing is lost, resuming wakes it all."""

import os
import signal
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.control import event_cancelling, event_sending
from actors.planner import Planner
from actors.sending.delivery import deliver
from actors.sending.lateness import expire
from models import clock as database_clock
from models import outbox
from models.agenda_item import ItemType
from models.base import db
from models.config import Config
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
from tests.conftest import settings
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
)
from tests.fakes import FakeGateway, SetClock
from tests.sink import Sink
from tests.worker import eventually, running_worker

CONFIG = settings()
BY = "Olu"


@pytest.fixture
def event(now: datetime) -> Event:
    made = make_event(now, ends_at=now + timedelta(hours=4))
    make_agenda_item(made, now + timedelta(hours=2), ItemType.BREAK, hours=0.5)
    return made


def text(event: Event, due: datetime, **columns: Any) -> EventMessage:
    person = make_attendee(event).contractor
    match = make_match(event, person, make_contractor())
    return make_message(due, event=event, contractor=person, match=match, **columns)


def compliance(event: Event, due: datetime) -> EventMessage:
    return text(
        event,
        due,
        message_type=MessageType.HELP_REPLY,
        message_category=MessageCategory.COMPLIANCE,
        message_content="Help",
    )


def fresh(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)


def pause(event: Event, now: datetime) -> int | None:
    return event_sending.pause(event.id, by=BY, now=now)


def turns(now: datetime) -> set[int]:
    found = outbox.waiting_turns(until=now + timedelta(seconds=10), per_event=50, limit=100)
    return {turn.message_id for turn in found}


def test_a_paused_text_does_not_leave_wherever_it_was(clock: SetClock, event: Event) -> None:
    scheduled = text(event, clock())
    queued = text(event, clock(), status=MessageStatus.QUEUED, wake_at=clock())
    half = text(event, clock(), part_texts=["One.", "Two."], parts_sent=1, message_content="12")
    elsewhere = text(make_event(clock()), clock())
    assert pause(event, clock()) == 3
    gateway = FakeGateway()
    for message in (scheduled, queued, half, elsewhere):
        deliver(message.id, now=clock, gateway=gateway, config=CONFIG)
    assert [fresh(m).status for m in (scheduled, queued, half)] == ["scheduled"] * 3
    assert (fresh(elsewhere).status, len(gateway.posts)) == ("sent", 1)
    assert turns(clock()) == set(), "nobody wakes them up in vain"
    assert outbox.lateness(clock.advance(minutes=1)).waiting == 0, "nor are they late"
    assert outbox.probe_candidates(clock(), limit=9) == []


def test_answers_to_stop_start_and_help_leave_during_a_pause(clock: SetClock, event: Event) -> None:
    answer = text(
        event, clock(), message_category=MessageCategory.REPLY, message_type="yes_noted",
        message_content="Noted",
    )  # fmt: skip
    helping = compliance(event, clock())
    pause(event, clock())
    assert turns(clock()) == {helping.id}
    for message in (answer, helping):
        deliver(message.id, now=clock, gateway=FakeGateway(), config=CONFIG)
    assert [fresh(m).status for m in (answer, helping)] == ["scheduled", "sent"]


def test_resuming_wakes_what_waits_once_each_at_its_time(clock: SetClock, event: Event) -> None:
    due = [text(event, clock()) for _ in range(3)]
    later = text(event, clock() + timedelta(minutes=20))
    pause(event, clock())
    planned_meanwhile = text(event, clock())
    planner = Planner(CONFIG, leader="test", delay_slots=4000)
    for _ in range(3):
        planner.tick(clock.advance(seconds=1))
    assert EventMessage.select().where(EventMessage.status == "queued").count() == 0
    assert event_sending.resume(event.id) == 5
    planner.tick(clock.advance(seconds=1))
    assert {fresh(m).status for m in (*due, planned_meanwhile)} == {"queued"}
    assert fresh(later).status == "scheduled"
    gateway = FakeGateway()
    for message in (*due, planned_meanwhile, later) * 2:
        deliver(message.id, now=clock, gateway=gateway, config=CONFIG)
    assert len(gateway.posts) == len(set(gateway.keys)) == 4
    deliver(later.id, now=SetClock(later.scheduled_time), gateway=gateway, config=CONFIG)
    assert len(gateway.posts) == 5


def test_what_comes_too_late_meanwhile_fails_and_is_planned_for_the_break(
    clock: SetClock, event: Event
) -> None:
    late, prompt = text(event, clock()), text(
        event, clock(), message_type=MessageType.BREAK_PROMPT, message_content="Now?",
        message_category=MessageCategory.FOLLOW_UP, expires_at=clock() + timedelta(minutes=10),
    )  # fmt: skip
    pause(event, clock())
    assert expire(now=clock.advance(minutes=9), config=CONFIG) == 0
    assert expire(now=clock.advance(minutes=21), config=CONFIG) == 2
    assert {fresh(m).status for m in (late, prompt)} == {"failed"}
    assert "(sending was paused)" in fresh(late).error_message
    again = EventMessage.get(EventMessage.retry_of == late.id)
    assert (again.status, again.scheduled_time) == ("scheduled", clock() + timedelta(minutes=90))
    event_sending.resume(event.id)
    assert turns(clock()) == set(), "nothing leaves late in a burst"


def test_pausing_twice_and_resuming_twice_do_nothing(clock: SetClock, event: Event) -> None:
    assert pause(event, clock()) == 0
    assert pause(event, clock.advance(minutes=1)) is None
    row = Event.get_by_id(event.id)
    assert (row.paused_at, row.paused_by) == (clock() - timedelta(minutes=1), BY)
    assert event_sending.resume(event.id) == 0
    assert event_sending.resume(event.id) is None
    assert Event.get_by_id(event.id).paused_at is None


def test_an_event_that_is_called_off_while_paused_tells_those_introduced(
    clock: SetClock, event: Event
) -> None:
    text(event, clock(), status=MessageStatus.SENT, actual_send_time=clock())
    waiting = text(event, clock())
    pause(event, clock())
    done = event_cancelling.cancel_event(event.id, tell_introduced=True, now=clock())
    assert (done.texts, done.told) == (1, 1)
    assert fresh(waiting).status == "cancelled"
    notice = EventMessage.get(EventMessage.message_type == MessageType.EVENT_CANCELLED)
    assert turns(clock()) == {notice.id}
    deliver(notice.id, now=clock, gateway=FakeGateway(), config=CONFIG)
    assert fresh(notice).status == "sent"
    assert (pause(event, clock()), event_sending.resume(event.id)) == (None, None)


def test_ten_thousand_paused_texts_are_not_read_at_each_look(clock: SetClock, event: Event) -> None:
    db.execute_sql(
        "INSERT INTO event_messages (event_id, message_type, message_category, scheduled_time) "
        "SELECT %s, 'note', 'follow_up', %s FROM generate_series(1, 10000)",
        (event.id, clock()),
    )
    db.execute_sql("ANALYZE event_messages")
    assert _texts_read() >= 500
    pause(event, clock())
    assert _texts_read() <= 10


def _texts_read() -> float:
    """Return how many texts one look at whose turn it is reads."""
    sql = outbox._TURNS.replace("%(until)s", "now() + interval '1 hour'")
    sql = sql.replace("%(per_event)s", "500").replace("%(limit)s", "500")
    [[[found]]] = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}").fetchall()
    return _read_by(found["Plan"])


def _read_by(node: dict[str, Any]) -> float:
    own = 0.0
    if node.get("Relation Name") == "event_messages":
        own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return own + sum(_read_by(child) for child in node.get("Plans", []))


@pytest.mark.commits
def test_a_pause_under_way_with_a_killed_worker_loses_and_repeats_nothing(
    config: Config, tmp_path: Path
) -> None:
    event = make_event(database_clock.now())
    texts = 24
    for _ in range(texts):
        text(event, database_clock.now() + timedelta(seconds=3), message_content="Hello")
    with Sink() as sink:
        config = replace(config, n8n_webhook_url=sink.url)
        with running_worker(config, tmp_path / "one", MESSAGES_PER_SECOND="8") as first:
            assert sink.wait_for(4, timeout_seconds=30), (tmp_path / "one").read_text()
            pause(event, database_clock.now())
            assert eventually(lambda: _count(MessageStatus.SENDING) == 0)
            left = len(sink.requests)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        with running_worker(config, tmp_path / "two", RESCUE_AFTER_SECONDS="5"):
            helping = compliance(event, database_clock.now())
            assert eventually(lambda: fresh(helping).status == "sent", 30)
            assert len(sink.requests) == left + 1, "only the answer left"
            event_sending.resume(event.id)
            assert eventually(lambda: _count(MessageStatus.SENT) == texts + 1, 40), _statuses()
    assert len(sink.requests) == len({request.key for request in sink.requests}) == texts + 1


def _count(status: MessageStatus) -> int:
    return EventMessage.select().where(EventMessage.status == status).count()


def _statuses() -> Counter[str]:
    return Counter(status for (status,) in EventMessage.select(EventMessage.status).tuples())
