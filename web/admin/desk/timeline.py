"""Owns the picture of the day: where each item, mark and hour stands, in percent of its width."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.agenda_item import EventAgendaItem
from web.admin.desk.facts import Facts

LANE_HEIGHT = 34
TOP = 24
BOTTOM = 22
MOST_LANES = 4
MOST_HOURS = 14
LETTERS_PER_PERCENT = 1.2
SHORTEST_LABEL = 3
# How much of the width a label beside a mark takes, on a desk and on a phone.
ROOM_FOR_LABEL, ROOM_ON_PHONE = 10, 28


@dataclass(frozen=True)
class Block:
    """One agenda item as a box; `left` and `width` in percent, `top` in pixels."""

    item_id: int
    title: str
    label: str
    kind: str
    when: str
    left: float
    width: float
    top: int
    is_over: bool


@dataclass(frozen=True)
class Mark:
    """One moment of the day, such as an hour or the matching.

    `is_cramped`: on a phone its label would not have room beside it.
    """

    label: str
    left: float
    is_minor: bool = False
    is_cramped: bool = False


@dataclass(frozen=True)
class Timeline:
    """The day from `begins` to `ends`; `now` is in percent, None when it is another day."""

    begins: datetime
    ends: datetime
    blocks: list[Block]
    marks: list[tuple[str, Mark]]
    hours: list[Mark]
    now: float | None
    height: int
    summary: str


def timeline(facts: Facts) -> Timeline | None:
    """Return the picture of the day; None without an agenda."""
    if not facts.agenda:
        return None
    event = facts.event
    moments: list[datetime] = [
        *(item.start_time for item in facts.agenda),
        *(i.end_time for i in facts.agenda),
    ]
    moments += [m for m in (event.matching_at, event.introductions_at) if m is not None]
    begins, ends = min(moments), max(moments)
    scale = _Scale(begins, ends)
    lanes = _lanes(facts.agenda)
    height = TOP + LANE_HEIGHT * (max(lanes.values()) + 1) + BOTTOM
    is_on = begins <= facts.now <= ends
    # To the minute, so that the picture stays the same in between: the script moves the line.
    minute = facts.now.replace(second=0, microsecond=0)
    present: datetime = facts.now if event.time_scale > 1 else max(begins, minute)
    return Timeline(
        begins,
        ends,
        [_block(item, lanes[item.id], scale, facts) for item in facts.agenda],
        _marks(facts, scale),
        list(_hours(begins, ends, facts.zone, scale)),
        scale.of(present) if is_on else None,
        height,
        "; ".join(
            f"{item.title}, {facts.spread(item.start_time, item.end_time)}" for item in facts.agenda
        ),
    )


@dataclass(frozen=True)
class _Scale:
    begins: datetime
    ends: datetime

    def of(self, moment: datetime) -> float:
        whole = (self.ends - self.begins) / timedelta(seconds=1) or 1.0
        return round(100 * ((moment - self.begins) / timedelta(seconds=1)) / whole, 3)


def _block(item: EventAgendaItem, lane: int, scale: _Scale, facts: Facts) -> Block:
    left = scale.of(item.start_time)
    # A hair narrower than its time, so that neighbours do not run into each other.
    width = max(round(scale.of(item.end_time) - left - 0.2, 3), 0.2)
    return Block(
        item_id=item.id,
        title=item.title,
        label=_label(item.title, width),
        kind=item.item_type,
        when=facts.spread(item.start_time, item.end_time),
        left=left,
        width=width,
        top=TOP + LANE_HEIGHT * lane,
        is_over=item.end_time <= facts.now,
    )


def _label(title: str, width: float) -> str:
    """Return as much of a title as its box holds on a desk's screen; nothing of it for crumbs."""
    room = int(width * LETTERS_PER_PERCENT) - 2
    if len(title) <= room:
        return title
    return f"{title[: room - 1].rstrip()}…" if room > SHORTEST_LABEL else ""


def _lanes(items: Iterable[EventAgendaItem]) -> dict[int, int]:
    """Put what happens at the same time below each other, in as few lanes as that takes."""
    free_from: list[datetime] = []
    placed: dict[int, int] = {}
    for item in sorted(items, key=lambda item: (item.start_time, -item.end_time.timestamp())):
        ends: datetime = item.end_time
        lane = next((n for n, end in enumerate(free_from) if end <= item.start_time), None)
        if lane is None and len(free_from) < MOST_LANES:
            lane = len(free_from)
            free_from.append(ends)
        lane = MOST_LANES - 1 if lane is None else lane
        free_from[lane] = max(free_from[lane], ends)
        placed[item.id] = lane
    return placed


def _marks(facts: Facts, scale: _Scale) -> list[tuple[str, Mark]]:
    event = facts.event
    marks = []
    if event.matching_at is not None:
        left = scale.of(event.matching_at)
        # The picture begins with it: then it is named below only.
        label = "Matching" if left >= ROOM_FOR_LABEL else ""
        marks.append(("matching", Mark(label, left, is_cramped=left < ROOM_ON_PHONE)))
    if event.introductions_at is not None:
        left = scale.of(event.introductions_at)
        label = "Introductions" if left <= 100 - ROOM_FOR_LABEL else ""
        marks.append(("introductions", Mark(label, left, is_cramped=left > 100 - ROOM_ON_PHONE)))
    return marks


def _hours(begins: datetime, ends: datetime, zone: ZoneInfo, scale: _Scale) -> Iterable[Mark]:
    """Return the full hours that fit; of a rehearsal's day, which is minutes long, none."""
    first = begins.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    count = int((ends - first) / timedelta(hours=1)) + 1
    stride = -(-count // MOST_HOURS)
    hours = [first + timedelta(hours=n) for n in range(0, count, stride)]
    shown = [hour for hour in hours if begins <= hour <= ends]
    for index, hour in enumerate(shown):
        label = f"{hour.astimezone(zone):%I %p}".lstrip("0")
        yield Mark(label, scale.of(hour), is_minor=bool(index % 2))
