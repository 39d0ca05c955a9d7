"""The command line as its own process: an empty database, an unreachable one, no settings."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty_database(servers: dict[str, str]) -> Iterator[str]:
    name = f"peer_cli_{os.getpid()}"
    with closing(psycopg2.connect(servers["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            yield servers["DATABASE_URL"].replace("/postgres?", f"/{name}?", 1)
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def flask(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "web", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "for-tests", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_empty_database_is_migrated_once_and_then_usable(
    empty_database: str, servers: dict[str, str]
) -> None:
    environ = {
        "DATABASE_URL": empty_database,
        "REDIS_URL": servers["REDIS_URL"],
        "N8N_WEBHOOK_URL": "http://127.0.0.1:9/webhook",
    }
    before = flask("queue-stats", **environ)
    first, second = flask("migrate", **environ), flask("migrate", **environ)
    after = flask("queue-stats", **environ)
    assert before.returncode == 1
    assert "not migrated" in before.stderr
    assert before.stderr.count("\n") == 1
    assert (first.returncode, first.stdout.split()[:2]) == (0, ["Applied", "0001_initial"])
    assert (second.returncode, second.stdout) == (0, "The schema is up to date.\n")
    assert (after.returncode, after.stdout.split()[0]) == (0, "queue")


@pytest.mark.parametrize("command", [["migrate"], ["queue-stats"], ["match", "1"]])
def test_an_unreachable_database_is_one_line(command: list[str]) -> None:
    result = flask(
        *command,
        DATABASE_URL="postgresql://someone:secret-word@127.0.0.1:9/none",
        REDIS_URL="redis://127.0.0.1:9/0",
        N8N_WEBHOOK_URL="http://127.0.0.1:9/webhook",
    )
    assert result.returncode == 1
    assert "not reachable" in result.stderr
    assert result.stderr.count("\n") == 1
    assert "secret-word" not in result.stderr


def test_missing_settings_are_one_line() -> None:
    result = flask("queue-stats")
    assert result.returncode == 1
    assert "DATABASE_URL" in result.stderr
    assert result.stderr.count("\n") == 1
