"""Owns the figures of the home page: each event day at a glance, however many people it has."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from models.eligibility import PoolCounts, pool_counts
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import Direction
from models.peer_match import EventPeerMatch
from models.readiness import HEARTBEAT_LIMIT
from models.service_state import PLANNER, TROUBLE, ServiceState
from web.admin.present import local_time, zone_of

MOST_EVENTS = 6


@dataclass(frozen=True)
class EventDay:
    """What the home page says of one event."""

    event: Event
    people: PoolCounts
    matches: int
    texts: list[tuple[str, int]]
    matching: str

    @property
    def date_words(self) -> str:
        """The date as a person reads it."""
        date = self.event.date
        return f"{date:%A}, {date:%B} {date.day}, {date.year}"

    @property
    def zone_name(self) -> str:
        """The event's zone as a person reads it."""
        return f"{self.event.timezone.replace('_', ' ')}"


def current_days(now: datetime) -> list[EventDay]:
    """Return the events that are on or to come, soonest first."""
    is_recent = Event.ends_at.is_null(False) & (Event.ends_at > now - timedelta(hours=12))
    has_date_to_come = Event.date >= (now - timedelta(days=1)).date()
    events = list(
        Event.select()
        .where(Event.cancelled_at.is_null() & (is_recent | has_date_to_come))
        .order_by(Event.date, Event.id)
        .limit(MOST_EVENTS)
    )
    ids = [event.id for event in events]
    matches = _matches(ids)
    texts = _texts(ids)
    return [
        EventDay(
            event,
            pool_counts(event.id),
            matches[event.id],
            sorted(texts[event.id].items()),
            matching_words(event, now),
        )
        for event in events
    ]


def matching_words(event: Event, now: datetime) -> str:
    """Return where the event's matching stands, in a sentence."""
    zone = zone_of(event)
    status = MatchingStatus(event.matching_status)
    reason = f": {event.matching_status_reason}" if event.matching_status_reason else "."
    runs = local_time(event.matching_at, zone) if event.matching_at else ""
    leaves = local_time(event.introductions_at, zone) if event.introductions_at else ""
    if status in (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED) and runs:
        return f"Matching runs {runs}; introductions leave {leaves}."
    if status == MatchingStatus.RUNNING:
        return "Matching is running now."
    if status == MatchingStatus.COMPLETED and leaves:
        verb = "left" if event.introductions_at <= now else "leave"
        return f"Matching is done; introductions {verb} {leaves}."
    words = {
        MatchingStatus.COMPLETED: "Matching is done",
        MatchingStatus.FAILED: "Matching failed",
        MatchingStatus.MISSED: "Matching was missed",
    }
    return words.get(status, "Matching is not scheduled") + reason


def service_words(state: ServiceState | None, name: str, now: datetime) -> tuple[str, str]:
    """Return (tone, sentence) about a running part."""
    if state is None:
        return "idle", f"{name}: not heard of yet."
    if state.name == PLANNER and now - state.seen_at > HEARTBEAT_LIMIT:
        return "bad", f"{name}: silent since {state.seen_at:%b %d, %H:%M} UTC. Is a worker running?"
    if state.state == TROUBLE:
        return (
            "bad",
            f"{name}: trouble since {state.since:%H:%M} UTC. {state.message or ''}".strip(),
        )
    return "good", f"{name}: working."


def _matches(event_ids: list[int]) -> Counter[int]:
    rows = (
        EventPeerMatch.select(EventPeerMatch.event, fn.COUNT(EventPeerMatch.id))
        .where(EventPeerMatch.event.in_(event_ids) & EventPeerMatch.cancelled_at.is_null())
        .group_by(EventPeerMatch.event)
        .tuples()
    )
    return Counter(dict(rows))


def _texts(event_ids: list[int]) -> dict[int, dict[str, int]]:
    rows = (
        EventMessage.select(EventMessage.event, EventMessage.status, fn.COUNT(EventMessage.id))
        .where(EventMessage.event.in_(event_ids) & (EventMessage.direction == Direction.OUTBOUND))
        .group_by(EventMessage.event, EventMessage.status)
        .tuples()
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for event_id, status, count in rows:
        found[event_id][status] = count
    return found
