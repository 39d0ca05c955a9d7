"""What may go wrong round one text on its way out, and must not lose, repeat or misdirect it."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.conversation import delivery_reports
from actors.conversation.delivery_reports import DeliveryReport
from actors.n8n.gateway import N8nGateway
from actors.n8n.outcomes import Outcome, Verdict
from actors.planning.rescue import rescue
from actors.sending.delivery import deliver
from models import clock as database_clock
from models.base import db
from models.contractor import Contractor
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch
from tests.conftest import settings
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.fakes import FakeGateway, SetClock
from tests.sink import Answer, Sink

WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"
UNKNOWN = Outcome(Verdict.UNKNOWN, "n8n did not answer in time")


def introduction(now: datetime, **columns: Any) -> EventMessage:
    event = make_event(now)
    person = make_attendee(event).contractor
    match = make_match(event, person, make_contractor())
    return make_message(now, event=event, contractor=person, match=match, **columns)


def reread(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)


class ReportingGateway(FakeGateway):
    """An n8n that texts, lets the provider report, and then does not answer in time."""

    def __init__(self, clock: SetClock, reported: str) -> None:
        super().__init__([UNKNOWN])
        self._clock, self._reported = clock, reported

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        message_id = payload["send_via_ghl"]["message_id"]
        report = DeliveryReport(self._reported, message_id=message_id, ghl_message_id="g-1")
        delivery_reports.record(report, now=self._clock())
        return super().send(payload, webhook_id, now)


@pytest.mark.parametrize(("reported", "status"), [("delivered", "delivered"), ("sent", "sent")])
def test_a_text_that_the_provider_reported_is_not_held_as_doubtful(
    clock: SetClock, reported: str, status: str
) -> None:
    message = introduction(clock())
    gateway = ReportingGateway(clock, reported)
    deliver(message.id, now=clock, gateway=gateway, config=settings())
    row = reread(message)
    assert (row.status, row.error_message, row.actual_send_time) == (status, None, clock())
    assert EventPeerMatch.get_by_id(message.match_id).introduction_sent_time == clock()


def test_a_report_counts_for_a_text_whose_sender_died(clock: SetClock) -> None:
    message = introduction(
        clock(),
        status=MessageStatus.SENDING,
        lease_until=clock() - timedelta(seconds=1),
        delivery_report={"status": "delivered", "reports": []},
    )
    rescue(now=clock(), config=settings())
    assert reread(message).status == "delivered"


def test_a_report_of_failure_leaves_a_doubtful_text_to_a_person(clock: SetClock) -> None:
    message = introduction(clock())
    gateway = ReportingGateway(clock, "failed")
    deliver(message.id, now=clock, gateway=gateway, config=settings())
    assert reread(message).status == "held"


def test_an_opt_out_report_is_about_the_phone_that_got_the_text(clock: SetClock) -> None:
    message = introduction(clock())
    texted = message.contractor.phone
    deliver(message.id, now=clock, gateway=FakeGateway(), config=settings())
    Contractor.update(phone="+15125559999").where(Contractor.id == message.contractor_id).execute()
    report = DeliveryReport("opt_out", message_id=message.id)
    delivery_reports.record(report, now=clock())
    assert has_opted_out(texted)
    assert has_opted_out("+15125559999")


def test_help_is_answered_after_the_event_was_cancelled(clock: SetClock) -> None:
    event = make_event(clock(), cancelled_at=clock())
    message = make_message(
        clock(),
        event=event,
        message_type=MessageType.HELP_REPLY,
        message_category=MessageCategory.COMPLIANCE,
        message_content="Reply STOP to opt out.",
        phone="+15125550123",
    )
    deliver(message.id, now=clock, gateway=FakeGateway(), config=settings())
    assert reread(message).status == "sent"


def test_a_text_that_can_not_be_worded_still_ends_with_the_event(clock: SetClock) -> None:
    message = introduction(clock(), personalization_data=["not what it should be"])
    clock.advance(hours=5)
    deliver(message.id, now=clock, gateway=FakeGateway(), config=settings())
    assert reread(message).status == "failed"


@contextmanager
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def deliver_elsewhere(message_id: int, gateway: FakeGateway) -> None:
    with db.connection_context():
        deliver(message_id, now=database_clock.now, gateway=gateway, config=settings())


@pytest.mark.commits
def test_an_import_that_holds_people_does_not_hold_up_their_texts(now: datetime) -> None:
    message = introduction(now)
    accepted = Outcome(Verdict.ACCEPTED, ghl_message_id="g-1", ghl_contact_id="c-1")
    gateway = FakeGateway([accepted])
    with elsewhere() as threads:
        with db.atomic():
            Contractor.update(job_title="Owner").execute()
            threads.submit(deliver_elsewhere, message.id, gateway).result(timeout=10)
        assert reread(message).status == "sent"


@pytest.mark.commits
def test_a_phone_that_changed_just_now_is_the_one_that_is_texted(now: datetime) -> None:
    message = introduction(now)
    gateway = FakeGateway()
    with elsewhere() as threads:
        with db.atomic():
            EventMessage.update(delay_minutes=1).where(EventMessage.id == message.id).execute()
            sending = threads.submit(deliver_elsewhere, message.id, gateway)
            while not db.execute_sql(WAITING_FOR_A_LOCK).fetchone()[0]:
                assert not sending.done(), "the sender did not wait for the text's row"
            Contractor.update(phone="+15125559999").where(
                Contractor.id == message.contractor_id
            ).execute()
        sending.result(timeout=10)
    assert [part["phone"] for _, part in gateway.posts] == ["+15125559999"]


class OneAtATime(FakeGateway):
    """An n8n that answers when it may, and counts how many texts it has in hand."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()
        self._counting = threading.Lock()
        self.in_hand = self.most_in_hand = 0

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        with self._counting:
            self.in_hand += 1
            self.most_in_hand = max(self.most_in_hand, self.in_hand)
        self.may_answer.wait(timeout=10)
        with self._counting:
            self.in_hand -= 1
            return super().send(payload, webhook_id, now)


