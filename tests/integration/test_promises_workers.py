"""Two real workers and what may happen to them: nobody is texted twice, and nothing is lost."""

import os
import signal
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg2
import pytest

from models import clock
from models.base import db
from models.config import Config
from models.message import EventMessage
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
            # What it was posting at that moment keeps its lease for a minute, then is held.
            assert eventually(lambda: statuses().keys() <= {"sent", "sending"}, 60), statuses()
    left = statuses()
    assert left["sending"] <= 4
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
