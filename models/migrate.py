"""Owns bringing a database's schema up to date, once, whoever else is trying to."""

import time
from pathlib import Path

from playhouse.migrations import Runner

from models.base import db

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x6D696772  # "migr"
LOCK_TIMEOUT = "5s"
_LOOK_AGAIN_SECONDS = 0.2


def migrate() -> list[str]:
    """Apply what is pending, in order, and return the names; a second process waits its turn.

    Opens and closes its own connection. Each migration is one transaction, unless it says
    otherwise; a statement that waits five seconds for a lock gives up, so that a release never
    blocks live traffic.
    """
    with db.connection_context():
        _wait_for_turn()
        try:
            db.execute_sql("SET lock_timeout = %s", (LOCK_TIMEOUT,))
            db.execute_sql("SET statement_timeout = '60s'")
            applied: list[str] = _runner().up()
        finally:
            db.execute_sql("RESET lock_timeout")
            db.execute_sql("RESET statement_timeout")
            db.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK_KEY,))
    return applied


def _wait_for_turn() -> None:
    # Asked again and again: a statement that waits for the lock is a transaction that an index
    # built beside traffic waits for in turn, and neither would ever get on.
    while not db.execute_sql("SELECT pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone()[0]:
        time.sleep(_LOOK_AGAIN_SECONDS)


def pending() -> list[str]:
    """Return the names of migrations that this database lacks; needs an open connection."""
    return [row.name for row in _runner().status() if row.path and not row.applied]


def _runner() -> Runner:
    return Runner(db, str(MIGRATIONS))
