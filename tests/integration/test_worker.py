"""A real worker process, real Redis and PostgreSQL, and a real HTTP server for n8n."""

import os
import signal
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from actors.broker import broker
from models import clock, service_state
from models.config import Config
from models.message import EventMessage
from models.message_status import MessageStatus
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_event, make_event_with_lunch, make_message
from tests.sink import Answer, Request, Sink, accept
from tests.worker import eventually, running_worker

pytestmark = pytest.mark.commits


def statuses() -> dict[str, int]:
    found: dict[str, int] = {}
    for (status,) in EventMessage.select(EventMessage.status).tuples():
        found[status] = found.get(status, 0) + 1
    return found


def test_an_event_is_matched_and_introduced_by_its_own_clock(
    config: Config, tmp_path: Path
) -> None:
    with (
        Sink() as sink,
        running_worker(
            replace(config, n8n_webhook_url=sink.url), tmp_path / "log", MESSAGES_PER_SECOND="50"
        ),
    ):
        # At 300 times its speed matching is 3 s before lunch, introductions are 1 s after.
        event = make_event_with_lunch(clock.now() + timedelta(seconds=6), time_scale=300)
        for _ in range(10):
            make_attendee(event)
        assert eventually(lambda: EventPeerMatch.select().exists()), (tmp_path / "log").read_text()
        planned = EventMessage.select().count()
        assert planned == 2 * EventPeerMatch.select().count()
        assert eventually(lambda: statuses() == {"sent": planned})

        assert len(sink.requests) == len({request.key for request in sink.requests}) == planned
        for text in EventMessage.select():
            assert (
                timedelta(0) <= text.actual_send_time - text.scheduled_time < timedelta(seconds=3)
            )


def test_a_text_due_soon_leaves_at_its_second(config: Config, tmp_path: Path) -> None:
    with (
        Sink() as sink,
        running_worker(replace(config, n8n_webhook_url=sink.url), tmp_path / "log"),
    ):
        assert eventually(lambda: service_state.read(service_state.PLANNER) is not None)
        event = make_event(clock.now())
        person = make_attendee(event).contractor
        message = make_message(
            clock.now() + timedelta(seconds=4),
            event=event,
            contractor=person,
            message_content="On time.",
        )
        assert eventually(lambda: statuses() == {"sent": 1}), (tmp_path / "log").read_text()
        sent = EventMessage.get_by_id(message.id)
    assert timedelta(0) <= sent.actual_send_time - sent.scheduled_time < timedelta(seconds=1)


def test_what_redis_loses_is_sent_all_the_same(config: Config, tmp_path: Path) -> None:
    event = make_event(clock.now())
    person = make_attendee(event).contractor
    lost = make_message(
        clock.now() - timedelta(seconds=30),
        event=event,
        contractor=person,
        message_content="Found again.",
        status=MessageStatus.QUEUED,
        wake_at=clock.now() - timedelta(seconds=30),
    )
    broker.client.flushdb()
    with (
        Sink() as sink,
        running_worker(replace(config, n8n_webhook_url=sink.url), tmp_path / "log"),
    ):
        assert eventually(lambda: EventMessage.get_by_id(lost.id).status == "sent")
    assert len(sink.requests) == 1


def test_a_second_sigterm_does_not_cut_a_text_short(config: Config, tmp_path: Path) -> None:
    release = threading.Event()

    def slowly(request: Request) -> Answer:
        answer = accept(request)
        return Answer(answer.code, answer.body, wait_for=release)

    event = make_event(clock.now())
    person = make_attendee(event).contractor
    message = make_message(
        clock.now(), event=event, contractor=person, message_content="Almost there."
    )
    with (
        Sink(slowly) as sink,
        running_worker(replace(config, n8n_webhook_url=sink.url), tmp_path / "log") as process,
    ):
        assert sink.wait_for(1, timeout_seconds=20), (tmp_path / "log").read_text()
        os.killpg(process.pid, signal.SIGTERM)
        os.killpg(process.pid, signal.SIGTERM)
        threading.Timer(1.0, release.set).start()
        process.wait(timeout=25)
    assert EventMessage.get_by_id(message.id).status == "sent"
    assert len(sink.requests) == 1
