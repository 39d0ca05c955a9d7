"""Everything one suite runs in: a database, a Redis, a flow, and a crew of real workers."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from actors.conversation import delivery_reports
from actors.conversation.delivery_reports import DeliveryReport
from models import clock
from models.base import db, init_database
from models.config import Config
from tests.conftest import settings
from tests.faults import counting
from tests.faults.counting import ARRIVED, Count, Row, count
from tests.faults.crew import Crew
from tests.faults.flow import FaultPlan, Flow
from tests.faults.servers import Postgres, Redis, connected
from tests.sink import LOOPBACK
from tests.worker import environ_of, eventually

SKEW_FOLDER = Path(__file__).parent / "skew"
# Shorter than in production, so that a suite need not wait a minute for a dead worker's text.
QUICK = {
    "HTTP_TIMEOUT_SECONDS": "2",
    "LEASE_SECONDS": "6",
    "RESCUE_AFTER_SECONDS": "4",
}
# Workers that all start at once also load all that they need at once.
START_SECONDS = 60
UNDER_WAY = ("scheduled", "queued", "sending")


class World:
    """One suite's surroundings, made by `stage`.

    Parameters
    ----------
    environ : mapping
        Variables beside the usual ones, such as MESSAGES_PER_SECOND.
    """

    redis_host = n8n_host = LOOPBACK

    def __init__(
        self, postgres: Postgres, folder: Path, rng: random.Random, *, drops_repeats: bool
    ) -> None:
        self.postgres = postgres
        self.rng = rng
        self.redis = Redis(folder, self.redis_host)
        self.flow = Flow(drops_repeats=drops_repeats, host=self.n8n_host)
        self.database_url = postgres.new_database()
        self.folder = folder
        # The workers' commands; none are the Procfile's.
        self.lines: list[str] = []
        self._started = ExitStack()
        self.crew: Crew

    def start(self, *, workers: int, skews: Sequence[float] = (), **environ: str) -> None:
        """Start the flow, Redis and the crew; wait until one of it plans."""
        self._started.enter_context(self.redis)
        self._started.enter_context(self.flow)
        self.environ = environ_of(
            self.config,
            **QUICK,
            N8N_DROPS_REPEATS=str(int(self.flow.drops_repeats)),
            **environ,
        )
        environs = [self._skewed(skew) for skew in [*skews, *[0.0] * workers][:workers]]
        self.crew = self._started.enter_context(Crew(environs, self.folder, self.rng, self.lines))
        is_up = self.eventually(lambda: self.planner_is_fresh(), START_SECONDS)
        assert is_up, self.crew.complaints()

    def stop(self) -> None:
        self._started.close()

    @property
    def config(self) -> Config:
        return settings(
            DATABASE_URL=self.database_url, REDIS_URL=self.redis.url, N8N_WEBHOOK_URL=self.flow.url
        )

    def fail_with(self, kinds: Sequence[str], *, share: float, most_per_key: int) -> None:
        """Let a share of the requests fail in one of these ways."""
        self.flow.plan = FaultPlan(kinds, share, self.rng, most_per_key)

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """A cursor on a new connection, each statement committed."""
        with connected(self.database_url) as cursor:
            yield cursor

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    @contextmanager
    def models(self) -> Iterator[None]:
        """Our own functions work on this world's database inside the block."""
        init_database(self.database_url)
        try:
            with db.connection_context():
                yield
        finally:
            db.close_all()

    def eventually(self, is_so: Any, timeout_seconds: float = 20) -> bool:
        """Ask until the answer is yes or the time is over; a database that is away is a no."""

        def ask() -> bool:
            try:
                return bool(is_so())
            except psycopg2.OperationalError:
                return False

        return eventually(ask, timeout_seconds)

    def planner_is_fresh(self) -> bool:
        return bool(
            self.query(
                "SELECT 1 FROM service_states WHERE name = 'planner' "
                "AND seen_at > now() - interval '3 seconds'"
            )
        )

    def statuses(self) -> dict[str, int]:
        return dict(
            self.query(
                "SELECT status, count(*) FROM event_messages WHERE direction = 'outbound' "
                "GROUP BY status"
            )
        )

    def drain(self, timeout_seconds: float) -> None:
        """Wait until no text waits or is in the air."""

        def is_done() -> bool:
            found = self.query(
                "SELECT 1 FROM event_messages WHERE status = ANY(%s) LIMIT 1", list(UNDER_WAY)
            )
            return not found

        if not self.eventually(is_done, timeout_seconds):
            raise AssertionError(
                f"still under way after {timeout_seconds} s: {self.statuses()}\n{self.stuck()}\n"
                f"{self.crew.complaints()}"
            )

    def stuck(self) -> str:
        """The rows that keep `drain` waiting."""
        rows = self.query(
            "SELECT id, status, attempts, wake_at - now(), lease_until - now(), "
            "next_attempt_at - now(), error_message FROM event_messages "
            "WHERE status = ANY(%s) ORDER BY id LIMIT 8",
            list(UNDER_WAY),
        )
        return "\n".join(" ".join(str(value) for value in row) for row in rows)

    def rows(self, ids: Sequence[int] | None = None) -> list[Row]:
        """The outbound texts, all of them or these."""
        found = self.query(
            "SELECT m.id, m.status, m.scheduled_time, coalesce(c.phone, m.phone), m.attempts, "
            "m.error_message FROM event_messages m LEFT JOIN contractors c "
            "ON c.id = m.contractor_id WHERE direction = 'outbound' ORDER BY m.id"
        )
        wanted = None if ids is None else set(ids)
        return [Row(*row) for row in found if wanted is None or row[0] in wanted]

    def count(self) -> Count:
        return count(self.rows(), self.flow)

    def demand(self, note: Callable[..., None], timeout_seconds: float) -> None:
        """Wait until all is done, and judge it by what the flow does with repeats."""
        self.drain(timeout_seconds)
        found = self.count()
        note(found)
        if self.flow.drops_repeats:
            counting.demand_arrived_or_forgotten(found, self.flow.forgotten_row_ids())
        else:
            counting.demand_none_twice(found)
        self.report_delivered()
        settled = self.count()
        if self.flow.drops_repeats:
            counting.demand_all_arrived(settled, allowed=("sent", "delivered"))
        else:
            counting.demand_held_is_missing(settled)

    def report_delivered(self) -> None:
        """Let the provider report what it sent, of texts whose end is not known."""
        undecided = {row.id for row in self.rows() if row.status not in ARRIVED}
        with self.models():
            for text in self.flow.texts:
                if text.row_id in undecided:
                    report = DeliveryReport(
                        status="delivered",
                        message_id=text.row_id,
                        ghl_message_id=f"ghl-{text.key}",
                    )
                    delivery_reports.record(report, now=clock.now())

    def _skewed(self, seconds: float) -> dict[str, str]:
        if not seconds:
            return self.environ
        return {
            **self.environ,
            "PYTHONPATH": str(SKEW_FOLDER),
            "CLOCK_SKEW_SECONDS": str(seconds),
        }
