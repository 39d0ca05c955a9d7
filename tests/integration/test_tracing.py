"""A job names the request that caused it, and the text that it plans carries that on to n8n."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.broker import FOLLOW_UP_QUEUE, broker
from actors.conversation.replies import handle, handle_reply
from actors.n8n.gateway import N8nGateway
from actors.pairing.batch_matching import run_matching
from actors.sending.delivery import deliver
from actors.tracing import CarriesRequestId
from models import log_context
from models.config import Config
from models.event import MatchingStatus
from models.matching_run import MatchingRun, RunKind
from models.message import EventMessage
from tests.factories import make_attendee, make_event, make_match, make_message
from tests.fakes import SetClock
from tests.sink import Sink
from tests.talk import Day

GIVEN = "0a1b2c3d-1234-4321-9876-512555012345"


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[str], list[dict[str, Any]]]:
    """Return the ids that a line of a kind carried, each time it was logged."""
    seen: list[tuple[str, dict[str, Any]]] = []

    class Keep(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            seen.append((record.msg, {**log_context.ids(), **vars(record)}))
            return True

    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(Keep())
    return lambda message: [fields for said, fields in seen if said == message]


def queued(queue: str) -> list[Any]:
    return [json.loads(raw) for raw in broker.client.hgetall(f"dramatiq:{queue}.msgs").values()]


def test_a_webhooks_request_is_named_by_the_job_it_causes(
    client: FlaskClient, config: Config
) -> None:
    answer = client.post(
        "/webhooks/n8n/inbound-sms",
        json={"phone": "+15125550123", "message_content": "YES", "ghl_message_id": "g-1"},
        headers={"Authorization": f"Bearer {config.n8n_webhook_token}", "X-Request-ID": GIVEN},
    )
    assert answer.status_code == 200
    [message] = queued(FOLLOW_UP_QUEUE)
    assert message["options"]["request_id"] == GIVEN


def test_a_job_that_no_request_caused_has_an_id_of_its_own() -> None:
    sent = [handle_reply.send(number).options["request_id"] for number in (1, 2)]
    assert len(set(sent)) == 2
    assert all(map(log_context.is_sound, sent))


def test_a_jobs_lines_name_its_request_and_its_rows_until_it_ends() -> None:
    log_context.begin(request_id=GIVEN)
    message = broker.get_actor("handle_reply").send(41)
    log_context.begin()
    middleware = CarriesRequestId()
    middleware.before_process_message(broker, message)
    assert log_context.ids() == {"request_id": GIVEN, "actor": "handle_reply", "message_id": 41}
    middleware.after_process_message(broker, message)
    assert log_context.ids() == {}
    middleware.before_process_message(broker, message)
    middleware.after_skip_message(broker, message)
    assert log_context.ids() == {}


def test_the_answer_to_a_reply_carries_its_request_to_n8n(
    config: Config, told: Callable[[str], list[dict[str, Any]]]
) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    message_id = day.receive(day.people["Ana"].phone, "YES")
    with log_context.bound(request_id=GIVEN):
        handle(message_id, now=day.clock(), config=config)
    answer = EventMessage.select().where(EventMessage.request_id == GIVEN).get()
    # The planner wakes it, so the job that sends it has another id.
    with Sink() as sink, log_context.bound(request_id="another-job"):
        gateway = N8nGateway(replace(config, n8n_webhook_url=sink.url))
        deliver(answer.id, now=lambda: answer.scheduled_time, gateway=gateway, config=config)
    [request] = sink.requests
    assert request.headers["x-request-id"] == GIVEN
    line = told("text handed to n8n")[-1]
    ids = (line["request_id"], line["message_id"], line["event_id"])
    assert ids == (GIVEN, answer.id, day.event.id)
    [line] = told("reply handled")
    assert (line["request_id"], line["message_id"]) == (GIVEN, message_id)
    assert line["event_id"] == day.event.id


def test_a_text_that_nobody_named_carries_the_job_that_sends_it(
    clock: SetClock, config: Config
) -> None:
    event = make_event(clock())
    people = [make_attendee(event).contractor for _ in range(2)]
    message = make_message(
        clock(), event=event, contractor=people[0], match=make_match(event, *people)
    )
    EventMessage.update(request_id=None).execute()
    with Sink() as sink, log_context.bound(request_id="this-job"):
        gateway = N8nGateway(replace(config, n8n_webhook_url=sink.url))
        deliver(message.id, gateway=gateway, config=config)
    assert sink.requests[0].headers["x-request-id"] == "this-job"


def test_a_batchs_lines_name_its_run_and_its_introductions_the_job(
    clock: SetClock, told: Callable[[str], list[dict[str, Any]]]
) -> None:
    event = make_event(
        clock(),
        matching_status=MatchingStatus.SCHEDULED,
        matching_at=clock(),
        introductions_at=clock() + timedelta(minutes=20),
        ends_at=clock() + timedelta(hours=4),
    )
    for _ in range(2):
        make_attendee(event)
    with log_context.bound(request_id="this-batch"):
        run_matching(event.id, clock(), RunKind.BATCH, now=clock)
    [line] = told("matching completed")
    assert (line["event_id"], line["run_id"]) == (event.id, MatchingRun.get().id)
    assert (line["matches"], line["texts"]) == (1, 2)
    assert {text.request_id for text in EventMessage.select()} == {"this-batch"}
