"""Owns when an event's matching and introductions happen: both follow the agenda's lunch."""

from datetime import datetime
from typing import Any

from peewee import SQL, fn

from models import introduction_moves
from models.agenda_item import EventAgendaItem, ItemType
from models.agenda_times import (
    LUNCH_GONE,
    NEARLY_DUE,
    NO_AGENDA,
    NO_LUNCH,
    AgendaTimes,
    drifted_event_ids,
    read,
)
from models.base import db
from models.event import WAITING_STATUSES, Event, MatchingStatus
from models.matching_run import MatchingRun, RunStatus

__all__ = [
    "drifted_event_ids",
    "follow",
    "introductions_time",
    "lock",
    "next_break",
    "plan_top_up",
    "request_top_up",
    "sync",
]

_MATCHED = (MatchingStatus.RUNNING, MatchingStatus.COMPLETED)


def lock(event_id: int) -> Event:
    """Return the event with its row locked until the caller's transaction ends.

    Whoever changes agenda items takes this first, as `sync` and generating do: taking it after
    the items could leave two of them waiting for each other.

    Raises
    ------
    peewee.DoesNotExist
        When there is no such event.
    """
    # The weaker lock, because rows that point at the event hold a share of its key: with the
    # full one, two transactions that have each added a speaker would wait for each other.
    event: Event = Event.select().where(Event.id == event_id).for_update("FOR NO KEY UPDATE").get()
    return event


def sync(event_id: int, *, now: datetime) -> Event:
    """Bring the event's times, its matching status and what waits for them after its agenda.

    A top-up that waits for a break follows it, and keeps its time when no break is left. Locks
    the event's row; writes only what differs, so a second call changes nothing. A cancelled
    event is left alone.
    """
    event = lock(event_id)
    if event.cancelled_at is not None:
        return event
    wanted = read(event_id)
    changes = {
        column: value
        for column, value in _columns(event, wanted, now).items()
        if getattr(event, column) != value
    }
    if not changes:
        return event
    Event.update(**changes).where(Event.id == event_id).execute()
    if changes.get("introductions_at"):
        introduction_moves.move(event, wanted.introductions_at)
    if changes.get("ends_at"):
        introduction_moves.expire(event_id, wanted.ends_at)
    synced: Event = Event.get_by_id(event_id)
    return synced


def follow(event_id: int, *, now: datetime) -> Event:
    """Do what `sync` does, but give up when somebody else keeps the event for too long.

    Raises
    ------
    peewee.OperationalError
        When it was not to be had within a second or so; the transaction is broken then.
    """
    db.execute_sql("SET LOCAL lock_timeout = '1s'")
    return sync(event_id, now=now)


def request_top_up(event: Event, *, now: datetime) -> datetime | None:
    """Plan a run for those who became eligible after the batch; the caller has the row locked.

    Returns
    -------
    datetime or None
        When it will run: at once while the introductions are not out, else at the next break,
        or when one is planned already that is not later. None when the batch, which will take
        everybody, is still to come, or when no break is left.
    """
    if event.cancelled_at is not None or event.matching_status not in _MATCHED:
        return None
    at = _top_up_time(event, now)
    return event.top_up_at if at is None else plan_top_up(event, at)


def plan_top_up(event: Event, at: datetime) -> datetime:
    """Plan a run of a locked event for a moment; return when it will be: no later than that."""
    # A top-up that is under way has read who is there already: it does not count.
    has_begun = fn.EXISTS(
        MatchingRun.select(SQL("1")).where(
            (MatchingRun.event == event.id)
            & (MatchingRun.status == RunStatus.RUNNING)
            & (MatchingRun.planned_for == Event.top_up_at)
        )
    )
    is_better = Event.top_up_at.is_null() | (Event.top_up_at > at) | has_begun
    Event.update(top_up_at=at, wake_sent_at=None).where(
        (Event.id == event.id) & is_better
    ).execute()
    event.top_up_at = Event.get_by_id(event.id).top_up_at
    planned: datetime = event.top_up_at
    return planned


def introductions_time(event: Event, *, now: datetime) -> datetime:
    """Return when introductions made by a run now should leave."""
    planned: datetime | None = event.introductions_at
    return planned if planned is not None and planned > now else now


def next_break(event_id: int, *, now: datetime) -> EventAgendaItem | None:
    """Return the first break that starts after `now`, or None."""
    item: EventAgendaItem | None = (
        EventAgendaItem.select()
        .where(
            (EventAgendaItem.event == event_id)
            & (EventAgendaItem.item_type == ItemType.BREAK)
            & (EventAgendaItem.start_time > now)
        )
        .order_by(EventAgendaItem.start_time)
        .first()
    )
    return item


def _columns(event: Event, wanted: AgendaTimes, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {"starts_at": wanted.starts_at, "ends_at": wanted.ends_at}
    columns |= _top_up_columns(event, now)
    if event.matching_status in _MATCHED:
        return columns | _columns_after_matching(event, wanted)
    columns |= {"matching_at": wanted.matching_at, "introductions_at": wanted.introductions_at}
    if wanted.lunch_at is None:
        reason = NO_AGENDA if wanted.starts_at is None else NO_LUNCH
        status = MatchingStatus.UNSCHEDULED
        return columns | {"matching_status": status, "matching_status_reason": reason}
    has_moved = event.matching_at != wanted.matching_at
    if event.matching_status in WAITING_STATUSES:
        columns["matching_status_reason"] = None
        if has_moved or event.matching_status == MatchingStatus.UNSCHEDULED:
            columns["matching_status"] = MatchingStatus.SCHEDULED
    elif has_moved and wanted.lunch_at > now:
        columns["matching_status_reason"] = None
        columns["matching_status"] = MatchingStatus.SCHEDULED
    return columns


def _top_up_columns(event: Event, now: datetime) -> dict[str, Any]:
    # One that is due was asked for at once; only those farther off wait for a break.
    if event.top_up_at is None or event.top_up_at <= now + NEARLY_DUE:
        return {}
    following = next_break(event.id, now=now)
    if following is None or following.start_time == event.top_up_at:
        return {}
    return {"top_up_at": following.start_time, "wake_sent_at": None}


def _columns_after_matching(event: Event, wanted: AgendaTimes) -> dict[str, Any]:
    if wanted.lunch_at is None:
        return {"matching_status_reason": LUNCH_GONE}
    columns: dict[str, Any] = {"introductions_at": wanted.introductions_at}
    if event.matching_status_reason == LUNCH_GONE:
        columns["matching_status_reason"] = None
    return columns


def _top_up_time(event: Event, now: datetime) -> datetime | None:
    if event.introductions_at is not None and now < event.introductions_at:
        return now
    following = next_break(event.id, now=now)
    return None if following is None else following.start_time
