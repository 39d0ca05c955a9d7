"""A release migrates while the old code serves: it never keeps that waiting for long."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from peewee import OperationalError

from models import migrate as migrating
from models.base import db
from models.config import Config

pytestmark = pytest.mark.commits

CHANGES_CONTRACTORS = """
from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE contractors ADD COLUMN nickname TEXT")
"""


@pytest.fixture
def next_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with our migrations and one more, which changes a table that is in use."""
    for file in migrating.MIGRATIONS.glob("[0-9]*.py"):
        (tmp_path / file.name).write_text(file.read_text())
    made = tmp_path / "9999_nickname.py"
    made.write_text(CHANGES_CONTRACTORS)
    monkeypatch.setattr(migrating, "MIGRATIONS", tmp_path)
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", "200ms")
    db.close()
    yield made
    db.connect(reuse_if_open=True)
    db.execute_sql("ALTER TABLE contractors DROP COLUMN IF EXISTS nickname")
    db.execute_sql("DELETE FROM schema_migration WHERE name LIKE '9999%%'")


def test_a_table_in_use_is_not_waited_for_and_nothing_is_changed(
    config: Config, next_migration: Path
) -> None:
    """Whoever waits for a table keeps everybody waiting who comes after."""
    with closing(psycopg2.connect(config.database_url)) as old_code:
        cursor = old_code.cursor()
        cursor.execute("SELECT count(*) FROM contractors")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrating.migrate()
        # The old code goes on, in the same transaction and in new ones.
        cursor.execute("SELECT count(*) FROM contractors")
        with db.connection_context():
            assert migrating.pending() == [next_migration.stem]
    assert migrating.migrate() == [next_migration.stem]


def test_a_release_leaves_no_limit_and_no_lock_behind(next_migration: Path) -> None:
    migrating.migrate()
    with db.connection_context():
        shown = [
            db.execute_sql(f"SHOW {name}").fetchone()[0]
            for name in ("lock_timeout", "statement_timeout")
        ]
        assert shown == ["0", "0"]
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
        assert db.execute_sql(query, (migrating.LOCK_KEY,)).fetchone()[0] == 0


@pytest.mark.parametrize(
    "file", sorted(migrating.MIGRATIONS.glob("[0-9]*.py")), ids=lambda f: f.stem
)
def test_no_migration_takes_away_what_old_code_reads(file: Path) -> None:
    """Old code serves while it runs, and again after going back."""
    statements = re.sub(r"\s+", " ", file.read_text()).upper()
    for taken in ("DROP COLUMN", "DROP TABLE", "RENAME TO", "RENAME COLUMN", " TYPE VARCHAR("):
        assert taken not in statements
