"""Texts a second with one worker process, two and four, and processor time a text."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from models.base import db
from models.config import Config
from tests.bench.crowd import plan_introductions
from tests.bench.delivery_bench import PATIENCE_SECONDS, THREADS, check_all_sent
from tests.bench.migrated import migrated_servers
from tests.bench.sink_process import BenchSink, running_sink
from tests.worker import children, group_members, processor_seconds, running_worker

PROCESSES = (1, 2, 4)
# Seconds an answer takes, to texts per worker process: bound by the flow, and by the machine.
ANSWERS = {0.25: 200, 0.005: 1000}
# Four processes that load all they need on two processors want so long before they are measured.
START_SECONDS = 12.0
# The first and the last texts leave while not all threads have one.
EDGE = 0.1


class Rate(NamedTuple):
    """What one run came to; the costs are seconds of processor time a text."""

    per_second: float
    worker_cost: float
    postgres_cost: float


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    with migrated_servers() as (config, folder):
        yield (
            f"{os.cpu_count()} processors for workers, servers and sink, load "
            f"{os.getloadavg()[0]:.1f} before; {THREADS} threads a process"
        )
        yield (
            f"{'answer ms':>9} {'processes':>9} {'texts/s':>8} {'of one':>6} {'of threads':>10} "
            f"{'worker ms/text':>14} {'PostgreSQL ms/text':>18}"
        )
        with db.connection_context():
            for seconds, each in ANSWERS.items():
                yield from _growth(config, folder, seconds, each)
            yield f"a text with its indexes: {_bytes_a_text() / 1000:.1f} kB in PostgreSQL"


def _growth(config: Config, folder: Path, seconds: float, each: int) -> Iterator[str]:
    """Measure one kind of answer; each number of processes gets as many texts a process."""
    one = 0.0
    for processes in PROCESSES:
        with running_sink(seconds) as sink:
            there = replace(config, n8n_webhook_url=sink.url)
            rate = _rate(there, sink, folder, processes, each * processes)
        one = one or rate.per_second
        ceiling = processes * THREADS / seconds
        yield (
            f"{seconds * 1000:>9.0f} {processes:>9} {rate.per_second:>8.0f} "
            f"{rate.per_second / one:>6.2f} {rate.per_second / ceiling:>10.0%} "
            f"{rate.worker_cost * 1000:>14.1f} {rate.postgres_cost * 1000:>18.1f}"
        )


def _rate(config: Config, sink: BenchSink, folder: Path, processes: int, texts: int) -> Rate:
    plan_introductions(texts, starts_in=START_SECONDS)
    postmaster = _postmaster()
    changes = {
        "WORKER_PROCESSES": str(processes),
        "WORKER_THREADS": str(THREADS),
        "MESSAGES_PER_SECOND": "1000",
        # As many as they could use, of the hundred that the server has.
        "DATABASE_CONNECTIONS": "90",
        "REDIS_CONNECTIONS": "200",
    }
    with running_worker(config, folder / "worker.log", **changes) as worker:
        _wait_for(sink, 1)
        before = (
            processor_seconds(group_members(worker.pid)),
            processor_seconds(children(postmaster)),
        )
        _wait_for(sink, texts)
        after = (
            processor_seconds(group_members(worker.pid)),
            processor_seconds(children(postmaster)),
        )
    check_all_sent(texts)
    moments = sorted(at for _, at in sink.arrivals())
    middle = moments[int(texts * EDGE) : int(texts * (1 - EDGE))]
    return Rate(
        (len(middle) - 1) / (middle[-1] - middle[0]),
        (after[0] - before[0]) / texts,
        (after[1] - before[1]) / texts,
    )


def _wait_for(sink: BenchSink, texts: int) -> None:
    deadline = time.monotonic() + START_SECONDS + PATIENCE_SECONDS
    while sink.count() < texts and time.monotonic() < deadline:
        time.sleep(0.1)


def _bytes_a_text() -> float:
    """What one takes once it was sent and PostgreSQL has tidied up behind it."""
    db.execute_sql("VACUUM FULL event_messages")
    size = "pg_total_relation_size('event_messages')"
    found = db.execute_sql(f"SELECT {size}, count(*) FROM event_messages").fetchone()
    return found[0] / found[1]


def _postmaster() -> int:
    folder = db.execute_sql("SHOW data_directory").fetchone()[0]
    return int((Path(folder) / "postmaster.pid").read_text().split()[0])
