"""Owns which worker plans: one thread a process, of which the holder of a lock does the work."""

import logging
import threading
import time
from datetime import timedelta

import psycopg2

from actors.planner import Planner
from actors.process import after_restore, clock_skew, counting, stopping
from models import clock
from models.base import application_name, connect_arguments, db
from models.config import Config

LOCK_KEY = 0x706C616E  # "plan"
TICK_SECONDS = 1.0
JOIN_SECONDS = 2.0
# The others ask each second.
STAND_BACK_SECONDS = 2.0
STALE_AFTER = timedelta(seconds=15)

# Taking the lock again while holding it counts up, so ask first whether we hold it.
LEADS = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND pid = pg_backend_pid() AND objid = %(key)s
    ) OR pg_try_advisory_lock(%(key)s),
    clock_timestamp(),
    clock_timestamp() - (SELECT seen_at FROM service_states WHERE name = 'planner')
"""
# A leader that was stopped, or that hangs, keeps the lock for as long as its connection stands.
# All of its connections go, since one in the middle of a transaction keeps rows locked as well.
EVICT = """
    SELECT a.application_name, count(pg_terminate_backend(b.pid))
    FROM pg_locks l
    JOIN pg_stat_activity a ON a.pid = l.pid
    JOIN pg_stat_activity b USING (application_name, datid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objid = %(key)s
        AND a.datname = current_database() AND b.pid <> pg_backend_pid()
    GROUP BY a.application_name
"""

log = logging.getLogger(__name__)


class PlannerThread(threading.Thread):
    """Asks each second for the lock, and plans while it is held.

    The lock is PostgreSQL's, on a connection of its own: when this process or its connection
    dies, another process has it within a second or two, and when its heartbeat stops, within
    twenty. Two leaders for a moment do no harm, since rows are claimed under row locks.
    Whoever leads and can not reach Redis gives it away: perhaps only its own host can not.
    """

    def __init__(self, config: Config, *, delay_slots: int) -> None:
        super().__init__(name="planner", daemon=True)
        self._config = config
        self._planner = Planner(config, leader=application_name(), delay_slots=delay_slots)
        self._ending = threading.Event()
        self._lock: psycopg2.extensions.connection | None = None
        self._led = False
        self._stands_back_until = 0.0

    def run(self) -> None:
        """Plan until told to stop; whatever goes wrong is logged and tried again."""
        while not self._ending.is_set() and not stopping.is_stopping():
            started = time.monotonic()
            try:
                self._look()
            except Exception:
                log.exception("the planner stumbled")
                self._drop_lock()
            self._add_counts()
            self._ending.wait(max(0.0, TICK_SECONDS - (time.monotonic() - started)))
        self._drop_lock()

    def leads(self) -> bool:
        """Whether this process plans, as of its last look."""
        return self._led

    def stop(self) -> None:
        """Stop planning and give the lock away; waits a moment for the look that is under way."""
        self._ending.set()
        self.join(timeout=JOIN_SECONDS)

    def _look(self) -> None:
        if time.monotonic() < self._stands_back_until:
            return
        leads = self._leads()
        begins, self._led = leads and not self._led, leads
        if not leads:
            db.close()
            return
        # Kept for as long as it leads: nobody else's work may keep the planner waiting for one.
        db.connect(reuse_if_open=True)
        if begins:
            log.info("this process plans now")
            after_restore.check(now=clock.now(), config=self._config)
            self._planner.take_over(clock.now())
        self._planner.tick(clock.now())
        if not self._planner.redis_answers:
            log.warning("this process can not reach Redis, so another may plan")
            self._stands_back_until = time.monotonic() + STAND_BACK_SECONDS
            self._drop_lock()

    def _add_counts(self) -> None:
        """Add what this process counted to everybody's counts, whoever plans."""
        if self._lock is None:
            return
        # To wait for another connection would keep it from its lock.
        try:
            with self._lock.cursor() as cursor:
                counting.flush(cursor.execute)
        except Exception as error:
            # They are kept for the next second, and no text waits for them.
            log.warning("counts wait", extra={"error_type": type(error).__name__})

    def _leads(self) -> bool:
        if self._lock is None:
            self._lock = self._connect()
        with self._lock.cursor() as cursor:
            asked_at = time.time()
            cursor.execute(LEADS, {"key": LOCK_KEY})
            leads, database_now, age = cursor.fetchone() or (False, None, None)
            if database_now is not None:
                clock_skew.note(database_now, asked_at=asked_at, answered_at=time.time())
            if not leads and age is not None and age > STALE_AFTER:
                cursor.execute(EVICT, {"key": LOCK_KEY})
                for leader, connections in cursor.fetchall():
                    fields = {"leader": leader, "connections": connections}
                    log.error("a leader that fell silent was cut off", extra=fields)
        return bool(leads)

    def _connect(self) -> psycopg2.extensions.connection:
        connection: psycopg2.extensions.connection = psycopg2.connect(
            self._config.database_url, **connect_arguments()
        )
        connection.autocommit = True
        return connection

    def _drop_lock(self) -> None:
        self._led = False
        db.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
