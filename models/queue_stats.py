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


def _with_total(counts: dict[str, int]) -> dict[str, int]:
    return {**counts, "total": counts["waiting"] + counts["active"] + counts["delayed"]}


def _orchestration_stats(now: datetime) -> dict[str, int]:
    runs = _counts(
        MatchingRun,
        active=MatchingRun.status == RunStatus.RUNNING,
        completed=MatchingRun.status == RunStatus.COMPLETED,
        failed=MatchingRun.status == RunStatus.FAILED,
    )
    is_live = Event.cancelled_at.is_null()
    is_planned = is_live & (Event.matching_status == MatchingStatus.SCHEDULED)
    events = _counts(
        Event,
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


def _message_stats(now: datetime) -> tuple[dict[str, int], dict[str, int]]:
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


def _counts(table: Any, **conditions: Expression | Node) -> dict[str, int]:
    """Count the rows that meet each condition, in one query."""
    columns = [fn.COUNT(table.id).filter(condition) for condition in conditions.values()]
    row = table.select(*columns).tuples().get()
    return dict(zip(conditions, row, strict=True))
