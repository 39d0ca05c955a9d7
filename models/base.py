"""Owns the database handle, the base model and the field types that every table shares."""

import os
import select
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from peewee import SQL, AutoField, Check, Field, Model, Node, OperationalError
from playhouse.pool import MaxConnectionsExceeded, PooledDatabase, PooledPostgresqlDatabase
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from models.keyed_hash import pads

CONNECT_TIMEOUT_SECONDS = 5
POOL_WAIT_SECONDS = 10
LOOK_AGAIN_SECONDS = 0.05
# While a release replaces our processes, the old ones still hold theirs.
_SERVER_FULL = ("too many", "connection slots")
# A host that is cut off says nothing, and TCP alone would wait for two hours, or for a quarter of
# one where something was sent. So each side asks whether the other is there, and gives up after
# ten seconds: a thread of ours that waits for an answer, and PostgreSQL, which keeps the rows and
# the planner's lock of whoever has gone for just as long.
UNHEARD_MS = 10_000
KEEPALIVES_IDLE_SECONDS, KEEPALIVES_INTERVAL_SECONDS, KEEPALIVES_COUNT = 5, 2, 3
KEEPALIVES = {
    "keepalives_idle": KEEPALIVES_IDLE_SECONDS,
    "keepalives_interval": KEEPALIVES_INTERVAL_SECONDS,
    "keepalives_count": KEEPALIVES_COUNT,
    "tcp_user_timeout": UNHEARD_MS,
}
SESSION = {
    "timezone": "UTC",
    # Whoever is stopped in the middle of a transaction, but still there, keeps its rows longer.
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": KEEPALIVES_IDLE_SECONDS,
    "tcp_keepalives_interval": KEEPALIVES_INTERVAL_SECONDS,
    "tcp_keepalives_count": KEEPALIVES_COUNT,
    "tcp_user_timeout": UNHEARD_MS,
}
LARGEST_INTEGER = 2**31 - 1


class Pool(PooledPostgresqlDatabase):
    """Connections that are kept for whoever needs one next.

    Each is looked at before it is handed out. Playhouse asks the server, with the pool locked, so
    that every request waited for that of another; but a server that has gone closes its end, and
    that can be seen from here. Who has gone without a word would not have answered either.
    """

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Take a connection, or wait for one: until another thread is done, or the server has room.

        Playhouse waits a whole second where a connection comes back between its look and its wait.
        """
        deadline = time.monotonic() + POOL_WAIT_SECONDS
        while True:
            try:
                # Past Playhouse's own waiting.
                return bool(super(PooledDatabase, self).connect(reuse_if_open))
            except (MaxConnectionsExceeded, OperationalError) as error:
                if time.monotonic() > deadline or not _is_full(error):
                    raise
            with self._pool_available:
                self._pool_available.wait(LOOK_AGAIN_SECONDS)

    def give_back(self) -> None:
        """Let others have this thread's connection, unless a block around still counts on it."""
        if not self.in_transaction() and not self._state.ctx:
            self.close()

    def _is_closed(self, conn: Any) -> bool:
        if not conn.closed and conn.info.transaction_status == TRANSACTION_STATUS_IDLE:
            waiting = select.poll()
            waiting.register(conn.fileno(), select.POLLIN)
            if not waiting.poll(0):
                return False
        closed: bool = super()._is_closed(conn)
        return closed


def _is_full(error: Exception) -> bool:
    message = str(error).lower()
    return isinstance(error, MaxConnectionsExceeded) or any(w in message for w in _SERVER_FULL)


db = Pool(None, autoconnect=False)


def init_database(url: str, max_connections: int = 20, *, erasure_key: str = "") -> None:
    """Point the handle at a server; connections are opened later, in the process that uses them.

    Parameters
    ----------
    url : str
        A libpq connection URI; PostgreSQL's own parser reads it, percent-encoding included.
    max_connections : int
        Connections this process may hold at once.
    erasure_key : str
        What the phones of erased people are hashed under; what is made of it goes with each
        connection, for the triggers that look for them.
    """
    if not db.deferred:
        db.close_all()
    db.init(
        url.replace("postgres://", "postgresql://", 1),
        max_connections=max_connections,
        stale_timeout=300,
        **connect_arguments(erasure_key),
    )


def connect_arguments(erasure_key: str = "") -> dict[str, Any]:
    """Return what every connection is opened with: who asks, and how soon either side gives up."""
    session = {**SESSION, "peer_matching.erasure_key": pads(erasure_key)}
    return {
        "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "application_name": application_name(),
        **KEEPALIVES,
    }


@contextmanager
def connected() -> Iterator[None]:
    """Hold a connection until the block ends: the one that is open, or one of its own."""
    if not db.is_closed():
        yield
        return
    with db.connection_context():
        yield


def application_name() -> str:
    """Return what this process is called at PostgreSQL: all of its connections, and no others.

    The host is cut short, since PostgreSQL keeps 63 characters.
    """
    return f"peer-matching/{socket.gethostname()[:38]}/{os.getpid()}"


class UtcDateTimeField(Field):
    """A `timestamptz`; refuses naive datetimes, returns aware ones in UTC."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"{self.name} needs a time zone, got {value.isoformat()}")
            return value.astimezone(UTC)
        return value

    def python_value(self, value: Any) -> Any:
        return value.astimezone(UTC) if isinstance(value, datetime) else value


def default(expression: str) -> list[Node]:
    """Return the constraint that lets PostgreSQL fill the column for rows that lack it."""
    return [SQL(f"DEFAULT {expression}")]


def one_of(column: str, values: Iterable[str]) -> Node:
    """Return a check that the column holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return Check(f"{column} IN ({listed})", name=f"{column}_known")


class Table(Model):
    """The base of every table."""

    if TYPE_CHECKING:
        id: AutoField

    class Meta:
        database = db
        legacy_table_names = False
        only_save_dirty = True
