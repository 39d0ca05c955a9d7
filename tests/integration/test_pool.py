"""Kept connections are handed out without asking the server, and never when it has ended them."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from playhouse.pool import PooledPostgresqlDatabase

from models.base import db
from models.config import Config

pytestmark = pytest.mark.commits


@pytest.fixture
def elsewhere(config: Config) -> Iterator[Callable[..., None]]:
    """Return what runs a statement on a connection that is not ours."""
    other = psycopg2.connect(config.database_url)
    other.autocommit = True

    def run(sql: str, *values: Any) -> None:
        with other.cursor() as cursor:
            cursor.execute(sql, values)

    yield run
    other.close()


def backend() -> int:
    pid: int = db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
    return pid


def again() -> int:
    """Return the connection to the pool, take one, and say which it is."""
    db.close()
    db.connect()
    return backend()


def test_a_kept_connection_is_handed_out_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_args: Any) -> bool:
        raise AssertionError("the server was asked")

    kept = backend()
    monkeypatch.setattr(PooledPostgresqlDatabase, "_is_closed", ask)
    assert again() == kept


def test_one_that_the_server_ended_is_not(elsewhere: Callable[..., None]) -> None:
    ended = backend()
    db.close()
    elsewhere("SELECT pg_terminate_backend(%s, 5000)", ended)
    db.connect()
    assert backend() != ended


def test_one_with_news_waiting_is_asked_and_kept(elsewhere: Callable[..., None]) -> None:
    kept = backend()
    db.execute_sql("LISTEN news")
    db.close()
    elsewhere("NOTIFY news")
    db.connect()
    assert backend() == kept
    db.execute_sql("UNLISTEN news")


def test_one_that_we_closed_is_not() -> None:
    closed = backend()
    connection = db.connection()
    db.close()
    connection.close()
    db.connect()
    assert backend() != closed
