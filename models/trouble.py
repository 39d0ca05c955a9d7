"""Owns what waits for a person: texts held or failed, replies that broke us, runs that gave up.

Whatever exhausts its tries is found here with its reason, until somebody acts on it. What failed
days ago is left out: nothing can be done about it any more, and its row stays in the lists. What
waits for approval is asked for at its event's desk instead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from peewee import JOIN, SQL, Case, Expression, fn

from models import inbound
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun, RunStatus
from models.message import EventMessage
from models.message_status import Direction, MessageStatus, MessageType
from models.retries import is_repeated, may_be_planned_anew
from models.steering import awaits_approval, is_in_doubt

LISTED_FOR = timedelta(days=3)
MOST_SHOWN = 5
MOST_LISTED = 200
MOST_AT_ONCE = 500


class Kind(StrEnum):
    """`unknown` texts may have been sent, `stopped` ones are held by a person; `text`: failed."""

    UNKNOWN = "unknown"
    STOPPED = "stopped"
    TEXT = "text"
    REPLY = "reply"
    RUN = "run"


@dataclass(frozen=True)
class Group:
    """What is in the same trouble for the same reason; `rows` are the newest of the `total`.

    `in_time`: how many of them could still leave, were they tried again or let go.
    """

    kind: Kind
    reason: str | None
    total: int
    rows: list[Any]
    in_time: int = 0


def counts(now: datetime) -> dict[Kind, int]:
    """Count what waits for a person, in two queries."""
    kind = _kind()
    rows = (
        EventMessage.select(kind, fn.COUNT(EventMessage.id))
        .join(Event, JOIN.LEFT_OUTER)
        .where(_is_in_trouble(now))
        .group_by(kind)
        .tuples()
    )
    found = {Kind(name): number for name, number in rows}
    found[Kind.RUN] = _dead_runs(now).count()
    return {kind: found.get(kind, 0) for kind in Kind}


def groups(now: datetime) -> list[Group]:
    """Return what waits for a person by kind and reason, the largest first, in two queries."""
    same = groupby(_newest(now), lambda row: (Kind(row.in_trouble.kind), row.error_message))
    texts = [(key, list(rows)) for key, rows in same]
    found = [
        Group(kind, reason, rows[0].in_trouble.total, rows, rows[0].in_trouble.in_time)
        for (kind, reason), rows in texts
    ]
    runs = list(_dead_runs(now).order_by(MatchingRun.id.desc()).limit(MOST_LISTED))
    return [*found, *(Group(Kind.RUN, run.error, 1, [run]) for run in runs)]


def like(message_id: int, now: datetime) -> tuple[Kind, list[int]] | None:
    """Return the kind and, oldest first, the ids of what is in the same trouble as this text.

    At most 500 ids. None when the text itself is in no trouble (any more).
    """
    one = _in_trouble(now, EventMessage.error_message).where(EventMessage.id == message_id)
    first = one.objects().first()
    if first is None:
        return None
    has_reason = EventMessage.error_message.is_null()
    if first.error_message is not None:
        has_reason = EventMessage.error_message == first.error_message
    rows = _in_trouble(now).where((_kind() == first.kind) & has_reason)
    ids = [row.id for row in rows.order_by(EventMessage.id).limit(MOST_AT_ONCE)]
    return Kind(first.kind), ids


def is_dead_run(run_id: int, *, now: datetime) -> bool:
    """Whether this run gave up and nothing makes it good for by itself."""
    return bool(_dead_runs(now).where(MatchingRun.id == run_id).exists())


def _in_trouble(now: datetime, *columns: Any) -> Any:
    return (
        EventMessage.select(EventMessage.id, _kind().alias("kind"), *columns)
        .join(Event, JOIN.LEFT_OUTER)
        .where(_is_in_trouble(now))
    )


def _newest(now: datetime) -> list[Any]:
    """Return the newest few of each kind and reason, each with the `total` of its group."""
    group = {"partition_by": [_kind(), EventMessage.error_message]}
    ranked = _in_trouble(
        now,
        fn.COUNT(EventMessage.id).over(**group).alias("total"),
        _is_in_time(now).alias("has_time"),
        fn.SUM(_is_in_time(now).cast("int")).over(**group).alias("in_time"),
        fn.ROW_NUMBER().over(**group, order_by=[EventMessage.id.desc()]).alias("place"),
    ).alias("ranked")
    return list(
        EventMessage.select(
            EventMessage,
            Event,
            Contractor,
            *(ranked.c[name] for name in ("kind", "total", "in_time", "has_time")),
        )
        .join(ranked, on=(ranked.c.id == EventMessage.id), attr="in_trouble")
        .join_from(EventMessage, Event, JOIN.LEFT_OUTER)
        .join_from(EventMessage, Contractor, JOIN.LEFT_OUTER)
        .where(ranked.c.place <= MOST_SHOWN)
        .order_by(ranked.c.total.desc(), ranked.c.kind, EventMessage.error_message, ranked.c.place)
        .limit(MOST_LISTED)
    )


def in_time_among(ids: list[int], now: datetime) -> list[int]:
    """Return which of these could still leave, were they tried again or let go; oldest first."""
    rows = EventMessage.select(EventMessage.id).where(EventMessage.id.in_(ids) & _is_in_time(now))
    return [row.id for row in rows.order_by(EventMessage.id)]


def _is_in_time(now: datetime) -> Any:
    has_time = EventMessage.expires_at.is_null() | (EventMessage.expires_at > now)
    is_held = EventMessage.status == MessageStatus.HELD
    return (is_held & has_time) | may_be_planned_anew(now)


def _kind() -> Case:
    is_held = EventMessage.status == MessageStatus.HELD
    cases = [
        (is_held & is_in_doubt(), Kind.UNKNOWN.value),
        (is_held, Kind.STOPPED.value),
        (EventMessage.status == MessageStatus.RECEIVED, Kind.REPLY.value),
    ]
    return Case(None, cases, Kind.TEXT.value)


def _is_in_trouble(now: datetime) -> Expression:
    # Nobody minds what failed at an event that is off, but whom the news of that did not reach.
    is_off = Event.cancelled_at.is_null(False) & (
        EventMessage.message_type != MessageType.EVENT_CANCELLED
    )
    planned_at = fn.coalesce(EventMessage.scheduled_time, EventMessage.created_at)
    has_failed = (
        (EventMessage.status == MessageStatus.FAILED)
        & (planned_at > now - LISTED_FOR)
        & ~is_off
        & ~EventMessage.is_doubtful
        & ~is_repeated()
    )
    is_outbound = EventMessage.direction == Direction.OUTBOUND
    is_held = is_outbound & (EventMessage.status == MessageStatus.HELD) & ~awaits_approval()
    return is_held | (is_outbound & has_failed) | inbound.is_given_up()


def _dead_runs(now: datetime) -> Any:
    """Select the last run of each event where it failed and nothing will run by itself."""
    later = MatchingRun.alias()
    is_last = ~fn.EXISTS(
        later.select(SQL("1")).where(
            (later.event == MatchingRun.event) & (later.id > MatchingRun.id)
        )
    )
    will_run = Event.matching_status.in_(
        [MatchingStatus.SCHEDULED, MatchingStatus.QUEUED, MatchingStatus.RUNNING]
    )
    return (
        MatchingRun.select(MatchingRun, Event)
        .join(Event)
        .where(
            MatchingRun.status.in_([RunStatus.FAILED, RunStatus.ABANDONED])
            & (MatchingRun.finished_at > now - LISTED_FOR)
            & Event.cancelled_at.is_null()
            & Event.top_up_at.is_null()
            & ~will_run
            & is_last
        )
    )
