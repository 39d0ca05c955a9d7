"""Where a real n8n runs: beside our own web and worker, before a stand-in for GoHighLevel."""

import json
import random
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import requests
from psycopg2.extensions import parse_dsn

from models.config import Config
from models.embedded import free_port
from tests.conftest import WEBHOOK_SECRET, settings
from tests.faults.crew import Crew
from tests.faults.servers import Postgres, connected
from tests.faults.world import START_SECONDS, World
from tests.n8n.ghl import LOCATION, TOKEN, Ghl
from tests.n8n.process import WORKFLOWS, N8n
from tests.sink import Answer, Request, Sink
from tests.worker import environ_of, running_web

N8N_TOKEN = "n8n-token-for-tests"
GHL_WEBHOOK_TOKEN = "ghl-webhook-token-for-tests"
OUTBOUND = "peerMatchingOutbound"
PACE = 20
SETTINGS = {
    "N8N_DROPS_REPEATS": "1",
    "HTTP_TIMEOUT_SECONDS": "6",
    "LEASE_SECONDS": "10",
    "RESCUE_AFTER_SECONDS": "4",
    "MESSAGES_PER_SECOND": str(PACE),
}


class Front(Sink):
    """Stands before our web and hands requests on; the first `refusals` get 503 instead."""

    def __init__(self) -> None:
        super().__init__(self._hand_on)
        self.refusals = 0
        self.web_port = 0

    @property
    def base(self) -> str:
        return self.url.removesuffix("/webhook/send")

    def _hand_on(self, request: Request) -> Answer:
        if self.refusals > 0:
            self.refusals -= 1
            return Answer(503)
        kept = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")
        headers = {name: request.headers[name] for name in kept if name in request.headers}
        address = f"http://127.0.0.1:{self.web_port}{request.path}"
        answer = requests.post(address, data=request.raw, headers=headers, timeout=10)
        return Answer(answer.status_code, answer.json())


class House(World):
    """A world of the fault suites, with the workflows of `n8n/` in place of its flow."""

    def __init__(self, postgres: Postgres, folder: Path) -> None:
        super().__init__(postgres, folder, random.Random(1), drops_repeats=True)
        self.ghl = Ghl()
        self.front = Front()
        self._n8n_port = free_port()
        self._n8n_database = postgres.empty_database("n8n")

    @property
    def config(self) -> Config:
        return settings(
            DATABASE_URL=self.database_url,
            REDIS_URL=self.redis.url,
            N8N_WEBHOOK_URL=f"http://127.0.0.1:{self._n8n_port}/webhook/peer-matching-text",
            N8N_WEBHOOK_TOKEN=N8N_TOKEN,
            **SETTINGS,
        )

    def start(self) -> None:
        for part in (self.redis, self.ghl, self.front):
            self._started.enter_context(part)
        self.environ = environ_of(self.config, **SETTINGS)
        self.front.web_port = self._started.enter_context(
            running_web(self.config, self.folder / "web.log", **SETTINGS)
        )
        self.n8n = self._make_n8n()
        self.n8n.set_up()
        self._make_table()
        self._started.callback(lambda: self.n8n.end(signal.SIGKILL))
        self.n8n.start()
        self.crew = self._started.enter_context(Crew([self.environ], self.folder, self.rng))
        assert self.eventually(self.planner_is_fresh, START_SECONDS), self.crew.complaints()

    def kept(self) -> list[tuple[Any, ...]]:
        """What n8n's table holds."""
        with connected(self._n8n_database) as cursor:
            cursor.execute("SELECT webhook_id, ghl_message_id FROM peer_matching_texts")
            return list(cursor.fetchall())

    def counts(self) -> dict[str, int]:
        """What was planned and what became of it, beside what reached phones."""
        arrived = Counter((text.phone, text.words) for text in self.ghl.texts)
        planned = {f"planned_{name}": number for name, number in sorted(self.statuses().items())}
        return {
            **planned,
            "requests_to_gohighlevel": len(self.ghl.requests),
            "texts_on_phones": len(self.ghl.texts),
            "planned_texts_twice": sum(
                times > 1 for (_, words), times in arrived.items() if words.startswith("Text ")
            ),
        }

    def _make_n8n(self) -> N8n:
        where = parse_dsn(self._n8n_database)
        return N8n(
            self.folder,
            {"host": where["host"], "user": where["user"], "name": where["dbname"]},
            {
                "WEBHOOK_SECRET": WEBHOOK_SECRET,
                "GHL_API_URL": self.ghl.base,
                "GHL_TOKEN": TOKEN,
                "GHL_LOCATION_ID": LOCATION,
                "GHL_WEBHOOK_TOKEN": GHL_WEBHOOK_TOKEN,
                "PEER_MATCHING_URL": self.front.base,
            },
            token=N8N_TOKEN,
            port=self._n8n_port,
        )

    def _make_table(self) -> None:
        """Do what “Make the table” does when it is pressed in the editor."""
        flow = json.loads((WORKFLOWS / "outbound.json").read_text())
        node = next(node for node in flow["nodes"] if node["name"] == "Make the table")
        with connected(self._n8n_database) as cursor:
            cursor.execute(node["parameters"]["query"])
