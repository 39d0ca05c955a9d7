"""Fewer connections than threads: whoever finds none waits, and nobody holds one for nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import psycopg2
import pytest
from playhouse.pool import MaxConnectionsExceeded

from actors.leader import PlannerThread
from actors.sending.delivery import deliver
from models import base, clock, service_state
from models.base import db, init_database
from models.config import Config
from models.message import EventMessage
from tests.certificates import issue
from tests.debian_postgres import SecuredPostgres
from tests.factories import make_message
from tests.fakes import FakeGateway
from tests.servers import data_folder
from tests.worker import eventually

pytestmark = pytest.mark.commits


@pytest.fixture
def small_pool(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Return what makes the pool that small; this test holds one of its connections."""

    def resize(connections: int) -> None:
        db.close()
        init_database(config.database_url, max_connections=connections)
        db.connect()

    yield resize
    monkeypatch.undo()
    db.close_all()
    init_database(config.database_url)
    db.connect()


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Return what the work returns, or the error that ended it."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    return found[0]


def test_whoever_finds_none_waits_until_one_is_given_back(
    small_pool: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pool(2)
    taken, free = threading.Event(), threading.Event()

    def hold() -> None:
        with db.connection_context():
            taken.set()
            free.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(30)
    wait = db._pool_available.wait

    def wait_until_given_back(timeout: float) -> bool:
        free.set()
        return wait(30)

    monkeypatch.setattr(db._pool_available, "wait", wait_until_given_back)
    assert in_a_thread(lambda: db.connect() and db.close()) is True
    assert free.is_set(), "it did not have to wait"
    holder.join()


def test_nobody_waits_for_ever(
    small_pool: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pool(1)
    monkeypatch.setattr(base, "POOL_WAIT_SECONDS", 0.1)
    assert isinstance(in_a_thread(db.connect), MaxConnectionsExceeded)


def test_a_server_that_is_full_is_waited_for(
    small_pool: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while a release replaces processes that still hold what the plan allows."""
    with ExitStack() as stack:
        folder = stack.enter_context(data_folder())
        certificates = issue(folder / "certificates", "localhost")
        server = SecuredPostgres(folder, certificates, most_connections=1)
        stack.enter_context(server)
        old = psycopg2.connect(server.url)
        db.close()
        init_database(server.url)
        monkeypatch.setattr(db._pool_available, "wait", lambda timeout: old.close())
        with db.connection_context():
            assert db.execute_sql("SELECT 1").fetchone() == (1,)
        db.close_all()
    assert old.closed


@pytest.mark.parametrize("read_clock", [None, clock.now], ids=["carried-on", "the-database's"])
def test_a_text_holds_no_connection_while_n8n_thinks(
    config: Config, now: datetime, read_clock: Callable[[], datetime] | None
) -> None:
    text = make_message(now, message_type="note", message_content="hi", phone="+15125550100")
    seen = []

    class Looking(FakeGateway):
        def send(self, *arguments: Any, **named: Any) -> Any:
            seen.append(db.is_closed())
            return super().send(*arguments, **named)

    deliver(text.id, now=read_clock, gateway=Looking(), config=config)
    assert seen == [True]
    assert not db.is_closed()
    assert EventMessage.get_by_id(text.id).status == "sent"


def test_whoever_opened_one_for_a_block_keeps_it() -> None:
    db.close()
    with db.connection_context():
        db.give_back()
        assert not db.is_closed()
        with db.atomic():
            db.give_back()
            assert not db.is_closed()
    db.connect()
    db.give_back()
    assert db.is_closed()
    db.connect()


def test_a_leader_keeps_its_connection(
    small_pool: Callable[[int], None], config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the threads do with theirs, the planner is never kept waiting."""
    small_pool(2)
    planner = PlannerThread(config, delay_slots=4000)
    planner.start()
    try:
        assert eventually(lambda: service_state.read(service_state.PLANNER) is not None)
        # Longer than from one look to the next.
        monkeypatch.setattr(base, "POOL_WAIT_SECONDS", 1.5)
        assert isinstance(in_a_thread(db.connect), MaxConnectionsExceeded)
    finally:
        planner.stop()
        planner.join(timeout=10)
    assert in_a_thread(lambda: db.connect() and db.close()) is True
