"""Owns whether the servers are fit to start on, and the one line that says what to do if not.

No line holds a password: an address is shown by its host only, and no driver's message is
quoted, because drivers repeat pieces of a malformed address.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NoReturn
from urllib.parse import urlsplit

import redis
from peewee import DatabaseError, InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded

from models import clock, erased_opt_out, service_state
from models.base import connected, db, init_database
from models.config import Config, ConfigError, load_config
from models.embedded import EmbeddedServerError
from models.migrate import pending

OLDEST_POSTGRESQL = 13
OLDEST_REDIS = 5
REDIS_TIMEOUT_SECONDS = 3
HEARTBEAT_LIMIT = timedelta(seconds=10)
DATABASE_LOST = (OperationalError, InterfaceError, MaxConnectionsExceeded)
DATABASE_ERRORS = (DatabaseError, *DATABASE_LOST)
NOT_CHECKED = "Not checked, because the database can not be used."

_REASONS = (
    ("connection refused", "nothing listens there"),
    ("no such file", "nothing listens there"),
    ("translate host name", "its host name is not known"),
    ("timeout", "it did not answer in time"),
    ("timed out", "it did not answer in time"),
    ("authentication", "it refused the user or the password"),
    ("password", "it refused the user or the password"),
    ("wrongpass", "it refused the user or the password"),
    ("too many", "all its connections are taken"),
    ("connection slots", "all its connections are taken"),
    ("maximum number of clients", "all its connections are taken"),
    ("starting up", "it is still starting"),
    ("shutting down", "it is shutting down"),
    ("loading", "it is still loading"),
    ("does not exist", "it has no such database or user"),
    ("certificate", "its certificate is not one that we trust"),
    ("ssl", "it and we do not agree on TLS"),
)


@contextmanager
def exiting_in_one_line() -> Iterator[None]:
    """Turn settings that can not be used into one line and exit status 1."""
    try:
        yield
    except (ConfigError, EmbeddedServerError) as error:
        _exit(str(error))


def config_or_exit() -> Config:
    """Return this process's settings; without usable ones, print one line and exit with 1."""
    with exiting_in_one_line():
        return load_config()


def exit_unless_ready(config: Config) -> None:
    """Print the one line and exit with 1 when a server is not fit; else leave no connection open.

    Call it before forking: a connection must not be shared by two processes.
    """
    line = problem(config)
    if not db.deferred:
        db.close_all()
    if line:
        _exit(line)


def problem(config: Config) -> str | None:
    """Return what has to be done before this can start, in one line, or None."""
    return database_problem(config) or schema_problem(config) or redis_problem(config.redis_url)


def database_problem(config: Config) -> str | None:
    """Return what is wrong with PostgreSQL; opens and closes a connection when none is open."""
    if not config.database_url.startswith(("postgresql://", "postgres://")):
        return "DATABASE_URL is not an address like postgresql://user:password@host/database."
    try:
        with _connection(config):
            number = int(db.execute_sql("SHOW server_version_num").fetchone()[0])
    except DATABASE_ERRORS as error:
        return (
            f"PostgreSQL{_at(config.database_url)} is not reachable: {_reason(error)}. "
            "Start it, or correct DATABASE_URL."
        )
    if number // 10000 < OLDEST_POSTGRESQL:
        return (
            f"PostgreSQL{_at(config.database_url)} is version {number // 10000}, and "
            f"{OLDEST_POSTGRESQL} or newer is needed. Point DATABASE_URL at a newer one."
        )
    return None


def schema_problem(config: Config) -> str | None:
    """Return which migrations the database lacks, or that its erasure key is not ours.

    Opens and closes a connection when none is open.
    """
    try:
        with _connection(config):
            missing = pending()
            key = None if missing else erased_opt_out.key_problem()
    except DATABASE_ERRORS as error:
        return (
            f"The database's migrations can not be read: {_reason(error)}. "
            "Look at the database's own log."
        )
    if missing:
        return (
            f"The database is not migrated, it lacks {', '.join(missing)}. "
            "Run `make migrate`, or the Procfile's release line."
        )
    return key


def redis_problem(url: str) -> str | None:
    """Return what is wrong with Redis; opens and closes a connection of its own."""
    try:
        with redis.Redis.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        ) as client:
            version = str(client.info("server")["redis_version"])
    except ValueError:
        return "REDIS_URL is not an address like redis://host:6379/0."
    except redis.RedisError as error:
        return (
            f"Redis{_at(url)} is not reachable: {_reason(error)}. Start it, or correct REDIS_URL."
        )
    if int(version.split(".")[0]) < OLDEST_REDIS:
        return (
            f"Redis{_at(url)} is version {version}, and {OLDEST_REDIS} or newer is "
            "needed. Point REDIS_URL at a newer one."
        )
    return None


def replies_problem(config: Config) -> str | None:
    """Return why no reply gets in, a STOP neither, or None; local services have secrets."""
    if config.local_services or config.webhook_secret or config.n8n_webhook_token:
        return None
    return (
        "No reply gets in, no STOP either: n8n can not prove that it is n8n. Set WEBHOOK_SECRET or "
        "N8N_WEBHOOK_TOKEN, the same as in n8n."
    )


def report(config: Config) -> dict[str, str | None]:
    """Return what is wrong with each part that has to run, or None for it; never raises."""
    database = database_problem(config)
    found = {
        "database": database,
        "redis": redis_problem(config.redis_url),
        "replies": replies_problem(config),
    }
    if database:
        return {**found, "migrations": NOT_CHECKED, "planner": NOT_CHECKED}
    found["migrations"] = schema_problem(config)
    found["planner"] = NOT_CHECKED if found["migrations"] else _planner_problem(config)
    return found


def _planner_problem(config: Config) -> str | None:
    try:
        with _connection(config):
            now = clock.now()
            planner = service_state.read(service_state.PLANNER)
    except DATABASE_ERRORS as error:
        return (
            f"The planner's heartbeat can not be read: {_reason(error)}. "
            "Look at the database's own log."
        )
    if planner is None:
        return "The planner has never run, so nothing scheduled leaves. Start a worker."
    age = now - planner.seen_at
    if age > HEARTBEAT_LIMIT:
        return (
            f"The planner was last seen {age.total_seconds():.0f} s ago, so nothing scheduled "
            "leaves. Start a worker; if one runs, its log says why it does not plan."
        )
    # One look that breaks is tried again a second later.
    if planner.state == service_state.TROUBLE and now - planner.since > HEARTBEAT_LIMIT:
        return (
            f"A part of the planner breaks each second ({planner.message or 'unnamed'}). "
            "The worker's log has the error, under “a phase of the look broke”."
        )
    return None


def heartbeat_age(now: datetime) -> timedelta | None:
    """Return how long ago the planner last spoke, or None if never; needs an open connection."""
    planner = service_state.read(service_state.PLANNER)
    return None if planner is None else now - planner.seen_at


@contextmanager
def _connection(config: Config) -> Iterator[None]:
    if db.deferred:
        init_database(config.database_url, erasure_key=config.erasure_key)
    with connected():
        yield


def _at(url: str) -> str:
    """Return ` at host`, or nothing where the address may be cut in the middle of a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_plain = url.count("@") == parts.netloc.count("@") <= 1
    return f" at {parts.hostname}" if is_plain and parts.hostname else ""


def _reason(error: Exception) -> str:
    message = str(error).lower()
    return next((words for piece, words in _REASONS if piece in message), "it does not answer")


def _exit(line: str) -> NoReturn:
    sys.stderr.write(line + "\n")
    raise SystemExit(1)
