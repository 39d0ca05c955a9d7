"""A text that comes in is stored by one statement: whose it is, locked, once, in its turn."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.conversation.receiving import Inbound, Received, receive
from models import inbound
from models.base import db
from models.message import EventMessage
from models.opt_out import has_opted_out
from models.receiving import Stored, store
from tests.factories import make_contractor, make_event, make_message

OLD, NEW = "+15125550123", "+15125550124"
HELD_HERE = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def reply(text: str = "YES", **columns: Any) -> Inbound:
    known = {"phone": OLD, "key": None, "ghl_contact_id": None}
    rest = {"ghl_location_id": None, "ghl_message_id": None, "raw_payload": {}}
    return Inbound(text=text, **{**known, **rest, **columns})


def stored(now: datetime | None, **columns: Any) -> Stored:
    return store(**{**vars(reply()), **columns}, now=now)


def locks_held_here() -> int:
    count: int = db.execute_sql(HELD_HERE).fetchone()[0]
    return count


@contextmanager
def while_it_waits(work: Callable[[], Received]) -> Iterator[Future[Received]]:
    """Hold the phone until the block ends, with somebody else's work waiting for it."""

    def in_another_connection() -> Received:
        with db.connection_context():
            return work()

    with ThreadPoolExecutor(1) as threads, db.atomic():
        inbound.lock_phone(OLD)
        waiting = threads.submit(in_another_connection)
        while not db.execute_sql(WAITING).fetchone()[0]:
            assert not waiting.done(), "it did not wait"
        yield waiting


def test_a_reply_costs_one_statement_and_no_transaction_of_its_own(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contractor(phone=OLD)
    asked: list[str] = []
    execute = db.execute_sql

    def count(sql: str, params: Any = None) -> Any:
        asked.append(sql.split()[0])
        return execute(sql, params)

    monkeypatch.setattr(db, "execute_sql", count)
    body = {"phone": OLD, "message_content": "YES", "ghl_message_id": "m-1"}
    bearer = {"Authorization": "Bearer n8n-token-for-tests"}
    answer = client.post("/webhooks/n8n/inbound-sms", json=body, headers=bearer)
    assert answer.status_code == 200
    assert [word for word in asked if word not in ("PREPARE", "DEALLOCATE")] == ["EXECUTE"]


def test_whose_phone_it_is_goes_before_whose_contact(now: datetime) -> None:
    by_contact = make_contractor(phone=NEW, ghl_contact_id="c-1")
    by_phone = make_contractor(phone=OLD)
    assert stored(now, ghl_contact_id="c-1").contractor_id == by_phone.id
    assert stored(now, phone="+15125550199", ghl_contact_id="c-1").contractor_id == by_contact.id
    assert stored(now, phone=None, ghl_contact_id="c-1").phones == [NEW]


def test_of_several_with_one_contact_it_is_whom_we_texted_last(now: datetime) -> None:
    people = [make_contractor(phone=None, ghl_contact_id="c-1") for _ in range(3)]
    event = make_event(now)
    for person, minutes in zip(people, (9, 1), strict=False):
        left = now - timedelta(minutes=minutes)
        make_message(left, event=event, contractor=person, status="sent", actual_send_time=left)
    make_message(now, event=event, contractor=people[2], status="scheduled")
    assert stored(now, phone=None, ghl_contact_id="c-1").contractor_id == people[1].id


def test_an_unknown_sender_has_a_phone_and_no_person(now: datetime) -> None:
    make_contractor(phone=None)
    assert stored(now)[1:] == (now, [OLD], None)
    assert stored(now, phone=None, ghl_contact_id="nobody's")[1:] == (now, [], None)


def test_both_phones_that_a_reply_speaks_for_are_locked_in_their_order(now: datetime) -> None:
    make_contractor(phone=OLD, ghl_contact_id="c-1")
    before = locks_held_here()
    assert stored(now, phone=NEW, ghl_contact_id="c-1").phones == [OLD, NEW]
    assert locks_held_here() - before == 2
    inbound.lock_phone(OLD)
    inbound.lock_phone(NEW)
    assert locks_held_here() - before == 2, "they are the locks that everybody takes"


def test_without_a_clock_the_databases_own_time_is_written(now: datetime) -> None:
    row = EventMessage.get_by_id(stored(None).message_id)
    assert now <= row.created_at <= now + timedelta(seconds=5)


@pytest.mark.commits
def test_of_two_texts_from_one_phone_the_later_has_the_higher_id(now: datetime) -> None:
    with while_it_waits(lambda: receive(reply("No, wait"))) as waiting:
        first = receive(reply("YES"))
    second = waiting.result(timeout=20)
    assert second.message_id > first.message_id
    assert (
        EventMessage.get_by_id(second.message_id).created_at
        > EventMessage.get_by_id(first.message_id).created_at
    )


@pytest.mark.commits
@pytest.mark.parametrize("text", ["YES", "STOP"])
def test_a_repeat_that_overtakes_the_commit_of_the_first_is_a_repeat(text: str) -> None:
    with while_it_waits(lambda: receive(reply(text, key="ghl:m-1"))) as waiting:
        first = receive(reply(text, key="ghl:m-1"))
    assert waiting.result(timeout=20) == Received(first.message_id, is_repeat=True)
    assert EventMessage.select().count() == 1
    assert has_opted_out(OLD) == (text == "STOP")
