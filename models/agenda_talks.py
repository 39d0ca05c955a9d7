"""Owns where the talks of a day and its lunch go, by the clock on the wall."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from itertools import count

from models.agenda_item import ItemType
from models.event import EventSpeaker

FULL_DAY = timedelta(hours=24)
KEYNOTE = timedelta(hours=9)
KEYNOTE_END = timedelta(hours=9, minutes=30)
FIRST_SESSION = timedelta(hours=9, minutes=45)
NOON = timedelta(hours=12)
GAP = timedelta(minutes=15)
LUNCH = timedelta(minutes=60)


@dataclass(frozen=True)
class Slot:
    """One item of the day; `start` and `end` are time since midnight on the wall's clock."""

    item_type: ItemType
    title: str
    start: timedelta
    end: timedelta
    track: int = 1
    speaker_id: int | None = None
    sponsor_id: int | None = None

    def covers(self, moment: timedelta) -> bool:
        """Whether it has begun before the moment and goes on after it."""
        return self.start < moment < self.end


def place_talks(speakers: Iterable[EventSpeaker], duration: timedelta) -> tuple[list[Slot], Slot]:
    """Return the keynote and the sessions, on their tracks, and lunch.

    The first speaker (by position, then id) who `is_keynote` gives the keynote, at 9:00 or at
    a time of their own; further ones get a session. Times of their own are never moved: what
    overlaps goes to a further track, and speakers without one are put round them. Lunch starts
    at the first moment from 12:00 on at which no session runs, and lasts its full hour.
    """
    ordered = sorted(speakers, key=lambda speaker: (speaker.position, speaker.id))
    keynote = next((speaker for speaker in ordered if speaker.is_keynote), None)
    others = [speaker for speaker in ordered if speaker is not keynote]
    talks = [_keynote(keynote, duration)]
    talks += [
        _session(speaker, *_own_times(speaker, duration))
        for speaker in others
        if speaker.session_start is not None
    ]
    waiting = deque(speaker for speaker in others if speaker.session_start is None)
    _fill(waiting, talks, FIRST_SESSION, duration, until=NOON)
    lunch = _lunch(talks)
    _fill(waiting, talks, lunch.end, duration)
    return _on_tracks(talks), lunch


def room_from(moment: timedelta, slots: Iterable[Slot]) -> timedelta:
    """Return how long nothing starts from this moment on."""
    starts = [slot.start for slot in slots if slot.start >= moment]
    return min(starts, default=moment + FULL_DAY) - moment


def _keynote(speaker: EventSpeaker | None, duration: timedelta) -> Slot:
    if speaker is None:
        return Slot(ItemType.KEYNOTE, "Keynote", KEYNOTE, KEYNOTE_END)
    start, end = KEYNOTE, KEYNOTE_END
    if speaker.session_start is not None:
        start, end = _own_times(speaker, duration)
    title = speaker.session_title or f"Keynote: {speaker.name}"
    return Slot(ItemType.KEYNOTE, title, start, end, speaker_id=speaker.id)


def _session(speaker: EventSpeaker, start: timedelta, end: timedelta) -> Slot:
    title = speaker.session_title or f"Session: {speaker.name}"
    return Slot(ItemType.SESSION, title, start, end, speaker_id=speaker.id)


def _own_times(speaker: EventSpeaker, duration: timedelta) -> tuple[timedelta, timedelta]:
    start = _since_midnight(speaker.session_start)
    if speaker.session_end is None:
        return start, start + duration
    return start, _since_midnight(speaker.session_end)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def _fill(
    waiting: deque[EventSpeaker],
    talks: list[Slot],
    start: timedelta,
    duration: timedelta,
    until: timedelta | None = None,
) -> None:
    """Move speakers from `waiting` to `talks`, one after another, round those at own times."""
    while waiting:
        for talk in sorted(talks, key=lambda talk: talk.start):
            if start < talk.end + GAP and talk.start < start + duration + GAP:
                start = talk.end + GAP
        if until is not None and start >= until:
            return
        talks.append(_session(waiting.popleft(), start, start + duration))
        start += duration + GAP


def _lunch(talks: Sequence[Slot]) -> Slot:
    """Place lunch at noon or at the first end of a talk after it; always the full hour.

    A speaker's own time inside that hour is kept: the talk runs beside lunch.
    """
    moments = [NOON, *sorted(talk.end for talk in talks if talk.end > NOON)]
    start = next(m for m in moments if not any(t.start <= m < t.end for t in talks))
    return Slot(ItemType.LUNCH, "Lunch", start, start + LUNCH)


def _on_tracks(talks: Iterable[Slot]) -> list[Slot]:
    """Give each talk, the keynote before all others, the first track that is free for it."""
    placed: list[Slot] = []
    for talk in sorted(talks, key=lambda talk: (talk.item_type != ItemType.KEYNOTE, talk.start)):
        taken = {
            other.track for other in placed if talk.start < other.end and other.start < talk.end
        }
        track = next(number for number in count(1) if number not in taken)
        placed.append(replace(talk, track=track))
    return placed
