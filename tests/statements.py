"""What a test sees of what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.base import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is asked until the block ends, each on one line."""
    seen: list[str] = []
    execute = db.execute_sql

    def note(sql: str, *args: Any, **kwargs: Any) -> Any:
        seen.append(" ".join(sql.split()))
        return execute(sql, *args, **kwargs)

    db.execute_sql = note
    try:
        yield seen
    finally:
        del db.execute_sql


def is_counted(sql: str) -> bool:
    """Neither what opens a transaction, nor what is done once a minute or for all texts."""
    first = sql.split()[0]
    return first not in ("SAVEPOINT", "RELEASE", "PREPARE", "DEALLOCATE") and (
        "service_states" not in sql
    )
