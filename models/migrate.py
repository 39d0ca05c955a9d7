"""Owns bringing a database's schema up to date, once, whoever else is trying to."""

from pathlib import Path

from playhouse.migrations import Runner

from models.base import db

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x6D696772  # "migr"


def migrate() -> list[str]:
    """Apply what is pending, in order, and return the names; a second process waits its turn.

    Opens and closes its own connection. Each migration is one transaction; a statement that
    waits five seconds for a lock gives up, so that a release never blocks live traffic.
    """
    with db.connection_context():
        db.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        try:
            db.execute_sql("SET lock_timeout = '5s'")
            db.execute_sql("SET statement_timeout = '60s'")
            applied: list[str] = _runner().up()
        finally:
            db.execute_sql("RESET lock_timeout")
            db.execute_sql("RESET statement_timeout")
            db.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK_KEY,))
    return applied


def pending() -> list[str]:
    """Return the names of migrations that this database lacks; needs an open connection."""
    return [row.name for row in _runner().status() if row.path and not row.applied]


def _runner() -> Runner:
    return Runner(db, str(MIGRATIONS))
