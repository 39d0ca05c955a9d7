"""Two real workers and what may happen to them: nobody is texted twice, and nothing is lost."""

import os
import signal
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from actors.pairing import batch_matching
from actors.pairing.pool import match_people
from models import clock
from models.base import db
from models.config import Config
from models.embedded import _spawn_redis, free_port
from models.event import Event
from models.matching_run import RunKind
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_event, make_message
from tests.sink import Answer, Request, Sink, accept
from tests.worker import eventually, running_worker

pytestmark = pytest.mark.commits

END_THE_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)"
)


def plan_texts(due: datetime, *, people: int, each: int) -> int:
    event = make_event(due)
    for _ in range(people):
        person = make_attendee(event).contractor
        for number in range(each):
            make_message(due, event=event, contractor=person, message_content=f"Text {number}.")
    return people * each


def statuses() -> Counter[str]:
    return Counter(status for (status,) in EventMessage.select(EventMessage.status).tuples())


def end_all_connections(config: Config) -> None:
    """Do to the workers' connections what a restart of PostgreSQL does."""
    own = db.connection().info.backend_pid
    with closing(psycopg2.connect(config.database_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(END_THE_OTHERS, (own,))


def test_a_worker_killed_in_mid_stream_costs_no_text_and_repeats_none(
    config: Config, tmp_path: Path
) -> None:
    planned = plan_texts(clock.now() + timedelta(seconds=4), people=30, each=2)
    with Sink() as sink:
        settings = replace(config, n8n_webhook_url=sink.url)
        with (
            running_worker(settings, tmp_path / "one", MESSAGES_PER_SECOND="20") as first,
            running_worker(settings, tmp_path / "two", MESSAGES_PER_SECOND="20"),
        ):
            assert sink.wait_for(10, timeout_seconds=30), (tmp_path / "one").read_text()
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
            # What it was posting at that moment keeps its lease for a minute, then is held; the
            # same person's other text waits as long.
            ends = {"sent", "sending", "held"}
            assert eventually(lambda: statuses().keys() <= ends, 90), statuses()
    left = statuses()
    assert left["sending"] + left["held"] <= 4
    assert len(sink.requests) == len({request.key for request in sink.requests})
    assert left.total() == planned


def test_an_accepted_text_is_sent_even_if_postgresql_restarted_meanwhile(
    config: Config, tmp_path: Path
) -> None:
    release = threading.Event()

    def slowly(request: Request) -> Answer:
        return replace(accept(request), wait_for=release)

    plan_texts(clock.now(), people=3, each=1)
    with (
        Sink(slowly) as sink,
        running_worker(replace(config, n8n_webhook_url=sink.url), tmp_path / "log"),
    ):
        assert sink.wait_for(3, timeout_seconds=30), (tmp_path / "log").read_text()
        end_all_connections(config)
        release.set()
        assert eventually(lambda: statuses() == {"sent": 3}, 15), (tmp_path / "log").read_text()
        plan_texts(clock.now(), people=2, each=1)
        assert eventually(lambda: statuses() == {"sent": 5}, 15), (tmp_path / "log").read_text()
    assert len(sink.requests) == 5


def test_a_redis_that_dies_and_comes_back_empty_costs_no_text(
    config: Config, tmp_path: Path
) -> None:
    port = free_port()
    redis_server = _spawn_redis(tmp_path, port)
    try:
        planned = plan_texts(clock.now() + timedelta(seconds=4), people=20, each=2)
        with Sink() as sink:
            settings = replace(
                config, n8n_webhook_url=sink.url, redis_url=f"redis://127.0.0.1:{port}/0"
            )
            with running_worker(settings, tmp_path / "log", MESSAGES_PER_SECOND="10"):
                assert sink.wait_for(8, timeout_seconds=30), (tmp_path / "log").read_text()
                redis_server.kill()
                redis_server.wait()
                redis_server = _spawn_redis(tmp_path, port)
                assert eventually(lambda: statuses() == {"sent": planned}, 60), statuses()
        assert len(sink.requests) == planned
        assert len({request.key for request in sink.requests}) == planned
    finally:
        redis_server.kill()
        redis_server.wait()


def test_a_batch_that_loses_its_connection_is_planned_again_at_once(
    config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(now, matching_at=now, matching_status="queued")
    for _ in range(4):
        make_attendee(event)

    restarted: list[datetime] = []

    def match_while_postgresql_restarts(*given: Any, **more: Any) -> Any:
        with closing(psycopg2.connect(config.database_url)) as connection:
            connection.autocommit = True
            connection.cursor().execute(END_THE_OTHERS, (0,))
        restarted.append(now)
        return match_people(*given, **more)

    monkeypatch.setattr(batch_matching, "match_people", match_while_postgresql_restarts)
    batch_matching.run_matching(event.id, now, RunKind.BATCH, now=clock.now)
    assert restarted == [now]
    assert Event.get_by_id(event.id).matching_status == "scheduled"
    assert EventPeerMatch.select().count() == 0

    monkeypatch.setattr(batch_matching, "match_people", match_people)
    batch_matching.run_matching(event.id, now, RunKind.BATCH, now=clock.now)
    assert Event.get_by_id(event.id).matching_status == "completed"
    assert EventMessage.select().count() == 2 * EventPeerMatch.select().count() > 0
