"""Owns whether anything that an event's desk shows has changed since it was last looked at.

PostgreSQL writes a new version of a row at a new place for every change, so the places and writers
of an event's rows tell any two states apart, whatever column changed and whoever changed it: no
trigger, no counter, and nobody who has to remember to say so.
"""

from datetime import datetime, timedelta
from typing import Any

from models.base import db

RATE_OVER = timedelta(minutes=1)

_VERSION = "sum(hashtext({0}.ctid::text || {0}.xmin::text)), count(*)"


def _of(table: str, condition: str) -> str:
    columns = f"{_VERSION.format('t')}, 0::bigint, NULL::timestamptz"
    return f"SELECT '{table}', {columns} FROM {table} t WHERE {condition}"  # noqa: S608


_THEIRS = "t.event_id = %(event_id)s"
_DUE = "COALESCE(t.next_attempt_at, t.scheduled_time)"
_VERSIONS = " UNION ALL ".join(
    [
        _of("events", "t.id = %(event_id)s"),
        _of("event_agenda_items", _THEIRS),
        _of("event_attendees", _THEIRS),
        _of("event_peer_matches", _THEIRS),
        _of("matching_runs", _THEIRS),
        _of(
            "contractors",
            "t.id IN (SELECT contractor_id FROM event_attendees WHERE event_id = %(event_id)s)",
        ),
        _of(
            "sms_opt_outs",
            "t.phone IN (SELECT c.phone FROM event_attendees a JOIN contractors c "
            "ON c.id = a.contractor_id WHERE a.event_id = %(event_id)s)",
        ),
        f"""
        SELECT 'event_messages', {_VERSION.format("t")},
            count(*) FILTER (WHERE t.direction = 'outbound' AND t.actual_send_time > %(since)s),
            min(CASE t.status WHEN 'scheduled' THEN {_DUE} ELSE t.wake_at END)
                FILTER (WHERE t.status IN ('scheduled', 'queued') AND NOT EXISTS (
                    SELECT 1 FROM events e WHERE e.id = %(event_id)s AND e.paused_at IS NOT NULL))
        FROM event_messages t WHERE {_THEIRS}
        """,  # noqa: S608  # constants only; values are parameters
    ]
)


def of_event(event_id: int, *, now: datetime) -> list[tuple[Any, ...]]:
    """Return values that differ when anything at this event does, in one query.

    A row changed, the number of texts that left within the last minute did, or, while texts should
    have left by now, time went by. Nothing should, while sending is paused.
    """
    values = {"event_id": event_id, "since": now - RATE_OVER}
    # Large tables are read by several processes at once, in whatever order.
    rows = sorted(db.execute_sql(_VERSIONS, values).fetchall(), key=lambda row: str(row[0]))
    return [
        (*others, now if next_due is not None and next_due <= now else next_due)
        for *others, next_due in rows
    ]
