"""A world whose workers are on hosts of their own, and what can be asked of each host."""

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from models.config import Config
from tests.conftest import settings
from tests.faults.crew import Worker
from tests.faults.network import N8N, POSTGRES, REDIS, Network
from tests.faults.servers import Postgres
from tests.faults.world import World
from tests.worker import procfile_line

THREADS = 4


class NetworkWorld(World):
    """One worker on each host of a network, and the services on theirs."""

    redis_host, n8n_host = REDIS, N8N

    def __init__(
        self,
        network: Network,
        postgres: Postgres,
        folder: Path,
        rng: random.Random,
        *,
        drops_repeats: bool,
    ) -> None:
        super().__init__(postgres, folder, rng, drops_repeats=drops_repeats)
        self.network = network
        self.lines = [host.command(procfile_line("worker")) for host in network.hosts.values()]

    @property
    def config(self) -> Config:
        database = self.database_url.partition("?")[0].rpartition("/")[2]
        return settings(
            DATABASE_URL=f"postgresql://postgres@{POSTGRES}/{database}",
            REDIS_URL=self.redis.url,
            N8N_WEBHOOK_URL=self.flow.url,
        )

    def begin(self, **environ: str) -> None:
        """Start everything, each part on its host."""
        with self.network.services.inside():
            self.start(workers=len(self.lines), WORKER_THREADS=str(THREADS), **environ)

    def stop(self) -> None:
        self.network.heal_all()
        super().stop()

    def leader(self) -> str:
        """The host that plans."""
        found = self.query(
            "SELECT split_part(detail->>'leader', '/', 2) FROM service_states "
            "WHERE name = 'planner'"
        )
        return str(found[0][0])

    def other(self, name: str) -> str:
        (other,) = set(self.network.hosts) - {name}
        return other

    def worker(self, name: str) -> Worker:
        return self.crew.workers[list(self.network.hosts).index(name)]

    def sessions(self, name: str) -> int:
        """How many connections PostgreSQL takes a host to have."""
        return self._sessions(name, "true")

    def claims_under_way(self, name: str) -> int:
        """How many claims of a host wait for somebody else's."""
        return self._sessions(name, "wait_event_type = 'Lock'")

    def _sessions(self, name: str, condition: str) -> int:
        found = self.query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            f"AND split_part(application_name, '/', 2) = %s AND {condition}",
            name,
        )
        return int(found[0][0])

    def leases_over(self) -> int:
        """How many texts were being sent by somebody who has not come back in time."""
        found = self.query(
            "SELECT count(*) FROM event_messages WHERE status = 'sending' AND lease_until < now()"
        )
        return int(found[0][0])

    def in_the_air(self, name: str) -> int:
        """How many requests of a host n8n has taken and not answered yet."""
        client, since = self.network.address(name), time.time() - self.flow.seconds
        return sum(each.client == client and each.at > since for each in self.flow.requests)

    @contextmanager
    def texts_locked(self) -> Iterator[None]:
        """Let whoever claims a text wait until the block ends."""
        with closing(psycopg2.connect(self.database_url)) as connection:
            connection.cursor().execute(
                "SELECT id FROM event_messages WHERE status = 'queued' FOR UPDATE SKIP LOCKED"
            )
            yield
