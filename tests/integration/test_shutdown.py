"""A worker that is told to stop is gone within 25 seconds, and loses nothing."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from peewee import OperationalError

from actors.process import insisting, stopping
from models import clock
from models.base import db
from models.config import Config
from models.message import EventMessage
from tests.factories import make_message
from tests.sink import Answer, Request, Sink, accept
from tests.worker import eventually, running_worker

LONGEST_STOP_SECONDS = 25


@pytest.fixture
def told_to_stop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Return what says that this process was told to stop so many seconds ago."""
    monkeypatch.setattr(stopping, "_told", threading.Event())

    def tell(seconds_ago: float) -> None:
        stopping.stop()
        monkeypatch.setattr(stopping, "_told_at", time.monotonic() - seconds_ago)

    return tell


def test_nobody_is_told_to_stop_at_first() -> None:
    assert not stopping.is_stopping()
    assert stopping.seconds_left() is None
    assert not stopping.wait(0.01)


def test_time_runs_out_from_the_first_stop(told_to_stop: Callable[[float], None]) -> None:
    told_to_stop(10)
    stopping.stop()
    left = stopping.seconds_left()
    assert left is not None
    assert left == pytest.approx(stopping.GRACE_SECONDS - 10, abs=0.5)
    assert stopping.wait(30)


def test_what_is_written_last_is_tried_no_longer_than_there_is_time(
    told_to_stop: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        raise AssertionError("there is nowhere to write to")

    told_to_stop(stopping.GRACE_SECONDS - 1)
    started = time.monotonic()
    monkeypatch.setattr(insisting, "db", _Gone())
    with pytest.raises(OperationalError):
        insisting.insist(write)
    assert time.monotonic() - started < 3


class _Gone:
    """A database that is away: every statement fails."""

    def connect(self, reuse_if_open: bool = False) -> None:
        raise OperationalError("away, for a test")

    def in_transaction(self) -> bool:
        return False

    def close(self) -> None:
        pass


def stop(process: Any) -> float:
    """Tell all of its processes to stop, as the platform does, and return how long it took."""
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(timeout=LONGEST_STOP_SECONDS)
    return time.monotonic() - started


@pytest.mark.commits
def test_a_worker_in_a_flood_stops_in_time_and_holds_nothing(
    config: Config, tmp_path: Path
) -> None:
    """What was in its hands is sent or waits; another worker sends the rest, each once."""
    now = clock.now()
    texts = [
        make_message(now, message_type="note", message_content="hello", phone=f"+1512555{n:04d}")
        for n in range(120)
    ]
    with Sink() as sink:
        reachable = replace(config, n8n_webhook_url=sink.url)
        with running_worker(reachable, tmp_path / "first", MESSAGES_PER_SECOND="40") as process:
            assert sink.wait_for(20, timeout_seconds=20)
            assert stop(process) < 10
        cut = {row.status for row in EventMessage.select(EventMessage.status)}
        assert cut <= {"scheduled", "queued", "sent"}
        with running_worker(reachable, tmp_path / "second", MESSAGES_PER_SECOND="40"):
            assert eventually(
                lambda: EventMessage.select().where(EventMessage.status == "sent").count() == 120,
                timeout_seconds=40,
            )
    assert len(sink.requests) == len({request.key for request in sink.requests}) == len(texts)


@contextmanager
def database_gone(config: Config) -> Iterator[None]:
    """End every connection but this test's, and let nobody connect."""
    name = db.execute_sql("SELECT current_database()").fetchone()[0]
    elsewhere = psycopg2.connect(config.database_url.replace(f"/{name}", "/postgres", 1))
    elsewhere.autocommit = True
    with closing(elsewhere), elsewhere.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            db.execute_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@pytest.mark.commits
def test_a_worker_that_lost_its_database_stops_in_time(config: Config, tmp_path: Path) -> None:
    """It has a text in the air whose end it can not write down; the rescue judges that later."""
    release = threading.Event()

    def slowly(request: Request) -> Answer:
        return replace(accept(request), wait_for=release)

    text = make_message(
        clock.now(), message_type="note", message_content="hello", phone="+15125550100"
    )
    with (
        Sink(slowly) as sink,
        running_worker(replace(config, n8n_webhook_url=sink.url), tmp_path / "log") as process,
    ):
        assert sink.wait_for(1, timeout_seconds=20), (tmp_path / "log").read_text()
        with database_gone(config):
            release.set()
            assert stop(process) < LONGEST_STOP_SECONDS
    assert EventMessage.get_by_id(text.id).status == "sending"
    assert len(sink.requests) == 1
