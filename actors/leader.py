"""Owns which worker plans: one thread a process, of which the holder of a lock does the work."""

import logging
import os
import socket
import threading
import time

import psycopg2

from actors.planner import Planner
from models import clock
from models.base import CONNECT_TIMEOUT_SECONDS, db
from models.config import Config

LOCK_KEY = 0x706C616E  # "plan"
TICK_SECONDS = 1.0
log = logging.getLogger(__name__)


class PlannerThread(threading.Thread):
    """Asks each second for the lock, and plans while it is held.

    The lock is PostgreSQL's, on a connection of its own: when this process or its connection
    dies, another process has it within a second or two. Two leaders for a moment do no harm,
    since rows are claimed under row locks.
    """

    def __init__(self, config: Config, *, delay_slots: int) -> None:
        super().__init__(name="planner", daemon=True)
        self._config = config
        self._planner = Planner(config, leader=_own_name(), delay_slots=delay_slots)
        self._stopping = threading.Event()
        self._lock: psycopg2.extensions.connection | None = None

    def run(self) -> None:
        """Plan until told to stop; whatever goes wrong is logged and tried again."""
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._look()
            except Exception:
                log.exception("the planner stumbled")
                self._drop_lock()
            self._stopping.wait(max(0.0, TICK_SECONDS - (time.monotonic() - started)))
        self._drop_lock()

    def stop(self) -> None:
        """Stop planning and give the lock away; waits for the look that is under way."""
        self._stopping.set()
        self.join(timeout=10)

    def _look(self) -> None:
        if not self._leads():
            return
        with db.connection_context():
            self._planner.tick(clock.now())

    def _leads(self) -> bool:
        if self._lock is None:
            # PostgreSQL frees the lock of a host that fell silent when its connection is dead.
            self._lock = psycopg2.connect(
                self._config.database_url,
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
            )
            self._lock.autocommit = True
        with self._lock.cursor() as cursor:
            # Taking it again while holding it counts up, so ask first whether we hold it.
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted "
                "AND pid = pg_backend_pid() AND objid = %s) OR pg_try_advisory_lock(%s)",
                (LOCK_KEY, LOCK_KEY),
            )
            row = cursor.fetchone()
        return bool(row and row[0])

    def _drop_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
