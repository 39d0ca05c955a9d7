"""Start-up refuses a server that is not fit, in one line that says what to do."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from models import readiness
from models.base import db, init_database
from models.config import Config
from models.readiness import problem
from tests.conftest import settings

ROOT = Path(__file__).parents[2]
REST = {"N8N_WEBHOOK_URL": "http://127.0.0.1:9/webhook", "SECRET_KEY": "session-key-for-tests"}
SECRET = "hunter2"  # what must not be shown


def _start(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing but these settings."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_nothing_is_wrong_with_servers_that_are_fit(config: Config) -> None:
    assert problem(config) is None
    assert not db.is_closed(), "a connection that was open stays open"


@pytest.mark.commits
def test_connection_is_opened_and_closed_when_none_was_open(config: Config) -> None:
    db.close()
    assert problem(config) is None
    assert db.is_closed()
    db.connect()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("130000", None),
        ("120022", "version 12, and 13 or newer is needed"),
        ("90624", "version 9, and 13 or newer is needed"),
    ],
)
def test_old_postgresql_is_refused(
    config: Config, monkeypatch: pytest.MonkeyPatch, answer: str, said: str | None
) -> None:
    class Cursor:
        def fetchone(self) -> tuple[str]:
            return (answer,)

    monkeypatch.setattr(db, "execute_sql", lambda *_args: Cursor())
    line = readiness.database_problem(config)
    assert line is None if said is None else said in (line or "")


@pytest.mark.parametrize(("version", "fits"), [("5.0.0", True), ("4.0.9", False), ("10.1", True)])
def test_old_redis_is_refused(
    config: Config, monkeypatch: pytest.MonkeyPatch, version: str, fits: bool
) -> None:
    def info(_self: Any, *_args: Any) -> dict[str, str]:
        return {"redis_version": version}

    monkeypatch.setattr("redis.Redis.info", info)
    line = readiness.redis_problem(config.redis_url)
    assert (line is None) is fits
    assert fits or f"version {version}" in (line or "")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"redis://:{SECRET}@127.0.0.1:1/0", "Redis at 127.0.0.1 is not reachable"),
        (f"redis://:{SECRET}@127.0.0.1:abc/0", "REDIS_URL is not an address"),
        (f"http://:{SECRET}@127.0.0.1/", "REDIS_URL is not an address"),
        (SECRET, "REDIS_URL is not an address"),
    ],
)
def test_redis_line_has_no_password(url: str, said: str) -> None:
    line = readiness.redis_problem(url)
    assert said in (line or "")
    assert SECRET not in (line or "")


def test_redis_that_wants_a_password_is_named_as_that(config: Config) -> None:
    line = readiness.redis_problem(config.redis_url.replace("redis://", f"redis://who:{SECRET}@"))
    assert "refused the user or the password" in (line or "")
    assert SECRET not in (line or "")


@pytest.mark.commits
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:{}@127.0.0.1:1/x", "at 127.0.0.1 is not reachable: nothing listens"),
        ("postgresql://u:{}@no-such-host.invalid/x", "its host name is not known"),
        ("postgresql://u:{}@h:abc/x", "is not reachable"),
        ("postgresql://u:a/{}@h/x", "is not reachable"),
        ("postgresql://u:{}/b@h/x", "is not reachable"),
        ("postgresql://u:b@{}/c@h/x", "is not reachable"),
        ("postgresql://u:{}#b@h/x", "is not reachable"),
        ("postgresql://u:[{}@h/x", "is not reachable"),
        ("postgresql://u:{}%zz@h/x", "is not reachable"),
        ("mysql://u:{}@h/x", "DATABASE_URL is not an address"),
        ("{}", "DATABASE_URL is not an address"),
    ],
)
def test_database_line_has_no_password(url: str, said: str, config: Config) -> None:
    url = url.format(SECRET)
    db.close()
    init_database(url)
    try:
        line = problem(settings(DATABASE_URL=url))
    finally:
        init_database(config.database_url)
        db.connect()
    assert said in (line or "")
    assert SECRET not in (line or "")
    assert len((line or "").splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"postgresql://u:{SECRET}@127.0.0.1:1/x", "PostgreSQL at 127.0.0.1 is not reachable"),
        (SECRET, "DATABASE_URL is not an address"),
    ],
)
def test_wsgi_ends_with_the_line_when_the_database_is_unreachable(
    url: str, said: str, config: Config
) -> None:
    done = _start("-c", "import web.wsgi", **REST, DATABASE_URL=url, REDIS_URL=config.redis_url)
    line = _one_line(done)
    assert said in line
    assert SECRET not in line


def test_wsgi_refuses_a_database_that_is_not_migrated(
    config: Config, servers: dict[str, str]
) -> None:
    name = f"empty_{os.getpid()}"
    connection = psycopg2.connect(servers["DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            url = servers["DATABASE_URL"].replace("/postgres?", f"/{name}?", 1)
            done = _start(
                "-c", "import web.wsgi", **REST, DATABASE_URL=url, REDIS_URL=config.redis_url
            )
            cursor.execute(f"DROP DATABASE {name}")
    finally:
        connection.close()
    line = _one_line(done)
    assert "not migrated" in line
    assert "make migrate" in line


def test_wsgi_leaves_no_connection_for_a_fork_to_share(config: Config) -> None:
    code = (
        "import web.wsgi; from models.base import db; "
        "print(db.is_closed(), len(db._connections), len(db._in_use))"
    )
    done = _start("-c", code, **REST, DATABASE_URL=config.database_url, REDIS_URL=config.redis_url)
    assert done.stdout.split() == ["True", "0", "0"], done.stderr


def test_web_says_once_at_its_start_what_it_lacks_for_replies(config: Config) -> None:
    where = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url}
    done = _start("-c", "import web.wsgi", **REST, **where)
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    assert said.count("no reply gets in") == 1
    assert "Set WEBHOOK_SECRET or N8N_WEBHOOK_TOKEN" in said
    assert "ERASURE_KEY is not set" in said
    done = _start("-c", "import web.wsgi", **REST, **where, N8N_WEBHOOK_TOKEN=SECRET)
    assert "no reply gets in" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("-c", "import web.wsgi"),
        ("-m", "flask", "--app", "web", "routes"),
        ("-m", "flask", "--app", "web", "queue-stats"),
        ("-m", "gunicorn", "--preload", "--no-control-socket", "-b", "127.0.0.1:0", "web.wsgi:app"),
    ],
)
def test_missing_settings_end_every_start_with_one_line(command: tuple[str, ...]) -> None:
    done = _start(*command)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if "[INFO]" not in line]
    assert len(lines) == 1, done.stderr
    for name in ("DATABASE_URL", "REDIS_URL", "N8N_WEBHOOK_URL"):
        assert name in lines[0]


def test_session_key_is_missed_in_one_line(config: Config) -> None:
    environ = {**REST, "SECRET_KEY": "", "DATABASE_URL": config.database_url}
    for command in (("-c", "import web.wsgi"), ("-m", "flask", "--app", "web", "routes")):
        line = _one_line(_start(*command, **environ, REDIS_URL=config.redis_url))
        assert "SECRET_KEY" in line
