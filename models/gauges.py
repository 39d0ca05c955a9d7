"""Owns the counts that monitoring reads: texts, events and the last runs, each in one query."""

from dataclasses import dataclass

from peewee import fn

from models.event import Event
from models.matching_run import MatchingRun, RunStatus
from models.message import EventMessage


@dataclass(frozen=True)
class FinishedRun:
    """The newest finished run of its kind; `coverage` is the matched share of the eligible."""

    kind: str
    seconds: float
    gap: float | None
    coverage: float | None


def texts_by_status() -> dict[tuple[str, str], int]:
    """Count texts by direction and status."""
    key = (EventMessage.direction, EventMessage.status)
    rows = EventMessage.select(*key, fn.COUNT(EventMessage.id)).group_by(*key).tuples()
    return {(direction, status): count for direction, status, count in rows}


def events_by_matching_status() -> dict[str, int]:
    """Count events that are not cancelled by the state of their matching."""
    rows = (
        Event.select(Event.matching_status, fn.COUNT(Event.id))
        .where(Event.cancelled_at.is_null())
        .group_by(Event.matching_status)
        .tuples()
    )
    return dict(rows)


def last_runs() -> list[FinishedRun]:
    """Return the newest completed run of each kind."""
    rows = (
        MatchingRun.select()
        .where((MatchingRun.status == RunStatus.COMPLETED) & MatchingRun.finished_at.is_null(False))
        .distinct(MatchingRun.kind)
        .order_by(MatchingRun.kind, MatchingRun.finished_at.desc())
    )
    return [
        FinishedRun(
            kind=run.kind,
            seconds=(run.finished_at - run.started_at).total_seconds(),
            gap=run.gap,
            coverage=run.covered / run.eligible if run.eligible else None,
        )
        for run in rows
    ]
