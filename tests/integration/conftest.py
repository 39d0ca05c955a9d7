"""Real PostgreSQL and Redis for integration tests, on free ports, gone afterwards.

Each test runs in a transaction that is rolled back. A test marked `commits` sees its rows from
other processes and threads; the tables are emptied after it.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime

import psycopg2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors.alerts.alerting import Alerting
from actors.broker import broker, connect_broker
from models import clock as database_clock
from models.admin_user import Role
from models.base import db, init_database
from models.config import Config
from models.embedded import EmbeddedServers
from models.migrate import migrate
from models.tables import ALL_TABLES
from tests.admin_site import AdminSite, signed_in
from tests.alerted import Silent
from tests.conftest import settings
from tests.fakes import SetClock
from tests.servers import data_folder
from tests.sink import Answer, Sink


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    with data_folder() as root, EmbeddedServers(root) as started:
        _suit_tests(started.urls["DATABASE_URL"])
        yield started.urls


def _suit_tests(url: str) -> None:
    """Spare the disk, since nothing here need outlive a loss of power; and let no plan of a query
    hang on when a vacuum last came by and how many rows it saw.
    """
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                cursor.execute(f"ALTER SYSTEM SET {setting} = off")
            cursor.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def database_url(servers: dict[str, str]) -> str:
    name = f"peer_test_{os.getpid()}"
    connection = psycopg2.connect(servers["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    url = servers["DATABASE_URL"].replace("/postgres?", f"/{name}?", 1)
    init_database(url)
    migrate()
    return url


@pytest.fixture(scope="session")
def config(database_url: str, servers: dict[str, str]) -> Config:
    return settings(DATABASE_URL=database_url, REDIS_URL=servers["REDIS_URL"])


@pytest.fixture(scope="session")
def app(config: Config) -> Flask:
    from web import create_app

    made = create_app(config)
    made.testing = True
    return made


@pytest.fixture(autouse=True)
def _database(
    request: pytest.FixtureRequest, config: Config, servers: dict[str, str]
) -> Iterator[None]:
    with connected(config, servers):
        if request.node.get_closest_marker("commits"):
            yield
            empty_tables()
        else:
            with db.atomic() as transaction:
                yield
                transaction.rollback()


@contextmanager
def connected(config: Config, servers: dict[str, str]) -> Iterator[None]:
    """Hold a connection to the tests' database, with nothing waiting in Redis."""
    init_database(config.database_url, erasure_key=config.erasure_key)
    connect_broker(servers["REDIS_URL"])
    broker.client.flushdb()
    db.connect()
    try:
        yield
    finally:
        db.close()


def empty_tables() -> None:
    """Remove every row."""
    names = ", ".join(f'"{model._meta.table_name}"' for model in ALL_TABLES)
    # The audit log refuses to be emptied; only a superuser, as in tests, gets round its trigger.
    with db.atomic():
        db.execute_sql("SET LOCAL session_replication_role = replica")
        db.execute_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


@pytest.fixture
def now() -> datetime:
    return database_clock.now()


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    """The browser of an organiser who has signed in."""
    return signed_in(client, now, Role.ORGANISER)


@pytest.fixture
def api_headers() -> dict[str, str]:
    return {"Authorization": "Bearer api-token-for-tests"}


@pytest.fixture
def chat() -> Iterator[Sink]:
    """Where alerts are posted; it answers as a chat does."""
    with Sink(lambda _request: Answer(200)) as sink:
        yield sink


@pytest.fixture
def n8n() -> Silent:
    n8n = Silent()
    n8n.is_there = True
    return n8n


@pytest.fixture
def watch(config: Config, chat: Sink, n8n: Silent, clock: SetClock) -> Alerting:
    told = replace(config, alert_webhook_url=chat.url, public_url="https://peers.example.com/")
    return Alerting(told, n8n, clock)
