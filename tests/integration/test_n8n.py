"""What we make of n8n's answers, over real sockets."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import urllib3
from standardwebhooks.webhooks import Webhook

from actors.n8n.gateway import N8nGateway
from actors.n8n.outcomes import Outcome, Verdict
from models.embedded import free_port
from tests.conftest import WEBHOOK_SECRET, settings
from tests.sink import Answer, Sink

PAYLOAD = {"send_via_ghl": {"phone": "+15125550100", "message": "Olá 👋"}}


def post(sink_url: str, now: datetime, **changes: str) -> Outcome:
    gateway = N8nGateway(settings(N8N_WEBHOOK_URL=sink_url, **changes))
    return gateway.send(PAYLOAD, "msg_1_1", now)


def test_a_request_is_signed_identified_and_authorised(now: datetime) -> None:
    with Sink() as sink:
        outcome = post(sink.url, now)
    request = sink.requests[0]
    assert Webhook(WEBHOOK_SECRET).verify(request.raw, request.headers) == PAYLOAD
    assert request.headers["webhook-id"] == request.headers["idempotency-key"] == "msg_1_1"
    assert request.headers["authorization"] == "Bearer n8n-token-for-tests"
    assert outcome == Outcome(
        Verdict.ACCEPTED, ghl_message_id="ghl-msg_1_1", ghl_contact_id="contact-1"
    )


@pytest.mark.parametrize(
    ("answer", "drops", "verdict"),
    [
        (Answer(200, {"ghl_message_id": "a"}), "0", Verdict.ACCEPTED),
        (Answer(201, [{"ghl_message_id": "a"}]), "1", Verdict.ACCEPTED),
        (Answer(200), "0", Verdict.ACCEPTED),
        (Answer(200), "1", Verdict.UNKNOWN),
        (Answer(200, {"ghl_message_id": "a"}, breaks="after_headers"), "0", Verdict.ACCEPTED),
        (Answer(200, {"ghl_message_id": "a"}, breaks="after_headers"), "1", Verdict.UNKNOWN),
        (Answer(302, headers={"Location": "/other"}), "0", Verdict.NOT_ACCEPTED),
        (Answer(400), "0", Verdict.REJECTED),
        (Answer(401), "0", Verdict.NOT_ACCEPTED),
        (Answer(403), "0", Verdict.NOT_ACCEPTED),
        (Answer(404), "0", Verdict.NOT_ACCEPTED),
        (Answer(408), "0", Verdict.UNKNOWN),
        (Answer(409), "0", Verdict.REJECTED),
        (Answer(409), "1", Verdict.UNDECIDABLE),
        (Answer(413), "0", Verdict.REJECTED),
        (Answer(425), "0", Verdict.NOT_ACCEPTED),
        (Answer(429), "0", Verdict.NOT_ACCEPTED),
        (Answer(500), "0", Verdict.UNKNOWN),
        (Answer(503), "1", Verdict.UNKNOWN),
        (Answer(breaks="before"), "0", Verdict.UNKNOWN),
    ],
)
def test_each_answer_has_one_meaning(
    now: datetime, answer: Answer, drops: str, verdict: Verdict
) -> None:
    with Sink(lambda _request: answer) as sink:
        outcome = post(sink.url, now, N8N_DROPS_REPEATS=drops)
    assert len(sink.requests) == 1
    assert outcome.verdict == verdict


def test_a_wrong_address_or_token_raises_the_alarm(now: datetime) -> None:
    for code in (401, 403, 404):
        with Sink(lambda _request, code=code: Answer(code)) as sink:
            outcome = post(sink.url, now)
        assert outcome.alarm
        assert str(code) in outcome.reason


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("100000", 600.0), ("-5", 0.0), ("soon", None), ("", None)],
)
def test_retry_after_is_read_within_reason(
    now: datetime, header: str, seconds: float | None
) -> None:
    answer = Answer(429, headers={"Retry-After": header})
    with Sink(lambda _request: answer) as sink:
        assert post(sink.url, now).retry_after_seconds == seconds


def test_nobody_listening_is_surely_not_accepted(now: datetime) -> None:
    outcome = post(f"http://127.0.0.1:{free_port()}/webhook", now)
    assert (outcome.verdict, outcome.has_left) == (Verdict.NOT_ACCEPTED, False)


def test_a_name_that_does_not_resolve_is_surely_not_accepted(now: datetime) -> None:
    outcome = post("http://n8n.invalid/webhook", now)
    assert (outcome.verdict, outcome.has_left) == (Verdict.NOT_ACCEPTED, False)


def test_an_answer_that_does_not_come_is_unknown(now: datetime) -> None:
    release = threading.Event()
    with Sink(lambda _request: Answer(wait_for=release)) as sink:
        outcome = post(sink.url, now, HTTP_TIMEOUT_SECONDS="1")
        release.set()
    assert outcome.verdict == Verdict.UNKNOWN


def test_what_connecting_takes_is_not_added_to_the_whole_time(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = urllib3.util.connection.create_connection

    def connect_slowly(*args: Any, **named: Any) -> Any:
        time.sleep(0.8)
        return connect(*args, **named)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", connect_slowly)
    release = threading.Event()
    with Sink(lambda _request: Answer(wait_for=release)) as sink:
        started = time.monotonic()
        outcome = post(sink.url, now, HTTP_TIMEOUT_SECONDS="1")
        took = time.monotonic() - started
        release.set()
    assert outcome == Outcome(Verdict.UNKNOWN, "n8n did not answer in time")
    assert took < 1.6


def test_a_kept_connection_carries_the_next_request(now: datetime) -> None:
    with Sink() as sink:
        gateway: Any = N8nGateway(settings(N8N_WEBHOOK_URL=sink.url))
        verdicts = {gateway.send(PAYLOAD, f"msg_{n}_1", now).verdict for n in range(5)}
    assert verdicts == {Verdict.ACCEPTED}
    assert len(sink.requests) == 5


def test_looking_whether_n8n_is_there_texts_nobody(now: datetime) -> None:
    with Sink() as sink:
        assert N8nGateway(settings(N8N_WEBHOOK_URL=sink.url)).probe()
    assert (len(sink.probes), sink.requests) == (1, [])
    assert not N8nGateway(settings(N8N_WEBHOOK_URL=sink.url)).probe(), "its port is closed"


@pytest.mark.parametrize(
    ("code", "is_there"), [(405, True), (501, True), (500, False), (503, False)]
)
def test_n8n_is_there_when_it_only_does_not_know_the_method(code: int, is_there: bool) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self.send_error(code)

        def log_message(self, *_args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server, ThreadPoolExecutor(1) as threads:
        threads.submit(server.handle_request)
        url = f"http://127.0.0.1:{server.server_address[1]}/webhook"
        assert N8nGateway(settings(N8N_WEBHOOK_URL=url)).probe() == is_there
