"""Owns the Prometheus text: gauges read from PostgreSQL at each scrape.

Several web processes therefore answer the same, and nothing is counted twice or lost in a restart.
"""

import math
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from models import clock, gauges
from models.queue_stats import queue_stats
from models.readiness import heartbeat_age

PREFIX = "peer_matching_"


def exposition(*, is_database_up: bool) -> bytes:
    """Return the text of one scrape; without a database it says only that.

    With one, it needs an open connection.
    """
    registry = CollectorRegistry()
    registry.register(_Gauges(is_database_up))
    return generate_latest(registry)


class _Gauges(Collector):
    def __init__(self, is_database_up: bool) -> None:
        self._is_database_up = is_database_up

    def describe(self) -> list[GaugeMetricFamily]:
        """Return nothing, so that registering does not read the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = _gauge("database_up", "Whether this process can use the database.")
        up.add_metric([], float(self._is_database_up))
        yield up
        if self._is_database_up:
            yield from _texts()
            yield from _queues_and_planner()
            yield from _events()
            yield from _last_runs()


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, text, labels=labels)


def _texts() -> Iterator[GaugeMetricFamily]:
    texts = _gauge("texts", "Texts by direction and status.", "direction", "status")
    for labels, count in gauges.texts_by_status().items():
        texts.add_metric(labels, count)
    yield texts


def _queues_and_planner() -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    work = _gauge(
        "queue_work", "Work by queue and state, as in /api/queues/stats.", "queue", "state"
    )
    for queue, states in queue_stats(now).items():
        for state, count in states.items():
            work.add_metric([queue, state], count)
    yield work
    age = heartbeat_age(now)
    heartbeat = _gauge("planner_heartbeat_age_seconds", "Since the planner spoke; +Inf for never.")
    heartbeat.add_metric([], math.inf if age is None else age.total_seconds())
    yield heartbeat


def _events() -> Iterator[GaugeMetricFamily]:
    events = _gauge("events", "Events by the state of their matching.", "matching_status")
    for status, count in gauges.events_by_matching_status().items():
        events.add_metric([status], count)
    yield events


def _last_runs() -> Iterator[GaugeMetricFamily]:
    seconds = _gauge("last_run_seconds", "How long the newest finished run took.", "kind")
    gap = _gauge("last_run_gap", "Its distance from the proven bound, as a share.", "kind")
    coverage = _gauge("last_run_coverage", "Matched share of the eligible, 0 to 1.", "kind")
    for run in gauges.last_runs():
        seconds.add_metric([run.kind], run.seconds)
        if run.gap is not None:
            gap.add_metric([run.kind], run.gap)
        if run.coverage is not None:
            coverage.add_metric([run.kind], run.coverage)
    yield from (seconds, gap, coverage)
