"""Owns the numbers of the three queues, read from PostgreSQL, which is the truth.

`held` texts wait for a person and `cancelled` ones for nobody, so no number counts them; nor
does one count an abandoned run, which is taken up again by another. A reply has `failed` once
our code broke on it too often to be tried again by itself.
"""

from datetime import datetime
from typing import Any

from peewee import Expression, Node, fn

from models.event import Event, MatchingStatus
from models.inbound import is_given_up
from models.matching_run import MatchingRun, RunStatus
from models.message import EventMessage
from models.message_status import ARRIVED, Direction, MessageStatus

STATES = ("waiting", "active", "completed", "failed", "delayed")


def queue_stats(now: datetime) -> dict[str, dict[str, int]]:
    """Count the work of each queue in three queries.

    Returns
    -------
    dict
        Queue name to `waiting` (due, not begun), `active`, `completed`, `failed`, `delayed` (due
        later) and `total`, which is waiting + active + delayed.
    """
    messages, follow_up = _message_stats(now)
    return {
        "event_orchestration": _with_total(_orchestration_stats(now)),
        "event_messages": _with_total(messages),
        "follow_up": _with_total(follow_up),
    }


def event_queue_stats(event: Event, now: datetime) -> dict[str, dict[str, int]]:
    """Count one event's work of each queue by the same rules, in two queries."""
    messages, follow_up = _message_stats(now, EventMessage.event == event.id)
    runs = _run_counts(MatchingRun.event == event.id)
    is_live = event.cancelled_at is None
    is_planned = is_live and event.matching_status == MatchingStatus.SCHEDULED
    is_queued = is_live and event.matching_status == MatchingStatus.QUEUED
    moments = [event.matching_at if is_planned else None, event.top_up_at if is_live else None]
    ahead = [moment for moment in moments if moment is not None]
    due = sum(moment <= now for moment in ahead)
    orchestration = {
        **runs,
        "waiting": is_queued + due,
        "failed": runs["failed"] + (event.matching_status == MatchingStatus.MISSED),
        "delayed": len(ahead) - due,
    }
    return {
        "event_orchestration": _with_total(orchestration),
        "event_messages": _with_total(messages),
        "follow_up": _with_total(follow_up),
    }


def _with_total(counts: dict[str, int]) -> dict[str, int]:
    return {**counts, "total": counts["waiting"] + counts["active"] + counts["delayed"]}


def _orchestration_stats(now: datetime) -> dict[str, int]:
    runs = _run_counts()
    is_live = Event.cancelled_at.is_null()
    is_planned = is_live & (Event.matching_status == MatchingStatus.SCHEDULED)
    events = _counts(
        Event,
        None,
        queued=is_live & (Event.matching_status == MatchingStatus.QUEUED),
        due=is_planned & (Event.matching_at <= now),
        later=is_planned & (Event.matching_at > now),
        top_up_due=is_live & (Event.top_up_at <= now),
        top_up_later=is_live & (Event.top_up_at > now),
        missed=Event.matching_status == MatchingStatus.MISSED,
    )
    return {
        "waiting": events["queued"] + events["due"] + events["top_up_due"],
        "active": runs["active"],
        "completed": runs["completed"],
        "failed": runs["failed"] + events["missed"],
        "delayed": events["later"] + events["top_up_later"],
    }


def _run_counts(wanted: Expression | None = None) -> dict[str, int]:
    return _counts(
        MatchingRun,
        wanted,
        active=MatchingRun.status == RunStatus.RUNNING,
        completed=MatchingRun.status == RunStatus.COMPLETED,
        failed=MatchingRun.status == RunStatus.FAILED,
    )


def _message_stats(
    now: datetime, wanted: Expression | None = None
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the numbers of outbound texts and of replies, from one pass over the table."""
    status = EventMessage.status
    is_outbound = EventMessage.direction == Direction.OUTBOUND
    is_inbound = EventMessage.direction == Direction.INBOUND
    is_unhandled = (
        is_inbound & (status == MessageStatus.RECEIVED) & EventMessage.handled_at.is_null()
    )
    is_scheduled = is_outbound & (status == MessageStatus.SCHEDULED)
    is_later = EventMessage.due_at() > now
    counts = _counts(
        EventMessage,
        wanted,
        waiting=(is_scheduled & ~is_later) | (is_outbound & (status == MessageStatus.QUEUED)),
        active=is_outbound & (status == MessageStatus.SENDING),
        completed=is_outbound & status.in_([arrived.value for arrived in ARRIVED]),
        failed=is_outbound & (status == MessageStatus.FAILED),
        delayed=is_scheduled & is_later,
        reply_waiting=is_unhandled & ~is_given_up(),
        reply_completed=is_inbound & EventMessage.handled_at.is_null(False),
        reply_failed=is_unhandled & is_given_up(),
    )
    replies = {state: counts.pop(f"reply_{state}", 0) for state in STATES}
    return counts, replies


def _counts(
    table: Any, wanted: Expression | None, **conditions: Expression | Node
) -> dict[str, int]:
    """Count the rows (all, or those wanted) that meet each condition, in one query."""
    columns = [fn.COUNT(table.id).filter(condition) for condition in conditions.values()]
    query = table.select(*columns)
    row = (query if wanted is None else query.where(wanted)).tuples().get()
    return dict(zip(conditions, row, strict=True))
