"""Erasing beside somebody who sends, writes or answers: one of them is first, none is half done."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event as Signal
from typing import Any

import pytest

from actors.n8n.outcomes import Outcome, Verdict
from actors.people import erasing
from actors.people.erasing import NotNowError
from actors.sending.delivery import deliver
from models import erasing as erasing_rows
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.opt_out import SmsOptOut
from tests.factories import make_event, make_message
from tests.fakes import FakeGateway
from tests.introduced import Introduced, at_once, introduce, received, says, two_who_attend
from tests.worker import eventually

pytestmark = pytest.mark.commits


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now, introductions_at=now, ends_at=now + timedelta(hours=5), matching_status="completed"
    )


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


@pytest.fixture
def pair(event: Event, now: datetime) -> Introduced:
    return introduce(event, *two_who_attend(event), now=now, message_content="Meet them")


def in_a_thread(pool: ThreadPoolExecutor, act: Any) -> Any:
    def run() -> Any:
        # Whoever sends gives its connection back meanwhile, and has another one afterwards.
        db.connect()
        try:
            return act()
        finally:
            if not db.is_closed():
                db.close()

    return pool.submit(run)


def waiting() -> int:
    """Return how many connections wait for what somebody else has locked."""
    number: int = db.execute_sql(
        "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
    ).fetchone()[0]
    return number


class Halting(FakeGateway):
    """An n8n that answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may_answer = Signal(), Signal()

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        self.asked.set()
        assert self.may_answer.wait(20)
        super().send(payload, webhook_id, now)
        return Outcome(Verdict.ACCEPTED, ghl_message_id="ghl-1", ghl_contact_id="contact-1")


def test_a_text_in_the_air_is_waited_for_and_its_answer_brings_nothing_back(
    pool: ThreadPoolExecutor, pair: Introduced, event: Event, now: datetime, config: Config
) -> None:
    text = make_message(now, event=event, contractor=pair.first, match=pair.match,
                        message_type="break_prompt", message_content="Now?")  # fmt: skip
    gateway = Halting()
    sending = in_a_thread(
        pool, lambda: deliver(text.id, now=lambda: now, gateway=gateway, config=config)
    )
    assert gateway.asked.wait(20)
    for person in (pair.first, pair.second):
        with pytest.raises(NotNowError):
            erasing.erase(person.id, now=now)
    gateway.may_answer.set()
    sending.result(timeout=20)
    erasing.erase(pair.first.id, now=now)
    left = EventMessage.get_by_id(text.id)
    assert (left.status, left.phone, left.ghl_contact_id) == ("sent", None, None)
    assert Contractor.get_by_id(pair.first.id).ghl_contact_id is None


def test_whoever_is_about_to_send_waits_and_then_sends_nothing(
    pool: ThreadPoolExecutor, pair: Introduced, event: Event, now: datetime, config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    about = {"event": event, "match": pair.match, "message_type": "break_prompt"}
    texts = [
        make_message(now, contractor=person, message_content="Now?", **about)
        for person in (pair.first, pair.second)
    ]
    gateway, tried = FakeGateway(), []
    erase_texts = erasing_rows.erase_texts

    def meanwhile(ids: Any, *, now: datetime) -> None:
        for text in texts:
            tried.append(in_a_thread(pool, lambda key=text.id: deliver(
                key, now=lambda: now, gateway=gateway, config=config)))  # fmt: skip
        assert eventually(lambda: waiting() == 2)
        erase_texts(ids, now=now)

    monkeypatch.setattr(erasing_rows, "erase_texts", meanwhile)
    erasing.erase(pair.first.id, now=now)
    for trial in tried:
        trial.result(timeout=20)
    assert len(tried) == 2
    assert gateway.posts == []
    assert {EventMessage.get_by_id(text.id).status for text in texts} == {"cancelled"}


@pytest.mark.parametrize("text", ["YES", "STOP", "hello"])
def test_a_reply_at_the_same_moment_is_from_the_person_or_from_a_stranger(
    pool: ThreadPoolExecutor, pair: Introduced, now: datetime, config: Config, text: str
) -> None:
    phone = pair.first.phone
    at_once(
        pool,
        lambda: says(pair.first, text, now=now, config=config),
        lambda: says(pair.second, "YES", now=now, config=config),
        lambda: erasing.erase(pair.first.id, now=now),
    )
    [reply] = EventMessage.select().where(
        (EventMessage.direction == "inbound") & EventMessage.contractor.is_null()
        | (EventMessage.contractor == pair.first.id) & (EventMessage.direction == "inbound")
    )
    if reply.contractor_id is None:
        assert reply.phone == phone, "it came after, from nobody whom we know"
    else:
        assert (reply.phone, reply.message_content) == (None, "[erased]")
    is_out = SmsOptOut.select().where(SmsOptOut.phone == phone).exists()
    assert is_out == (text == "STOP" and reply.contractor_id is None)
    waiting = EventMessage.select().where(EventMessage.status.in_(("scheduled", "queued")))
    assert not waiting.where(EventMessage.contractor == pair.first.id).exists()
    told = waiting.where(EventMessage.message_type == "contact_exchange")
    assert not told.exists(), "nobody is given an erased person's contacts"


def test_a_reply_waits_while_its_person_is_erased(
    pool: ThreadPoolExecutor, pair: Introduced, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    erase_texts = erasing_rows.erase_texts

    def meanwhile(ids: Any, *, now: datetime) -> None:
        begun.append(in_a_thread(pool, lambda: received(pair.first, "hello", now=now)))
        assert eventually(lambda: waiting() == 1)
        erase_texts(ids, now=now)

    monkeypatch.setattr(erasing_rows, "erase_texts", meanwhile)
    erasing.erase(pair.first.id, now=now)
    stored = EventMessage.get_by_id(begun[0].result(timeout=20))
    assert stored.contractor_id is None


def test_two_who_erase_each_others_peers_at_once_do_not_wait_for_ever(
    pool: ThreadPoolExecutor, pair: Introduced, now: datetime
) -> None:
    def erase(person: Contractor) -> bool:
        try:
            erasing.erase(person.id, now=now)
        except NotNowError:
            return False
        return True

    done = at_once(pool, lambda: erase(pair.first), lambda: erase(pair.second))
    assert any(done)
    erased = Contractor.select().where(Contractor.erased_at.is_null(False)).count()
    assert erased == sum(done)
