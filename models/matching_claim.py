"""Owns who runs a matching batch: one process at a time, for a plan that still stands.

None of these opens a transaction; the caller does.
"""

from datetime import datetime, timedelta

from models import schedule
from models.event import CANCELLED, Event, MatchingStatus
from models.matching_run import MatchingRun, RunKind, RunStatus

MAX_FAILURES = 3
MAX_TRIES = 10
STARTABLE = (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED)


def lock_event(event_id: int) -> Event | None:
    """Do what `schedule.lock` does, for an event that may be gone by now: None then."""
    try:
        return schedule.lock(event_id)
    except Event.DoesNotExist:
        return None


def is_wanted(event: Event, planned_for: datetime, kind: RunKind) -> bool:
    """Whether this wake-up is for the plan that the row has now."""
    if event.cancelled_at is not None:
        return False
    if kind == RunKind.BATCH:
        return event.matching_at == planned_for and event.matching_status in STARTABLE
    return event.top_up_at == planned_for


def running(event_id: int) -> MatchingRun | None:
    """Return the run that is under way at an event, if any."""
    run: MatchingRun | None = MatchingRun.get_or_none(
        (MatchingRun.event == event_id) & (MatchingRun.status == RunStatus.RUNNING)
    )
    return run


def start(
    event: Event, planned_for: datetime, kind: RunKind, *, now: datetime, lease: timedelta
) -> MatchingRun:
    """Open the run's row on a locked event."""
    if kind == RunKind.BATCH:
        _set_status(event, MatchingStatus.RUNNING, None)
    key = MatchingRun.insert(
        event=event.id,
        kind=kind,
        planned_for=planned_for,
        started_at=now,
        lease_until=now + lease,
    ).execute()
    run: MatchingRun = MatchingRun.get_by_id(key)
    return run


def note_progress(run: MatchingRun, done: int, total: int, *, lease_until: datetime) -> None:
    """Say how many people of a big pool have been looked at, and that the run is alive."""
    MatchingRun.update(progress={"done": done, "total": total}, lease_until=lease_until).where(
        (MatchingRun.id == run.id) & (MatchingRun.status == RunStatus.RUNNING)
    ).execute()


def complete(event: Event, run: MatchingRun, *, now: datetime, **columns: object) -> bool:
    """Close a run with its results; False when it was taken away in the meantime."""
    if not _close(run, RunStatus.COMPLETED, now, **columns):
        return False
    if run.kind == RunKind.BATCH or event.matching_status == MatchingStatus.FAILED:
        _set_status(event, MatchingStatus.COMPLETED, None)
    _clear_top_up(event, run)
    return True


def fail(event: Event, run: MatchingRun, error: str, *, now: datetime) -> None:
    """Close a run that broke; its plan is tried again until three runs of it have."""
    _end(event, run, RunStatus.FAILED, error, now)


def give_back(event: Event, run: MatchingRun, reason: str, *, now: datetime) -> None:
    """Close a run that was cut short through no fault of its own, so that another takes over.

    A lunch must not fail because of deploys or killed workers: ten of these, not three, end it.
    """
    _end(event, run, RunStatus.ABANDONED, reason, now)


def drop(event: Event, run: MatchingRun, reason: str, *, now: datetime) -> None:
    """Close a run that nobody wants any more: the event was cancelled under it."""
    if _close(run, RunStatus.ABANDONED, now, error=reason):
        _unplan(event, run)


def _end(event: Event, run: MatchingRun, ending: RunStatus, error: str, now: datetime) -> None:
    if not _close(run, ending, now, error=error):
        return
    if event.cancelled_at is not None:
        _unplan(event, run)
        return
    may_try_again = _may_try_again(event, run)
    if run.kind == RunKind.BATCH and event.matching_status == MatchingStatus.RUNNING:
        status = MatchingStatus.SCHEDULED if may_try_again else MatchingStatus.FAILED
        _set_status(event, status, None if may_try_again else f"Matching failed: {error}")
    elif run.kind == RunKind.TOP_UP and not may_try_again:
        _clear_top_up(event, run)
    if ending == RunStatus.ABANDONED and may_try_again:
        # The wake-up that began it is used up; without one on its way the next look sends it.
        Event.update(wake_sent_at=None).where(Event.id == event.id).execute()


def _may_try_again(event: Event, run: MatchingRun) -> bool:
    is_same_plan = (MatchingRun.event == event.id) & (MatchingRun.planned_for == run.planned_for)
    tries = MatchingRun.select().where(is_same_plan).count()
    has_failed = is_same_plan & (MatchingRun.status == RunStatus.FAILED)
    failures = MatchingRun.select().where(has_failed).count()
    return bool(failures < MAX_FAILURES and tries < MAX_TRIES)


def _unplan(event: Event, run: MatchingRun) -> None:
    if event.matching_status == MatchingStatus.RUNNING and run.kind == RunKind.BATCH:
        _set_status(event, MatchingStatus.UNSCHEDULED, CANCELLED)
    _clear_top_up(event, run)


def _close(run: MatchingRun, status: RunStatus, now: datetime, **columns: object) -> bool:
    closed = (
        MatchingRun.update(status=status, finished_at=now, lease_until=None, **columns)
        .where((MatchingRun.id == run.id) & (MatchingRun.status == RunStatus.RUNNING))
        .execute()
    )
    return bool(closed)


def _set_status(event: Event, status: MatchingStatus, reason: str | None) -> None:
    Event.update(matching_status=status, matching_status_reason=reason).where(
        Event.id == event.id
    ).execute()
    event.matching_status = status


def _clear_top_up(event: Event, run: MatchingRun) -> None:
    Event.update(top_up_at=None, wake_sent_at=None).where(
        (Event.id == event.id) & (Event.top_up_at == run.planned_for)
    ).execute()


def lock_expired(*, now: datetime, limit: int) -> list[MatchingRun]:
    """Lock the runs whose worker was last heard of longer ago than the lease."""
    return list(
        MatchingRun.select()
        .where((MatchingRun.status == RunStatus.RUNNING) & (MatchingRun.lease_until < now))
        .limit(limit)
        .for_update(skip_locked=True)
    )
