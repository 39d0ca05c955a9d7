"""Owns what is worth alerting an organiser of: late or failed matching, texts that are due soon.

None of these opens a transaction; the caller does.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import SQL, Expression, fn

from models import service_state
from models.base import db
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageStatus, MessageType
from models.service_state import DOWN, UP, ServiceState

# Whoever sets the webhook's address today is not told of last year's events.
LONGEST_AGO = timedelta(days=1)
SOON = timedelta(minutes=5)
STILL_USEFUL = timedelta(minutes=30)
WATCH = "n8n_watch"
# Somebody who has not looked for longer than this begins anew.
WATCH_FORGETS = timedelta(seconds=60)

_UNFINISHED = (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED, MatchingStatus.RUNNING)
_FAILED = (MatchingStatus.FAILED, MatchingStatus.MISSED)


class Departure(NamedTuple):
    """Introductions of one event that leave soon; `texts` is None before they are planned."""

    event: Event
    at: datetime
    texts: int | None


class N8nWatch(NamedTuple):
    """What those who look whether n8n takes texts found: since when it is so, and seen when."""

    is_up: bool
    since: datetime
    seen_at: datetime


def has_failed(event: Event) -> bool:
    """Whether nobody matches the event any more unless a person says so."""
    return event.cancelled_at is None and event.matching_status in _FAILED


def overdue_or_failed(now: datetime) -> list[Event]:
    """Return the events of the last day whose batch is past its time, or was given up."""
    return list(
        Event.select()
        .where(
            Event.matching_at.between(now - LONGEST_AGO, now)
            & Event.cancelled_at.is_null()
            & Event.matching_status.in_((*_UNFINISHED, *_FAILED))
        )
        .order_by(Event.matching_at, Event.id)
    )


def departures(now: datetime) -> list[Departure]:
    """Return the events whose introductions leave within five minutes, or wait past their time."""
    planned = _planned(now)
    found = [Departure(event, at, texts) for event, at, texts in planned]
    known = {departure.event.id for departure in found}
    unmatched = Event.select().where(
        Event.introductions_at.between(now, now + SOON)
        & Event.matching_status.in_(_UNFINISHED)
        & _may_leave()
    )
    found += [
        Departure(event, event.introductions_at, None)
        for event in unmatched
        if event.id not in known
    ]
    return sorted(found, key=lambda departure: (departure.at, departure.event.id))


def coming(now: datetime, *, within: timedelta) -> list[Departure]:
    """Return the events whose introductions are planned for a time that is near."""
    is_near = Event.introductions_at.between(now, now + within) & _may_leave()
    events = Event.select().where(is_near).order_by(Event.introductions_at, Event.id)
    return [Departure(event, event.introductions_at, None) for event in events]


def is_text_overdue(now: datetime) -> bool:
    """Whether introductions wait past their time."""
    return any(departure.texts and departure.at <= now for departure in departures(now))


def has_text_left(*, since: datetime) -> bool:
    """Whether n8n has accepted a text since then."""
    found: bool = EventMessage.select().where(EventMessage.actual_send_time >= since).exists()
    return found


def _planned(now: datetime) -> list[tuple[Event, datetime, int]]:
    rows = (
        EventMessage.select(
            EventMessage.event,
            fn.MIN(EventMessage.scheduled_time).alias("first"),
            fn.COUNT(SQL("*")).alias("texts"),
        )
        .join(Event)
        .where(
            EventMessage.scheduled_time.between(now - STILL_USEFUL, now + SOON)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
            & EventMessage.status.in_([MessageStatus.SCHEDULED, MessageStatus.QUEUED])
            & _may_leave()
        )
        .group_by(EventMessage.event)
        .tuples()
    )
    counted = {event_id: (first, texts) for event_id, first, texts in rows}
    events = Event.select().where(Event.id.in_(list(counted)))
    return [(event, *counted[event.id]) for event in events]


def _may_leave() -> Expression:
    return Event.cancelled_at.is_null() & Event.paused_at.is_null()


def note_watch(*, is_up: bool, now: datetime) -> None:
    """Write down what looking at n8n has shown; `since` moves when that is new, or nobody looked.

    Several may look at once, so the row itself decides.
    """
    db.execute_sql(
        """
        INSERT INTO service_states AS kept (name, state, since, seen_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (name) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at,
            since = CASE WHEN kept.state = excluded.state AND kept.seen_at >= %s
                THEN kept.since ELSE excluded.since END
        """,
        (WATCH, UP if is_up else DOWN, now, now, now - WATCH_FORGETS),
    )


def watch(now: datetime) -> N8nWatch | None:
    """Return what looking at n8n has shown, or None when nobody has looked lately."""
    row: ServiceState | None = service_state.read(WATCH)
    if row is None or row.seen_at < now - WATCH_FORGETS:
        return None
    return N8nWatch(row.state == UP, row.since, row.seen_at)
