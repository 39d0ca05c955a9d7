"""Owns the claims on outbound texts: which are due, who has them, which were lost on the way.

None of these opens a transaction; the caller does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models.base import db
from models.inbound import MOST_FAILURES
from models.message import EventMessage
from models.message_status import MessageStatus, MessageType

# As the indexes have them, so that PostgreSQL recognises them.
_DUE = "COALESCE(m.next_attempt_at, m.scheduled_time)"
_URGENCY = """CASE m.message_category WHEN 'compliance' THEN 0 WHEN 'reply' THEN 0
    WHEN 'notice' THEN 1 WHEN 'follow_up' THEN 3 ELSE 2 END"""

# Of a paused event nothing but an answer to STOP, START or HELP has a turn. What waits there is
# not even read, save the answers to people, of which each is of use for an hour.
_IS_PAUSED = "(e.paused_at IS NOT NULL AND e.cancelled_at IS NULL)"
_IS_PAUSED_AWAY = f"({_IS_PAUSED} AND COALESCE(m.message_category, '') <> 'compliance')"

# The first texts of each event and urgency, by `event_messages_turns` alone: however many wait,
# no more than those are read (the events are ordered by more than their id so that no index but
# this one will do). Every event has its first text before any has its second, so that the limit
# cuts nobody off.
_TURNS = f"""
    WITH RECURSIVE waiting AS (
        (SELECT m.event_id FROM event_messages m
            WHERE m.status = 'scheduled' AND m.event_id IS NOT NULL
            ORDER BY m.event_id, {_URGENCY}, {_DUE} LIMIT 1)
        UNION ALL
        SELECT (SELECT m.event_id FROM event_messages m
            WHERE m.status = 'scheduled' AND m.event_id > w.event_id
            ORDER BY m.event_id, {_URGENCY}, {_DUE} LIMIT 1)
        FROM waiting w WHERE w.event_id IS NOT NULL
    )
    SELECT id, event_id, urgency, due FROM (
        SELECT text.id, w.event_id, urgency, text.due
        FROM waiting w JOIN events e ON e.id = w.event_id
        JOIN generate_series(0, 3) urgency ON urgency = 0 OR NOT {_IS_PAUSED}
        CROSS JOIN LATERAL (
            SELECT m.id, {_DUE} AS due FROM event_messages m
            WHERE m.status = 'scheduled' AND m.event_id = w.event_id
                AND {_URGENCY} = urgency AND {_DUE} <= %(until)s AND NOT {_IS_PAUSED_AWAY}
            ORDER BY {_DUE} LIMIT %(per_event)s
        ) text
        UNION ALL
        SELECT text.id, NULL, urgency, text.due
        FROM generate_series(0, 3) urgency CROSS JOIN LATERAL (
            SELECT m.id, {_DUE} AS due FROM event_messages m
            WHERE m.status = 'scheduled' AND m.event_id IS NULL
                AND {_URGENCY} = urgency AND {_DUE} <= %(until)s
            ORDER BY {_DUE} LIMIT %(per_event)s
        ) text
    ) texts
    ORDER BY urgency, row_number() OVER (PARTITION BY event_id, urgency ORDER BY due, id), due, id
    LIMIT %(limit)s
