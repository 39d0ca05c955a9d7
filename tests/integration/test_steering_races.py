"""Several who steer, send or stop at once: nobody waits for ever, each text has one fate."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.control import steering
from actors.control.steering import Scope
from actors.conversation.consent import phones_of, stop
from actors.sending.delivery import deliver
from models import inbound
from models.base import db
from models.config import Config
from models.message import EventMessage
from tests.factories import make_attendee, make_contractor, make_event, make_message
from tests.fakes import FakeGateway

WHY = "the organiser says so"


@pytest.mark.commits
def test_two_who_cancel_and_a_stop_do_not_lock_each_other_out(now: datetime) -> None:
    event = make_event(now)
    person = make_attendee(event, make_contractor(phone="+15125550123")).contractor
    for number in range(40):
        make_message(now + timedelta(seconds=-number), event=event, contractor=person, match=None)

    def in_thread(act: Callable[[], Any]) -> Any:
        with db.connection_context():
            return act()

    def obey_stop() -> None:
        with db.atomic():
            phones = phones_of(person.phone, person)
            for phone in phones:
                inbound.lock_phone(phone)
            stop(phones, person, now=now)

    scopes = [Scope(event_id=event.id), Scope(contractor_id=person.id)]
    acts: list[Callable[[], Any]] = [obey_stop]
    acts += [
        lambda scope=scope: steering.cancel_texts(scope, reason=WHY, now=now) for scope in scopes
    ]
    with ThreadPoolExecutor(6) as threads:
        results = list(threads.map(in_thread, acts * 2))
    assert sum(result or 0 for result in results) <= 40
    assert {text.status for text in EventMessage.select()} == {"cancelled"}


@pytest.mark.commits
def test_two_who_retry_one_text_plan_one(now: datetime) -> None:
    failed = make_message(now, phone="+15125550100", message_type="note", message_content="Hi.")
    EventMessage.update(status="failed").where(EventMessage.id == failed.id).execute()

    def press(_number: int) -> int | None:
        with db.connection_context():
            return steering.retry(failed.id, now=now)

    with ThreadPoolExecutor(4) as threads:
        planned = list(threads.map(press, range(4)))
    assert sum(new is not None for new in planned) == 1
    assert EventMessage.select().count() == 2


@pytest.mark.commits
def test_a_text_is_either_cancelled_or_sent(now: datetime, config: Config) -> None:
    event = make_event(now)
    texts = [
        make_message(now, event=event, contractor=make_attendee(event).contractor)
        for _ in range(30)
    ]
    gateway = FakeGateway()

    def send(text: EventMessage) -> None:
        with db.connection_context():
            deliver(text.id, now=lambda: now, gateway=gateway, config=config)

    def cancel() -> int:
        with db.connection_context():
            return steering.cancel_texts(Scope(event_id=event.id), reason=WHY, now=now)

    with ThreadPoolExecutor(4) as threads:
        first = [threads.submit(send, text) for text in texts[:10]]
        cancelling = threads.submit(cancel)
        rest = [threads.submit(send, text) for text in texts[10:]]
        for sending in first + rest:
            sending.result()
        cancelled = cancelling.result()
    statuses = [text.status for text in EventMessage.select()]
    assert set(statuses) <= {"sent", "cancelled"}
    assert statuses.count("cancelled") == cancelled
    assert len(gateway.posts) == len(texts) - cancelled
