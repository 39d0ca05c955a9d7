"""Delivery on real PostgreSQL and Redis: texts a second beside bare requests, and lateness."""

import json
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from actors.n8n.gateway import N8nGateway
from actors.sending.delivery import deliver
from models.base import db
from models.config import Config
from models.message import EventMessage
from tests.bench.crowd import plan_introductions
from tests.bench.migrated import migrated_servers
from tests.bench.sink_process import BenchSink, running_sink
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


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    with migrated_servers() as (config, folder), db.connection_context():
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
        with running_sink(seconds) as sink:
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
    plan_introductions(texts)
    ids = [row.id for row in EventMessage.select(EventMessage.id)]
    gateway = N8nGateway(config)

    def send(position: int) -> None:
        with db.connection_context():
            for message_id in ids[position::THREADS]:
                deliver(message_id, gateway=gateway, config=config)

    rate = _timed(lambda threads: threads.map(send, range(THREADS)), texts)
    check_all_sent(texts)
    return rate


def _timed(work: Any, texts: int) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(work(threads))
    return texts / (time.perf_counter() - started)


def _worker(config: Config, sink: BenchSink, texts: int, folder: Path) -> float:
    """Let a worker of the Procfile do it, planner, Redis and pace included."""
    arrivals = _run_worker(config, sink, texts, folder, spread_seconds=0, per_second=1000)
    moments = sorted(at for _, at in arrivals)
    return (texts - 1) / (moments[-1] - moments[0])


def _lateness(config: Config, folder: Path) -> str:
    rate = LATENESS_PER_SECOND
    with running_sink(0.005) as sink:
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
    sink: BenchSink,
    texts: int,
    folder: Path,
    *,
    spread_seconds: float,
    per_second: int,
) -> list[tuple[int, float]]:
    """Plan texts for when the worker is up, let it send them, return which arrived when."""
    plan_introductions(texts, starts_in=6.0, spread_seconds=spread_seconds)
    changes = {"WORKER_THREADS": str(THREADS), "MESSAGES_PER_SECOND": str(per_second)}
    with running_worker(config, folder / "worker.log", **changes):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sink.count() < texts and time.monotonic() < deadline:
            time.sleep(0.2)
    check_all_sent(texts)
    return sink.arrivals()


def _scheduling() -> str:
    seconds = plan_introductions(SCHEDULED)
    return (
        f"scheduling {SCHEDULED} introductions: {seconds:.2f} s "
        f"(goal {SCHEDULING_GOAL_SECONDS:.0f} s)"
    )


def check_all_sent(texts: int) -> None:
    """Refuse figures of a run that did not send everything."""
    sent = EventMessage.select().where(EventMessage.status == "sent").count()
    if sent != texts:
        raise RuntimeError(f"{sent} of {texts} texts were sent, so the figures mean nothing")
