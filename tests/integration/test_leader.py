"""One process plans; when it dies, hangs or loses its lock, another does within seconds."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg2
import pytest

from actors.broker import connect_broker
from actors.leader import LOCK_KEY, STALE_AFTER, PlannerThread
from actors.planning.text_wake_ups import TextWakeUps
from models import clock, outbox, service_state
from models.base import application_name, db
from models.config import Config
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.conftest import settings
from tests.factories import make_message
from tests.sink import Sink
from tests.worker import eventually, running_worker

SECOND = timedelta(seconds=1)


def leader() -> str | None:
    beat = service_state.read(service_state.PLANNER)
    return None if beat is None else beat.detail["leader"]


def leads_since(name: str | None, moment: datetime) -> bool:
    beat = service_state.read(service_state.PLANNER)
    return beat is not None and beat.detail["leader"] == name and beat.seen_at > moment


def is_lock_free() -> bool:
    with db.atomic():
        tried = db.execute_sql("SELECT pg_try_advisory_xact_lock(%s)", (LOCK_KEY,))
        return bool(tried.fetchone()[0])


def pid_of(name: str | None) -> int:
    assert name, "nobody leads"
    return int(name.rsplit("/", 1)[1])


@contextmanager
def planning(config: Config) -> Iterator[PlannerThread]:
    thread = PlannerThread(config, delay_slots=4000)
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()
        thread.join(timeout=10)
        assert not thread.is_alive()


@contextmanager
def stale_leader(config: Config, now: datetime) -> Iterator[psycopg2.extensions.connection]:
    """Hold the lock as a process that was stopped would, in the middle of a transaction."""
    name = "peer-matching/elsewhere/1"
    with ExitStack() as stack:
        lock, work = (
            psycopg2.connect(config.database_url, application_name=name) for _ in range(2)
        )
        stack.callback(lock.close)
        stack.callback(work.close)
        lock.autocommit = True
        with lock.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        service_state.report(service_state.PLANNER, "up", now=now - 4 * STALE_AFTER, leader=name)
        with work.cursor() as cursor:
            cursor.execute("SELECT * FROM service_states FOR UPDATE")
        yield lock


@pytest.mark.commits
def test_a_leader_that_fell_silent_loses_its_lock_and_its_rows(
    config: Config, now: datetime
) -> None:
    with stale_leader(config, now), planning(config):
        assert eventually(lambda: leads_since(application_name(), now))


@pytest.mark.commits
def test_a_leader_that_beats_is_left_alone(config: Config, now: datetime) -> None:
    with stale_leader(config, now) as lock:
        lock.autocommit = True
        with lock.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE '%%elsewhere%%' AND state LIKE 'idle in%%'"
            )
        service_state.report(service_state.PLANNER, "up", now=clock.now(), leader="elsewhere")
        with planning(config):
            time.sleep(2.5)
        assert leader() == "elsewhere"
        with lock.cursor() as cursor:
            cursor.execute("SELECT 1")


@pytest.mark.commits
def test_a_lock_whose_connection_was_cut_is_taken_again(config: Config, now: datetime) -> None:
    with planning(config):
        assert eventually(lambda: leads_since(application_name(), now))
        db.execute_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "WHERE locktype = 'advisory' AND objid = %s AND granted",
            (LOCK_KEY,),
        )
        cut_at = clock.now()
        assert eventually(lambda: leads_since(application_name(), cut_at + 2 * SECOND))


@pytest.mark.commits
def test_whoever_stops_gives_the_lock_away(config: Config, now: datetime) -> None:
    with planning(config):
        assert eventually(lambda: leads_since(application_name(), now))
    # PostgreSQL frees the lock when it notices that its connection is closed, at once but later.
    assert eventually(is_lock_free, timeout_seconds=2)


@pytest.mark.commits
def test_a_leader_that_redis_does_not_answer_gives_the_lock_away(
    config: Config, now: datetime
) -> None:
    with planning(config):
        assert eventually(lambda: leads_since(application_name(), now))
        connect_broker("redis://127.0.0.1:1/0")
        make_message(now, message_type="note", message_content="hello")
        assert eventually(is_lock_free, timeout_seconds=10)


def test_a_new_leader_keeps_the_pace_of_what_is_on_its_way(now: datetime) -> None:
    def text(**columns: object) -> EventMessage:
        return make_message(now, message_type="note", message_content="hello", **columns)

    for tenth in range(20):
        text(status=MessageStatus.QUEUED, wake_at=now + tenth * SECOND / 10)
    waiting = [text() for _ in range(3)]
    looks = TextWakeUps(settings(MESSAGES_PER_SECOND="10"), delay_slots=4000)
    looks.take_over(now)
    looks.send(now, time.monotonic())
    moments = outbox.wake_times_from(now)
    assert len(moments) == len(set(moments)) == 21, "one fits in before two seconds are full"
    statuses = [EventMessage.get_by_id(message.id).status for message in waiting]
    assert statuses == ["queued", "scheduled", "scheduled"]


@pytest.mark.commits
def test_a_killed_or_stopped_leader_is_replaced(config: Config, tmp_path: Path) -> None:
    with Sink() as sink, ExitStack() as stack:
        reachable = replace(config, n8n_webhook_url=sink.url)
        for number in range(3):
            stack.enter_context(running_worker(reachable, tmp_path / f"log{number}"))
        assert eventually(lambda: leader() is not None)

        first = leader()
        killed_at = time.monotonic()
        os.kill(pid_of(first), signal.SIGKILL)
        assert eventually(lambda: leader() != first, timeout_seconds=10)
        assert time.monotonic() - killed_at < 5

        second = leader()
        stopped_at = time.monotonic()
        os.kill(pid_of(second), signal.SIGSTOP)
        try:
            assert eventually(lambda: leader() != second, timeout_seconds=30)
            assert time.monotonic() - stopped_at < 20
            text = make_message(
                clock.now() + SECOND,
                message_type="note",
                message_content="hello",
                phone="+15125550100",
            )
        finally:
            os.kill(pid_of(second), signal.SIGCONT)
        assert eventually(lambda: EventMessage.get_by_id(text.id).status == "sent")
        third = leader()
        moment = clock.now()
        assert eventually(lambda: leads_since(third, moment + 2 * SECOND)), "it goes on leading"
    assert len(sink.requests) == 1
