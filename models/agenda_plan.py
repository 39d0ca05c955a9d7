"""Owns the plan of an event's day: what happens when, in UTC, before anything is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.agenda_item import ItemType
from models.agenda_talks import FULL_DAY, KEYNOTE, Slot, place_talks, room_from
from models.event import EventSpeaker, EventSponsor

REGISTRATION = timedelta(hours=8)
BREAK = timedelta(minutes=15)
SHORTEST_BREAK = timedelta(minutes=10)
CLOSING = timedelta(minutes=30)
TITLE_LENGTH = 255


class AgendaError(Exception):
    """An agenda can not be made; the message says why in words for an organiser."""


class NoSpeakersError(AgendaError):
    """The event has nobody to put on the agenda."""


class DayTooLongError(AgendaError):
    """The sessions do not fit before midnight."""


class NoSuchTimeError(AgendaError):
    """A speaker's own time falls into the hour that the clocks skip."""


@dataclass(frozen=True)
class PlannedItem:
    """One item of the day, not stored yet; times are aware, in UTC."""

    item_type: ItemType
    title: str
    start_time: datetime
    end_time: datetime
    track: int = 1
    speaker_id: int | None = None
    sponsor_id: int | None = None


def plan_day(
    day: date,
    zone: ZoneInfo,
    speakers: Sequence[EventSpeaker],
    sponsors: Sequence[EventSponsor],
    session_duration_minutes: int,
) -> list[PlannedItem]:
    """Return the day's items in order of time, as issue 2 describes the day.

    Raises
    ------
    NoSpeakersError
        When there is nobody to speak.
    DayTooLongError
        When the closing would end after midnight.
    NoSuchTimeError
        When a speaker's own time does not exist on that day in that zone.
    """
    if not speakers:
        raise NoSpeakersError("The event has no speakers, so there is no agenda to make.")
    talks, lunch = place_talks(speakers, timedelta(minutes=session_duration_minutes))
    morning = [talk for talk in talks if talk.end <= lunch.start]
    afternoon = [talk for talk in talks if talk.start >= lunch.end]
    slots = [
        Slot(ItemType.REGISTRATION, "Registration", REGISTRATION, KEYNOTE),
        *talks,
        *_break("Morning break", morning, [*talks, lunch]),
        lunch,
        *_showcases(sponsors, lunch),
        *_break("Afternoon break", afternoon, talks),
    ]
    end = max(slot.end for slot in slots)
    slots.append(Slot(ItemType.CLOSING, "Closing", end, end + CLOSING))
    if end + CLOSING > FULL_DAY:
        raise DayTooLongError(
            "The agenda does not fit into one day. Shorten the sessions, "
            "or give speakers times of their own."
        )
    items = [_in_utc(slot, day, zone) for slot in slots]
    return sorted(items, key=lambda item: (item.start_time, item.track))


def _break(title: str, half: Iterable[Slot], others: Sequence[Slot]) -> list[Slot]:
    """Return the half-day's break: after two sessions, where ten minutes or more are free."""
    ends = sorted(
        talk.end for talk in half if talk.item_type == ItemType.SESSION and talk.track == 1
    )
    for start in ends[1:]:
        room = room_from(start, others)
        if room >= SHORTEST_BREAK and not any(other.covers(start) for other in others):
            return [Slot(ItemType.BREAK, title, start, start + min(BREAK, room))]
    return []


def _showcases(sponsors: Sequence[EventSponsor], lunch: Slot) -> list[Slot]:
    """Split lunch evenly between the sponsors, in whole minutes if each can have one."""
    length = lunch.end - lunch.start
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    unit = minute if len(sponsors) * minute <= length else second
    edges = [
        lunch.start + length // unit * number // max(len(sponsors), 1) * unit
        for number in range(len(sponsors) + 1)
    ]
    return [
        Slot(
            ItemType.SPONSOR_SESSION,
            f"Sponsor showcase: {sponsor.name}",
            edges[number],
            edges[number + 1],
            sponsor_id=sponsor.id,
        )
        for number, sponsor in enumerate(sorted(sponsors, key=lambda sponsor: sponsor.id))
    ]


def _in_utc(slot: Slot, day: date, zone: ZoneInfo) -> PlannedItem:
    wall = datetime.combine(day, time.min) + slot.start
    start = _moment(day, zone, slot.start)
    if slot.speaker_id is not None and start.astimezone(zone).replace(tzinfo=None) != wall:
        raise NoSuchTimeError(
            f"{slot.title}: {wall:%H:%M} does not exist on {day} in {zone.key}, "
            "because the clocks go forward then."
        )
    return PlannedItem(
        slot.item_type,
        slot.title[:TITLE_LENGTH],
        start,
        _moment(day, zone, slot.end),
        slot.track,
        slot.speaker_id,
        slot.sponsor_id,
    )


def _moment(day: date, zone: ZoneInfo, since_midnight: timedelta) -> datetime:
    wall = datetime.combine(day, time.min) + since_midnight
    return wall.replace(tzinfo=zone).astimezone(UTC)
