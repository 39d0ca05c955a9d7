"""What a test sees of what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from models.base import db


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    seen: list[str] = []
    execute = db.execute_sql

    def note(sql: str, params: Any = None) -> Any:
        seen.append(" ".join(sql.split()))
        return execute(sql, params)

    with monkeypatch.context() as patch:
        patch.setattr(db, "execute_sql", note)
        yield seen


def is_counted(sql: str) -> bool:
    """Neither what opens a transaction, nor what is done once a minute or for all texts."""
    first = sql.split()[0]
    return first not in ("SAVEPOINT", "RELEASE", "PREPARE", "DEALLOCATE") and (
        "service_states" not in sql
    )
