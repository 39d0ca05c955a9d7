"""Owns what an agenda says about its event's times, and which events do not follow it yet."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.base import db

NO_AGENDA = "There is no agenda yet."
NO_LUNCH = "The agenda has no lunch, so there is no moment to match before."
NEARLY_DUE = timedelta(seconds=30)
LUNCH_GONE = "The agenda has no lunch, so introductions keep the time they have."

# Reading and comparing use the same arithmetic, so that what schedule.sync has stored never
# differs by a rounding from what drifted_event_ids expects, and no event is reported for ever.
_WANTED = """
    SELECT e.id, a.starts_at, a.ends_at, a.lunch_at,
        a.lunch_at - interval '1 minute' * e.matching_lead_minutes / e.time_scale AS matching_at,
        a.lunch_at + interval '1 minute' * e.introduction_delay_minutes / e.time_scale
            AS introductions_at
    FROM events e
    CROSS JOIN LATERAL (
        SELECT min(start_time) AS starts_at, max(end_time) AS ends_at,
            min(start_time) FILTER (WHERE item_type = 'lunch') AS lunch_at
        FROM event_agenda_items
        WHERE event_id = e.id
    ) a
"""

_DRIFTED = f"""
    SELECT e.id
    FROM events e JOIN ({_WANTED}) w USING (id)
    WHERE e.date >= %(since)s AND e.cancelled_at IS NULL AND (
        (e.starts_at, e.ends_at) IS DISTINCT FROM (w.starts_at, w.ends_at)
        OR e.top_up_at > %(nearly_due)s AND e.top_up_at <> (
            SELECT min(start_time) FROM event_agenda_items
            WHERE event_id = e.id AND item_type = 'break' AND start_time > %(now)s
        )
        OR CASE
            WHEN w.lunch_at IS NULL AND e.matching_status IN ('running', 'completed') THEN
                e.matching_status_reason IS DISTINCT FROM %(lunch_gone)s
            WHEN w.lunch_at IS NULL THEN
                e.matching_status <> 'unscheduled'
                OR num_nonnulls(e.matching_at, e.introductions_at) > 0
                OR e.matching_status_reason IS DISTINCT FROM
                    CASE WHEN w.starts_at IS NULL THEN %(no_agenda)s ELSE %(no_lunch)s END
            WHEN e.matching_status IN ('running', 'completed') THEN
                e.introductions_at IS DISTINCT FROM w.introductions_at
                OR e.matching_status_reason = %(lunch_gone)s
            ELSE
                e.matching_status = 'unscheduled'
                OR (e.matching_at, e.introductions_at)
                    IS DISTINCT FROM (w.matching_at, w.introductions_at)
        END
    )
    ORDER BY e.id <= %(after)s, e.id
    LIMIT %(limit)s
"""  # noqa: S608  # constants only; values are parameters


class AgendaTimes(NamedTuple):
    """What the agenda says now; None where it says nothing."""

    event_id: int
    starts_at: datetime | None
    ends_at: datetime | None
    lunch_at: datetime | None
    matching_at: datetime | None
    introductions_at: datetime | None


def read(event_id: int) -> AgendaTimes:
    """Return what the agenda says; the event must exist."""
    return AgendaTimes(*db.execute_sql(f"{_WANTED} WHERE e.id = %s", (event_id,)).fetchone())


def drifted_event_ids(now: datetime, *, after: int = 0, limit: int = 50) -> list[int]:
    """Return some events, not over and not cancelled, that no longer agree with their agenda.

    One query, cheap enough for every second: it is how a lunch that was moved in plain SQL is
    noticed. An event is not in it once `sync` has run. Those that follow the event `after` come
    first, so that some that can not be followed keep nobody else from it.
    """
    cursor = db.execute_sql(
        _DRIFTED,
        {
            "now": now,
            "after": after,
            "limit": limit,
            "nearly_due": now + NEARLY_DUE,
            "since": (now - timedelta(days=1)).date(),
            "no_agenda": NO_AGENDA,
            "no_lunch": NO_LUNCH,
            "lunch_gone": LUNCH_GONE,
        },
    )
    return [row[0] for row in cursor.fetchall()]