@pytest.mark.commits
def test_of_two_claims_at_once_one_goes_first(now: datetime) -> None:
    first = introduction(now)
    second = make_message(
        now,
        event=first.event,
        contractor=first.contractor,
        message_type="note",
        message_content="Hi",
    )
    gateway = OneAtATime()
    ready = threading.Barrier(4)

    def send(message_id: int) -> None:
        ready.wait(timeout=10)
        deliver_elsewhere(message_id, gateway)

    with ThreadPoolExecutor(4) as threads:
        sending = [threads.submit(send, key) for key in (first.id, second.id, first.id, second.id)]
        others = as_completed(sending, timeout=20)
        for _ in range(3):
            next(others).result()
        gateway.may_answer.set()
        next(others).result()
    assert gateway.most_in_hand == 1, "two texts to one person were in the air together"
    assert len(gateway.keys) == len(set(gateway.keys)) == 1
    for message in (first, second):
        deliver(message.id, now=database_clock.now, gateway=gateway, config=settings())
    assert len(gateway.keys) == len(set(gateway.keys)) == 2


@pytest.mark.parametrize("odd", ["x" * 300, "nul\0", {"error": "x"}, True, "", None])
def test_an_odd_id_in_an_answer_does_not_undo_that_it_was_accepted(
    clock: SetClock, odd: Any
) -> None:
    message = introduction(clock())
    with Sink(lambda _: Answer(200, {"ghl_message_id": odd, "ghl_contact_id": odd})) as sink:
        config = settings(N8N_WEBHOOK_URL=sink.url)
        deliver(message.id, now=clock, gateway=N8nGateway(config), config=config)
    row = reread(message)
    assert (row.status, row.ghl_message_id) == ("sent", None)


def test_headers_and_body_share_one_time_limit(now: datetime) -> None:
    """A worker that is told to stop has twenty seconds; two waits in a row would outlast them."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def dawdle() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                time.sleep(0.6)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
                over.wait(timeout=10)

        url = f"http://127.0.0.1:{server.getsockname()[1]}/webhook"
        with ThreadPoolExecutor(1) as threads:
            threads.submit(dawdle)
            started = time.monotonic()
            gateway = N8nGateway(settings(N8N_WEBHOOK_URL=url, HTTP_TIMEOUT_SECONDS="1"))
            outcome = gateway.send({"send_via_ghl": {}}, "msg_1_1", now)
            took = time.monotonic() - started
            over.set()
    assert outcome.verdict is Verdict.ACCEPTED
    assert took < 1.4