"""  # noqa: S608  # constants only; values are parameters


class Turn(NamedTuple):
    """A text that waits for its turn: whose it is, how urgent, and when it is due."""

    message_id: int
    event_id: int | None
    urgency: int
    due: datetime


class Outstanding(NamedTuple):
    """How many texts have a wake-up on its way, and how many of those should have arrived."""

    queued: int
    overdue: int


class Lateness(NamedTuple):
    """How many texts should have left by now, and for how long the oldest has waited."""

    waiting: int
    oldest: timedelta


def waiting_turns(*, until: datetime, per_event: int, limit: int) -> list[Turn]:
    """Return texts that are due by `until`, locking none: the first few of each event.

    The most urgent come first, then each event's first text, each one's second, and so on.
    """
    cursor = db.execute_sql(_TURNS, {"until": until, "per_event": per_event, "limit": limit})
    return [Turn(*row) for row in cursor.fetchall()]


def queue(wake_times: list[tuple[int, datetime]], *, until: datetime) -> set[int]:
    """Say of texts that a wake-up is on its way, and return those it is true of.

    Left out is what somebody else has locked, or what is no longer waiting and due by `until`.
    """
    if not wake_times:
        return set()
    cursor = db.execute_sql(
        """
        WITH free AS (
            SELECT m.id, wake.at FROM event_messages m
            JOIN unnest(%(ids)s::int[], %(times)s::timestamptz[]) AS wake (id, at) USING (id)
            WHERE m.status = 'scheduled'
                AND COALESCE(m.next_attempt_at, m.scheduled_time) <= %(until)s
            FOR UPDATE OF m SKIP LOCKED
        )
        UPDATE event_messages m SET status = 'queued', wake_at = free.at
        FROM free WHERE m.id = free.id
        RETURNING m.id
        """,
        {
            "ids": [message_id for message_id, _ in wake_times],
            "times": [moment for _, moment in wake_times],
            "until": until,
        },
    )
    return {row[0] for row in cursor.fetchall()}


def outstanding(now: datetime) -> Outstanding:
    """Count the wake-ups that are on their way; who does not look at this floods Redis."""
    cursor = db.execute_sql(
        "SELECT count(*), count(*) FILTER (WHERE wake_at < %s) FROM event_messages "
        "WHERE status = 'queued'",
        (now,),
    )
    return Outstanding(*cursor.fetchone())


def wake_times_from(now: datetime) -> list[datetime]:
    """Return the moments that are given already, soonest first."""
    rows = (
        EventMessage.select(EventMessage.wake_at)
        .where((EventMessage.status == MessageStatus.QUEUED) & (EventMessage.wake_at >= now))
        .order_by(EventMessage.wake_at)
    )
    return [row.wake_at for row in rows]


def lateness(now: datetime) -> Lateness:
    """Return what should have left by now and has not; what is paused should not have."""
    cursor = db.execute_sql(
        f"""
        SELECT count(*), min(due) FROM (
            SELECT {_DUE} AS due, m.event_id, m.message_category FROM event_messages m
            WHERE m.status = 'scheduled' AND {_DUE} <= %(now)s
            UNION ALL
            SELECT m.wake_at, m.event_id, m.message_category FROM event_messages m
            WHERE m.status = 'queued' AND m.wake_at <= %(now)s
        ) m LEFT JOIN events e ON e.id = m.event_id
        WHERE NOT coalesce({_IS_PAUSED_AWAY}, false)
        """,  # noqa: S608  # constants only; values are parameters
        {"now": now},
    )
    waiting, oldest = cursor.fetchone()
    return Lateness(waiting, now - oldest if oldest else timedelta(0))


def probe_candidates(now: datetime, *, limit: int) -> list[int]:
    """Return the due texts that may try whether n8n works again, least worth losing first.

    Test introductions, then what was planned last; never an answer to somebody who wrote.
    """
    cursor = db.execute_sql(
        f"""
        SELECT m.id FROM event_messages m LEFT JOIN events e ON e.id = m.event_id
        WHERE m.status = 'scheduled' AND {_DUE} <= %s AND {_URGENCY} > 0
            AND NOT coalesce({_IS_PAUSED}, false)
        ORDER BY (m.message_type = %s) DESC, {_DUE} DESC, m.id DESC
        LIMIT %s
        """,  # noqa: S608  # constants only; values are parameters
        (now, MessageType.TEST_INTRODUCTION.value, limit),
    )
    return [row[0] for row in cursor.fetchall()]


def defer(message_id: int, *, until: datetime) -> None:
    """Say when the next wake-up of a queued text should arrive; whoever calls sends it."""
    EventMessage.update(wake_at=until).where(
        (EventMessage.id == message_id) & (EventMessage.status == MessageStatus.QUEUED)
    ).execute()


def put_back(message_ids: Iterable[int]) -> int:
    """Return queued texts to the schedule, because their wake-up could not be sent."""
    return int(
        EventMessage.update(status=MessageStatus.SCHEDULED, wake_at=None)
        .where(
            EventMessage.id.in_(list(message_ids)) & (EventMessage.status == MessageStatus.QUEUED)
        )
        .execute()
    )


def rescue_queued(*, now: datetime, lost_after: timedelta, limit: int) -> int:
    """Return texts to the schedule whose wake-up should have arrived long ago."""
    lost = (
        EventMessage.select(EventMessage.id)
        .where(
            (EventMessage.status == MessageStatus.QUEUED)
            & (EventMessage.wake_at.is_null() | (EventMessage.wake_at < now - lost_after))
        )
        .limit(limit)
        .for_update(skip_locked=True)
    )
    return put_back([row.id for row in lost])


def lock_expired_leases(*, now: datetime, limit: int) -> list[EventMessage]:
    """Lock texts whose sender was last heard of longer ago than its lease; outcome unknown."""
    return list(
        EventMessage.select()
        .where(
            (EventMessage.status == MessageStatus.SENDING)
            & (EventMessage.lease_until.is_null() | (EventMessage.lease_until < now))
        )
        .limit(limit)
        .for_update(skip_locked=True)
    )


def unhandled_replies(
    *, now: datetime, older_than: datetime, limit: int, besides: Iterable[int] = ()
) -> list[int]:
    """Return inbound texts that nobody has handled yet, unless it failed too often or just now."""
    rows = (
        EventMessage.select(EventMessage.id)
        .where(
            (EventMessage.status == MessageStatus.RECEIVED)
            & EventMessage.handled_at.is_null()
            & (EventMessage.created_at < older_than)
            & EventMessage.id.not_in(list(besides))
            & (EventMessage.failures < MOST_FAILURES)
            & (EventMessage.next_attempt_at.is_null() | (EventMessage.next_attempt_at <= now))
        )
        .order_by(EventMessage.created_at, EventMessage.id)
        .limit(limit)
    )
    return [row.id for row in rows]
