"""Owns the figures of the home page: each event day at a glance, however many people it has."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from peewee import fn

from models import outbox
from models.eligibility import PoolCounts, pool_counts
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import Direction
from models.peer_match import EventPeerMatch
from models.readiness import HEARTBEAT_LIMIT
from models.service_state import DOWN, N8N, PLANNER, TROUBLE, ServiceState, read_all
from web.admin.labels import opening
from web.admin.present import clock_time, local_time, zone_of

MOST_EVENTS = 6
LATE = timedelta(seconds=5)
NOTHING_LATE = outbox.Lateness(0, timedelta(0))
# Of the matching alone: "completed" would be read as of the texts or of the day.
_BADGES = {
    MatchingStatus.UNSCHEDULED: "Matching not scheduled",
    MatchingStatus.SCHEDULED: "Matching scheduled",
    MatchingStatus.QUEUED: "Matching is next",
    MatchingStatus.RUNNING: "Matching now",
    MatchingStatus.COMPLETED: "Matched",
    MatchingStatus.FAILED: "Matching failed",
    MatchingStatus.MISSED: "Matching missed",
}


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

    @property
    def badge(self) -> str:
        """What the card's badge says: how far the matching is."""
        return _BADGES[MatchingStatus(self.event.matching_status)]

    @property
    def rehearsal(self) -> str:
        """How fast the day goes by, when that is not as days do."""
        return rehearsal_words(self.event)


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


def rehearsal_words(event: Event) -> str:
    """Return how fast a rehearsal goes by, in a sentence; nothing of a real day."""
    if event.time_scale == 1:
        return ""
    if event.time_scale == 60:
        return "Rehearsal: a minute lasts a second."
    return f"Rehearsal: the day goes by {event.time_scale:,} times as fast."


def matching_words(event: Event, now: datetime) -> str:
    """Return where the event's matching stands, in a sentence."""
    words = _matching(event, now)
    return f"Sending is paused. {words}" if event.is_paused else words


def _matching(event: Event, now: datetime) -> str:
    zone = zone_of(event)
    status = MatchingStatus(event.matching_status)
    reason = f": {event.matching_status_reason}" if event.matching_status_reason else "."
    runs = local_time(event.matching_at, zone) if event.matching_at else ""
    leaves = local_time(event.introductions_at, zone) if event.introductions_at else ""
    if status in (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED) and runs:
        return f"Matching runs {runs}; introductions leave {leaves}."
    if status == MatchingStatus.RUNNING:
        return "Matching is running now."
    if status == MatchingStatus.COMPLETED and leaves and event.awaits_approval:
        return f"Matching is done; introductions wait for approval to leave {leaves}."
    if status == MatchingStatus.COMPLETED and leaves:
        verb = "left" if event.introductions_at <= now else "leave"
        return f"Matching is done; introductions {verb} {leaves}."
    words = {
        MatchingStatus.COMPLETED: "Matching is done",
        MatchingStatus.FAILED: "Matching failed",
        MatchingStatus.MISSED: "Matching was missed",
    }
    begins = words.get(status, "Matching is not scheduled")
    return reason[2:] if reason[2:].startswith(begins) else begins + reason


def service_words(now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return (tone, sentence) about the planner, n8n and what waits for them."""
    return state_words(read_all(PLANNER, N8N), outbox.lateness(now), now, zone)


def state_words(
    states: dict[str, ServiceState], late: outbox.Lateness, now: datetime, zone: ZoneInfo
) -> list[tuple[str, str]]:
    """Return (tone, sentence) about the planner and n8n as they were read."""
    planner, n8n = states.get(PLANNER), states.get(N8N)
    return [_planner_words(planner, late, now, zone), _n8n_words(n8n, late, zone)]


def _planner_words(
    state: ServiceState | None, late: outbox.Lateness, now: datetime, zone: ZoneInfo
) -> tuple[str, str]:
    if state is None:
        return "idle", "Planner: not heard of yet."
    if now - state.seen_at > HEARTBEAT_LIMIT:
        since = local_time(state.seen_at, zone)
        return "bad", f"Planner: silent since {since}. Is a worker running?"
    if state.state == TROUBLE:
        since = clock_time(state.since, zone)
        what = f" ({state.message})" if state.message else ""
        return "bad", f"Planner: trouble since {since}{what}."
    if late.oldest < LATE:
        return "good", "Planner: working; nothing is late."
    seconds = late.oldest.total_seconds()
    waited = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return "warn", f"Planner: working; the oldest text is {waited} late."


def _n8n_words(
    state: ServiceState | None, late: outbox.Lateness, zone: ZoneInfo
) -> tuple[str, str]:
    if state is None:
        return "idle", "n8n: no text went through it yet."
    if state.state == DOWN:
        since = clock_time(state.since, zone)
        return "bad", f"n8n: down since {since}, {late.waiting:,} waiting. {_why(state)}".strip()
    if state.state == TROUBLE:
        return "warn", f"n8n: trouble since {clock_time(state.since, zone)}. {_why(state)}".strip()
    return "good", "n8n: working."


def _why(state: ServiceState) -> str:
    return f"{opening(state.message)}." if state.message else ""


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
