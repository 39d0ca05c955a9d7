"""Delivery on real PostgreSQL and Redis: texts a second beside bare requests, and lateness."""

import json
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import requests

from actors.delivery import deliver
from actors.introductions import schedule_introductions
from actors.n8n import N8nGateway
from models import clock
from models.base import db, init_database
from models.config import Config
from models.embedded import EmbeddedServers
from models.event import Event
from models.message import EventMessage
from models.migrate import migrate
from tests.conftest import settings
from tests.servers import data_folder
from tests.sink import Answer, Request, Sink
from tests.worker import running_worker

THREADS = 8
# Seconds an answer takes, to texts per measurement.
ANSWERS = {0.005: 1500, 0.1: 400}
GOAL_OF_CEILING = 0.7
SCHEDULED = 20_000
SCHEDULING_GOAL_SECONDS = 5.0
LATENESS_PER_SECOND = 100
LATENESS_TEXTS = 1000
PATIENCE_SECONDS = 120

_PEOPLE = """
    WITH made AS (
        INSERT INTO contractors (first_name, last_name, phone, company_name, service_area)
        SELECT 'Ana', 'Moss' || n, '+1' || (2015550000 + n), 'Moss Builders ' || n, 'Austin, TX'
        FROM generate_series(1, %(people)s) n RETURNING id
    )
    INSERT INTO event_attendees (event_id, contractor_id, check_in_time, sms_opt_in)
    SELECT %(event_id)s, id, now(), true FROM made
"""
# Neighbours are paired, so that each person has one match.
_MATCHES = """
    INSERT INTO event_peer_matches (event_id, contractor1_id, contractor2_id, match_score,
        match_reason, match_criteria)
    SELECT event_id, min(contractor_id), max(contractor_id), 0.8,
        'both focused on controlling lead flow', '{"geographic": 1.0}'
    FROM (
        SELECT event_id, contractor_id, (row_number() OVER (ORDER BY contractor_id) - 1) / 2 AS pair
        FROM event_attendees WHERE event_id = %(event_id)s
    ) numbered
    GROUP BY event_id, pair RETURNING id
"""


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    with data_folder() as folder, EmbeddedServers(folder) as servers:
        urls = servers.urls
        config = settings(DATABASE_URL=urls["DATABASE_URL"], REDIS_URL=urls["REDIS_URL"])
        init_database(config.database_url)
        migrate()
        with db.connection_context():
            yield from _rates(config, folder)
            yield _scheduling()
            yield _lateness(config, folder)


def _rates(config: Config, folder: Path) -> Iterator[str]:
    yield f"{THREADS} threads in one process; the sink answers from a process of its own"
    yield (
        f"{'answer ms':>9} {'bare requests/s':>16} {'deliver/s':>10} {'share':>6} "
        f"{'worker/s':>9} {'share':>6} {'goal':>5}"
    )
    for seconds, texts in ANSWERS.items():
        with _sink(seconds) as sink:
            there = replace(config, n8n_webhook_url=sink.url)
            bare = _bare(there, texts)
            ours = _deliver(there, texts)
            sink.arrivals()
            worker = _worker(there, sink, texts, folder)
        yield (
            f"{seconds * 1000:>9.0f} {bare:>16.0f} {ours:>10.0f} {ours / bare:>6.0%} "
            f"{worker:>9.0f} {worker / bare:>6.0%} {GOAL_OF_CEILING:>5.0%}"
        )


