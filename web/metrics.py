"""Owns the Prometheus text: gauges and everybody's counts, read from PostgreSQL at each scrape.

Several web processes therefore answer the same, and nothing is counted twice or lost in a restart.
"""

import math
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from models import clock, gauges, outbox, trouble
from models.queue_stats import queue_stats
from models.readiness import heartbeat_age
from models.service_state import DOWN, N8N, PLANNER, TROUBLE, UP, read
from models.trouble import Kind
from web import metric_counters

PREFIX = "peer_matching_"
_DEAD = {"held": Kind.UNKNOWN, "text": Kind.TEXT, "reply": Kind.REPLY, "run": Kind.RUN}


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

    def collect(self) -> Iterator[Metric]:
        """Read everything anew."""
        return families(is_database_up=self._is_database_up)


def families(*, is_database_up: bool) -> Iterator[Metric]:
    """Return every metric there is, in the order of docs/monitoring.md."""
    yield _single("database_up", "Whether this process can use the database.", is_database_up)
    if is_database_up:
        yield from _texts()
        yield from _queues()
        yield from _services()
        yield from _trouble()
        yield from _events()
        yield from _last_runs()
        yield from metric_counters.families(PREFIX)


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, text, labels=labels)


def _single(name: str, text: str, value: float) -> GaugeMetricFamily:
    gauge = _gauge(name, text)
    gauge.add_metric([], float(value))
    return gauge


def _texts() -> Iterator[GaugeMetricFamily]:
    texts = _gauge("texts", "Texts by direction and status.", "direction", "status")
    for labels, count in gauges.texts_by_status().items():
        texts.add_metric(labels, count)
    yield texts


def _queues() -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    work = _gauge(
        "queue_work", "Work by queue and state, as in /api/queues/stats.", "queue", "state"
    )
    for queue, states in queue_stats(now).items():
        for state, number in states.items():
            work.add_metric([queue, state], number)
    yield work
    waiting, oldest = outbox.lateness(now)
    yield _single("texts_due", "Texts whose time has come and that wait.", waiting)
    yield _single("oldest_due_seconds", "How long the oldest has waited.", oldest.total_seconds())


def _services() -> Iterator[GaugeMetricFamily]:
    age = heartbeat_age(clock.now())
    yield _single(
        "planner_heartbeat_age_seconds",
        "Since the planner spoke; +Inf for never.",
        math.inf if age is None else age.total_seconds(),
    )
    planner, n8n = read(PLANNER), read(N8N)
    is_broken = planner is not None and planner.state == TROUBLE
    yield _single("planner_trouble", "Whether a part of the planner's last look broke.", is_broken)
    is_up = n8n is None or n8n.state != DOWN
    yield _single("n8n_up", "0 while n8n counts as down and gets no texts.", is_up)
    breaker = _gauge("n8n_breaker", "1 for the state that the way to n8n is in.", "state")
    known = UP if n8n is None else n8n.state
    for state in (UP, TROUBLE, DOWN):
        breaker.add_metric([state], float(state == known))
    yield breaker


def _trouble() -> Iterator[GaugeMetricFamily]:
    dead = _gauge("dead_work", "What waits for a person in the admin.", "kind")
    numbers = trouble.counts(clock.now())
    for name, kind in _DEAD.items():
        dead.add_metric([name], numbers[kind])
    yield dead


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
