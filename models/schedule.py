"""Owns when an event's matching and introductions happen: both follow the agenda's lunch."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import Case

from models.agenda_item import EventAgendaItem, ItemType
from models.base import db
from models.event import WAITING_STATUSES, Event, MatchingStatus
from models.message import EventMessage
from models.message_status import WAITING, Direction, MessageType

NO_AGENDA = "There is no agenda yet."
NO_LUNCH = "The agenda has no lunch, so there is no moment to match before."
LUNCH_GONE = "The agenda has no lunch any more, so introductions keep the time they had."

_MATCHED = (MatchingStatus.RUNNING, MatchingStatus.COMPLETED)

# Reading and comparing use the same arithmetic, so that what sync has stored never differs by
# a rounding from what drifted_event_ids expects, and no event is reported for ever.
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
    ORDER BY e.id
"""  # noqa: S608  # constants only; values are parameters


class _Wanted(NamedTuple):
    """What the agenda says now; None where it says nothing."""

    event_id: int
    starts_at: datetime | None
    ends_at: datetime | None
    lunch_at: datetime | None
    matching_at: datetime | None
    introductions_at: datetime | None


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
    """Bring the event's times, its matching status and waiting introductions after its agenda.

    Locks the event's row; writes only what differs, so a second call changes nothing. A
    cancelled event is left alone.
    """
    event = lock(event_id)
    if event.cancelled_at is not None:
        return event
    wanted = _Wanted(*db.execute_sql(f"{_WANTED} WHERE e.id = %s", (event_id,)).fetchone())
    changes = {
        column: value
        for column, value in _columns(event, wanted, now).items()
        if getattr(event, column) != value
    }
    if not changes:
        return event
    Event.update(**changes).where(Event.id == event_id).execute()
    if changes.get("introductions_at"):
        _move_introductions(event, wanted.introductions_at)
    if changes.get("ends_at"):
        _waiting_introductions(event_id, expires_at=wanted.ends_at).execute()
    synced: Event = Event.get_by_id(event_id)
    return synced


def drifted_event_ids(now: datetime) -> list[int]:
    """Return the events, not over and not cancelled, that no longer agree with their agenda.

    One query, cheap enough for every second: it is how a lunch that was moved in plain SQL is
    noticed. An event is not in it once `sync` has run.
    """
    cursor = db.execute_sql(
        _DRIFTED,
        {
            "since": (now - timedelta(days=1)).date(),
            "no_agenda": NO_AGENDA,
            "no_lunch": NO_LUNCH,
            "lunch_gone": LUNCH_GONE,
        },
    )
    return [row[0] for row in cursor.fetchall()]


def request_top_up(event: Event, *, now: datetime) -> datetime | None:
    """Plan a run for those who became eligible after the batch; the caller has the row locked.

    Returns
    -------
    datetime or None
        When it will run: a time already planned, at once while the introductions are not out,
        else at the next break. None when the batch is still to come or no break is left.
    """
    if event.cancelled_at is not None or event.matching_status not in _MATCHED:
        return None
    at = _top_up_time(event, now)
    if at is None:
        return event.top_up_at
    Event.update(top_up_at=at).where((Event.id == event.id) & Event.top_up_at.is_null()).execute()
    event.top_up_at = Event.get_by_id(event.id).top_up_at
    return event.top_up_at


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


def _columns(event: Event, wanted: _Wanted, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {"starts_at": wanted.starts_at, "ends_at": wanted.ends_at}
    if event.matching_status in _MATCHED:
        return columns | _columns_after_matching(event, wanted, now)
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


def _columns_after_matching(event: Event, wanted: _Wanted, now: datetime) -> dict[str, Any]:
    if wanted.lunch_at is None:
        return {"matching_status_reason": LUNCH_GONE}
    columns: dict[str, Any] = {"introductions_at": wanted.introductions_at}
    if event.matching_status_reason == LUNCH_GONE:
        columns["matching_status_reason"] = None
    return columns


def _move_introductions(event: Event, leave_at: datetime | None) -> None:
    """Let the introductions that wait for the old time wait for the new one.

    Those that a top-up planned for a break are later than the old time; they stay, unless the
    new one is later still.
    """
    earlier = EventMessage.scheduled_time < leave_at
    follows = earlier
    if event.introductions_at is not None:
        follows |= EventMessage.scheduled_time <= event.introductions_at
    else:
        follows |= EventMessage.scheduled_time.is_null(False)
    is_retry = (EventMessage.attempts > 0) & (EventMessage.next_attempt_at >= leave_at)
    _waiting_introductions(
        event.id,
        scheduled_time=leave_at,
        status=WAITING[0],
        wake_at=None,
        next_attempt_at=Case(None, [(is_retry, EventMessage.next_attempt_at)], None),
    ).where(follows).execute()


def _waiting_introductions(event_id: int, **columns: Any) -> Any:
    return EventMessage.update(**columns).where(
        (EventMessage.event == event_id)
        & (EventMessage.message_type == MessageType.INTRODUCTION)
        & (EventMessage.direction == Direction.OUTBOUND)
        & EventMessage.status.in_(WAITING)
    )


def _top_up_time(event: Event, now: datetime) -> datetime | None:
    if event.introductions_at is not None and now < event.introductions_at:
        return now
    following = next_break(event.id, now=now)
    return None if following is None else following.start_time
