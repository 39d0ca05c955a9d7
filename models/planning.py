"""Owns which events need a matching run soon, and whose run or wake-up was lost.

None of these opens a transaction; the caller does.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import SQL, fn

from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun, RunKind, RunStatus

MISSED = "The event ended before matching could run."


class PlannedRun(NamedTuple):
    """A run that is due at an event, for the plan that its row has."""

    event_id: int
    planned_for: datetime
    kind: RunKind


def lock_due_runs(
    *, now: datetime, until: datetime, lost_after: timedelta, limit: int
) -> list[PlannedRun]:
    """Lock events with a batch or a top-up due by `until`, note the wake-up, and return them.

    A plan whose wake-up was sent longer ago than `lost_after` and that nobody started since is
    returned again.
    """
    nobody_told = Event.wake_sent_at.is_null() | (Event.wake_sent_at < now - lost_after)
    may_run = Event.cancelled_at.is_null() & ~_is_running()
    batch = (Event.matching_at <= until) & (
        (Event.matching_status == MatchingStatus.SCHEDULED)
        | (
            (Event.matching_status == MatchingStatus.QUEUED)
            & (Event.matching_at < now - lost_after)
            & nobody_told
        )
    )
    top_up = (Event.top_up_at <= until) & nobody_told
    events = list(
        Event.select()
        .where(may_run & (batch | top_up))
        .order_by(Event.id)
        .limit(limit)
        .for_update(skip_locked=True)
    )
    runs = []
    for event in events:
        if event.is_over(now):
            _give_up(event)
        elif _needs_batch(event, now, until, lost_after):
            _note_wake_up(event, now, matching_status=MatchingStatus.QUEUED)
            runs.append(PlannedRun(event.id, event.matching_at, RunKind.BATCH))
        elif event.top_up_at is not None and event.top_up_at <= until:
            _note_wake_up(event, now)
            runs.append(PlannedRun(event.id, event.top_up_at, RunKind.TOP_UP))
    return runs


def _is_running() -> Any:
    return fn.EXISTS(
        MatchingRun.select(SQL("1")).where(
            (MatchingRun.event == Event.id) & (MatchingRun.status == RunStatus.RUNNING)
        )
    )


def _needs_batch(event: Event, now: datetime, until: datetime, lost_after: timedelta) -> bool:
    """Whether the batch needs a wake-up; one that is on its way does not keep a top-up waiting."""
    if event.matching_at is None or event.matching_at > until:
        return False
    if event.matching_status == MatchingStatus.QUEUED:
        return max(event.matching_at, event.wake_sent_at or event.matching_at) < now - lost_after
    return bool(event.matching_status == MatchingStatus.SCHEDULED)


def _note_wake_up(event: Event, now: datetime, **columns: object) -> None:
    Event.update(wake_sent_at=now, **columns).where(Event.id == event.id).execute()


def _give_up(event: Event) -> None:
    columns: dict[str, object] = {"top_up_at": None, "wake_sent_at": None}
    if event.matching_status in (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED):
        columns |= {"matching_status": MatchingStatus.MISSED, "matching_status_reason": MISSED}
    Event.update(**columns).where(Event.id == event.id).execute()


def forget_wake_up(event_id: int) -> None:
    """Say that a wake-up could not be sent after all, so that the next look sends it."""
    Event.update(wake_sent_at=None).where(Event.id == event_id).execute()
    Event.update(matching_status=MatchingStatus.SCHEDULED).where(
        (Event.id == event_id) & (Event.matching_status == MatchingStatus.QUEUED)
    ).execute()