def _bare(config: Config, texts: int) -> float:
    """Post as many bodies with a session a thread and nothing else: the ceiling."""
    body = json.dumps({"send_via_ghl": {"phone": "+12015550001", "message": "x" * 400}})

    def post(count: int) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for number in range(count):
                headers = {"webhook-id": f"bare_{number}", "Content-Type": "application/json"}
                session.post(config.n8n_webhook_url, data=body, headers=headers, timeout=12)

    return _timed(lambda threads: threads.map(post, [texts // THREADS] * THREADS), texts)


def _deliver(config: Config, texts: int) -> float:
    """Let the same threads claim, post and record; no wake-ups and no pace."""
    _plan(texts)
    ids = [row.id for row in EventMessage.select(EventMessage.id)]
    gateway = N8nGateway(config)

    def send(position: int) -> None:
        with db.connection_context():
            for message_id in ids[position::THREADS]:
                deliver(message_id, gateway=gateway, config=config)

    rate = _timed(lambda threads: threads.map(send, range(THREADS)), texts)
    _check_all_sent(texts)
    return rate


def _timed(work: Any, texts: int) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(work(threads))
    return texts / (time.perf_counter() - started)


def _worker(config: Config, sink: "BenchSink", texts: int, folder: Path) -> float:
    """Let a worker of the Procfile do it, planner, Redis and pace included."""
    arrivals = _run_worker(config, sink, texts, folder, spread_seconds=0, per_second=1000)
    moments = sorted(at for _, at in arrivals)
    return (texts - 1) / (moments[-1] - moments[0])


def _lateness(config: Config, folder: Path) -> str:
    rate = LATENESS_PER_SECOND
    with _sink(0.005) as sink:
        there = replace(config, n8n_webhook_url=sink.url)
        spread = LATENESS_TEXTS / rate
        arrivals = _run_worker(
            there, sink, LATENESS_TEXTS, folder, spread_seconds=spread, per_second=2 * rate
        )
    due = dict(EventMessage.select(EventMessage.id, EventMessage.scheduled_time).tuples())
    late = sorted((at - due[text_id].timestamp()) * 1000 for text_id, at in arrivals)
    p50, p99 = statistics.median(late), late[int(len(late) * 0.99)]
    return f"lateness at {rate}/s: p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {late[-1]:.0f} ms"


def _run_worker(
    config: Config,
    sink: "BenchSink",
    texts: int,
    folder: Path,
    *,
    spread_seconds: float,
    per_second: int,
) -> list[tuple[int, float]]:
    """Plan texts for when the worker is up, let it send them, return which arrived when."""
    _plan(texts, starts_in=6.0, spread_seconds=spread_seconds)
    changes = {"WORKER_THREADS": str(THREADS), "MESSAGES_PER_SECOND": str(per_second)}
    with running_worker(config, folder / "worker.log", **changes):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sink.count() < texts and time.monotonic() < deadline:
            time.sleep(0.2)
    _check_all_sent(texts)
    return sink.arrivals()


def _scheduling() -> str:
    seconds = _plan(SCHEDULED)
    return (
        f"scheduling {SCHEDULED} introductions: {seconds:.2f} s "
        f"(goal {SCHEDULING_GOAL_SECONDS:.0f} s)"
    )


def _plan(texts: int, *, starts_in: float = 0.0, spread_seconds: float = 0.0) -> float:
    """Plan introductions in an emptied database; return how long planning them took."""
    db.execute_sql("TRUNCATE events, contractors, service_states RESTART IDENTITY CASCADE")
    now = clock.now()
    event = Event.create(name="Bench", date=now.date(), ends_at=now + timedelta(hours=5))
    values = {"event_id": event.id, "people": texts}
    db.execute_sql(_PEOPLE, values)
    match_ids = [row[0] for row in db.execute_sql(_MATCHES, values).fetchall()]
    started = time.perf_counter()
    with db.atomic():
        schedule_introductions(event, match_ids, now=now)
    seconds = time.perf_counter() - started
    db.execute_sql(
        "UPDATE event_messages SET scheduled_time = clock_timestamp()"
        " + make_interval(secs => %s + %s * (id - 1) / %s)",
        (starts_in, spread_seconds, texts),
    )
    db.execute_sql("VACUUM ANALYZE event_messages")
    return seconds


def _check_all_sent(texts: int) -> None:
    sent = EventMessage.select().where(EventMessage.status == "sent").count()
    if sent != texts:
        raise RuntimeError(f"{sent} of {texts} texts were sent, so the figures mean nothing")


class BenchSink:
    """A sink in a process of its own, so that it does not share our interpreter."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url: str = pipe.recv()

    def count(self) -> int:
        """Return how many requests came since `arrivals` was last called."""
        self._pipe.send("count")
        return int(self._pipe.recv())

    def arrivals(self) -> list[tuple[int, float]]:
        """Return the ids of the texts and when they arrived; forget them."""
        self._pipe.send("arrivals")
        found: list[tuple[int, float]] = self._pipe.recv()
        return found


@contextmanager
def _sink(answer_seconds: float) -> Iterator[BenchSink]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, answer_seconds)
    )
    process.start()
    try:
        yield BenchSink(ours)
    finally:
        ours.send("stop")
        process.join()


def _serve(pipe: Connection, answer_seconds: float) -> None:
    def decide(request: Request) -> Answer:
        return Answer(body={"ghl_message_id": f"ghl-{request.key}"}, seconds=answer_seconds)

    with Sink(decide) as sink:
        pipe.send(sink.url)
        while (asked := pipe.recv()) != "stop":
            if asked == "count":
                pipe.send(len(sink.requests))
                continue
            arrived, sink.requests = sink.requests, []
            pipe.send([(each.part.get("message_id", 0), each.at) for each in arrived])
