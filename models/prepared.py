"""Owns statements that PostgreSQL plans once for a connection instead of each time they run."""

import time
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from models.base import db

# A plan made for small tables must not outlive them for long.
KEPT_SECONDS = 60.0

_numbers = count(1)


class Prepared:
    """One statement with `$1`, `$2` … for its values.

    Parameters
    ----------
    types : str
        PostgreSQL's names of their types, separated by commas.
    **parts : str
        SQL that several statements share; it stands in this one as `{name}`.
    """

    def __init__(self, types: str, sql: str, **parts: str) -> None:
        self._types = types
        for name, part in parts.items():
            sql = sql.replace(f"{{{name}}}", part)
        self._sql = sql
        self._known: WeakKeyDictionary[Any, tuple[str, float]] = WeakKeyDictionary()

    def execute(self, *values: Any) -> Any:
        """Run it on this thread's connection and return the cursor."""
        marks = ", ".join(["%s"] * len(values))
        return db.execute_sql(f"EXECUTE {self._name()} ({marks})", values)

    def _name(self) -> str:
        connection = db.connection()
        name, made_at = self._known.get(connection, ("", 0.0))
        if name and time.monotonic() - made_at < KEPT_SECONDS:
            return name
        if name:
            # Forgotten first, since what comes next may be cut short; then it is not run any more.
            del self._known[connection]
            db.execute_sql(f"DEALLOCATE {name}")
        # Each name is used once: a PREPARE that was cut short may have happened all the same.
        fresh = f"prepared_{next(_numbers)}"
        db.execute_sql(f"PREPARE {fresh} ({self._types}) AS {self._sql}")
        self._known[connection] = fresh, time.monotonic()
        return fresh
