"""Owns moving lunch: what goes with it, said in numbers beforehand, and doing it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from wtforms import HiddenField, TimeField
from wtforms.validators import InputRequired

from models import introduction_moves, schedule
from models.agenda_item import EventAgendaItem, ItemType
from models.event import MatchingStatus
from web.admin.agenda_hooks import items_changed
from web.admin.deeds import record_change, record_deed
from web.admin.desk.departures import span_words
from web.admin.desk.facts import Facts
from web.admin.forms import DeskForm
from web.admin.message_actions import texts
from web.admin.saving import Refused

_MATCHED = (MatchingStatus.RUNNING, MatchingStatus.COMPLETED)


class LunchForm(DeskForm):
    """An event, when its lunch begins instead, and when it began as the page was opened."""

    id = HiddenField()
    was = HiddenField()
    at = TimeField(
        "Lunch begins at",
        format=["%H:%M:%S", "%H:%M"],
        validators=[InputRequired("Give a time, such as 12:15 PM.")],
    )


@dataclass(frozen=True)
class Move:
    """Lunch at another time: its items with their new starts, and when the rest happens then."""

    facts: Facts
    by: timedelta
    lunch: EventAgendaItem
    showcases: list[EventAgendaItem]
    matching_at: datetime
    introductions_at: datetime

    @property
    def starts(self) -> datetime:
        begins: datetime = self.lunch.start_time
        return begins + self.by

    @property
    def ends(self) -> datetime:
        finishes: datetime = self.lunch.end_time
        return finishes + self.by


def plan(facts: Facts, at: time) -> Move:
    """Return what moving the day's lunch to a time by the event's clock comes to.

    Raises
    ------
    Refused
        When there is no lunch, or the time is past, skipped by the clocks or the one it has.
    """
    event, lunch, zone = facts.event, facts.lunch, facts.zone
    if event.cancelled_at is not None:
        raise Refused("The event was cancelled, so its agenda stays as it is.")
    if lunch is None:
        raise Refused("The agenda has no lunch that could be moved.")
    wall = datetime.combine(lunch.start_time.astimezone(zone).date(), at)
    starts = wall.replace(tzinfo=zone).astimezone(UTC)
    if starts.astimezone(zone).replace(tzinfo=None) != wall:
        raise Refused("The clocks skip this time on that day.")
    if starts <= facts.now:
        raise Refused(f"{facts.clock(starts)} is past already.")
    if starts == lunch.start_time:
        raise Refused(f"Lunch begins at {facts.clock(starts)} as it is.")
    others = [i.start_time for i in facts.agenda if i.item_type == ItemType.LUNCH and i != lunch]
    first = min([starts, *others])
    minute = timedelta(minutes=1) / event.time_scale
    return Move(
        facts,
        starts - lunch.start_time,
        lunch,
        [item for item in facts.agenda if _is_part_of(item, lunch)],
        first - minute * event.matching_lead_minutes,
        first + minute * event.introduction_delay_minutes,
    )


def effect(move: Move) -> list[str]:
    """Say what will move, in numbers."""
    facts, lunch = move.facts, move.lunch
    was = facts.spread(lunch.start_time, lunch.end_time)
    becomes = facts.spread(move.starts, move.ends)
    way = "later" if move.by > timedelta(0) else "earlier"
    return [
        f"Lunch is {span_words(abs(move.by))} {way}: {becomes} instead of {was}.",
        _showcase_words(move),
        _matching_words(move),
        _introduction_words(move),
        _untouched_words(move),
        *_overlap_words(move),
    ]


def carry_out(move: Move, was: str, *, now: datetime) -> bool:
    """Move lunch, and let matching and introductions follow; the caller opens the transaction.

    False when somebody moved it since the page was opened: then nothing is changed.
    """
    event = schedule.lock(move.facts.event.id)
    lunch = EventAgendaItem.get_or_none(EventAgendaItem.id == move.lunch.id)
    is_as_it_was = lunch is not None and lunch.start_time == move.lunch.start_time
    if not is_as_it_was or was != stamp(lunch) or event.cancelled_at is not None:
        return False
    for item in (move.lunch, *move.showcases):
        item.start_time += move.by
        item.end_time += move.by
        item.updated_at = now
        item.save()
        record_change(item, "changed", {"start_time", "end_time"}, now=now)
    items_changed(event.id, now=now)
    minutes = round(move.by / timedelta(minutes=1), 1)
    record_deed(event, "lunch_moved", {"minutes": minutes}, now=now)
    return True


def stamp(lunch: EventAgendaItem) -> str:
    """Return what a page remembers of the lunch it was made for."""
    return str(lunch.start_time.isoformat())


def shown(facts: Facts) -> dict[str, Any] | None:
    """Return what the desk's own field for it holds; None when lunch can not be moved."""
    is_matched = facts.event.matching_status in _MATCHED
    if facts.lunch is None or facts.is_over or (is_matched and facts.lunch.end_time <= facts.now):
        return None
    local = facts.lunch.start_time.astimezone(facts.zone)
    has_seconds = facts.event.time_scale > 1 or local.second
    return {
        "value": f"{local:%H:%M:%S}" if has_seconds else f"{local:%H:%M}",
        "step": 1 if has_seconds else 60,
        "zone": f"{local:%Z}",
    }


def grip(facts: Facts) -> dict[str, int] | None:
    """Return what the picture of the day needs to let lunch be dragged; None when it can not be.

    Moments are in milliseconds, as scripts have them; those that would not follow are left out.
    """
    lunch, event = facts.lunch, facts.event
    if lunch is None or shown(facts) is None:
        return None
    values = {
        "item_id": lunch.id,
        "starts": _milliseconds(lunch.start_time),
        "ends": _milliseconds(lunch.end_time),
        "minute": 60_000 // event.time_scale,
        "showcases": sum(_is_part_of(item, lunch) for item in facts.agenda),
    }
    is_only_lunch = sum(item.item_type == ItemType.LUNCH for item in facts.agenda) == 1
    if is_only_lunch and event.matching_at is not None and event.matching_status not in _MATCHED:
        values["matching"] = _milliseconds(event.matching_at)
    if is_only_lunch and event.introductions_at is not None:
        values["introductions"] = _milliseconds(event.introductions_at)
    return values


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _is_part_of(item: EventAgendaItem, lunch: EventAgendaItem) -> bool:
    is_within = lunch.start_time <= item.start_time and item.end_time <= lunch.end_time
    return item.item_type == ItemType.SPONSOR_SESSION and is_within


def _showcase_words(move: Move) -> str:
    number = len(move.showcases)
    if not number:
        return ""
    return f"{number} sponsor {'showcase moves' if number == 1 else 'showcases move'} with it."


def _matching_words(move: Move) -> str:
    event, facts = move.facts.event, move.facts
    if event.matching_status in _MATCHED:
        return "Matching is done, and stays as it is."
    if move.matching_at <= facts.now:
        return f"Matching would be due at {facts.clock(move.matching_at)}, so it runs at once."
    was = f"from {facts.clock(event.matching_at)} " if event.matching_at else ""
    return f"Matching moves {was}to {facts.clock(move.matching_at)}."


def _introduction_words(move: Move) -> str:
    event, facts = move.facts.event, move.facts
    waiting, held = introduction_moves.count(event, move.introductions_at)
    was = f"from {facts.clock(event.introductions_at)} " if event.introductions_at else ""
    words = f"Introductions move {was}to {facts.clock(move.introductions_at)}"
    if move.introductions_at <= facts.now:
        once = "once approved" if event.awaits_approval else "at once"
        words = f"{words}, which is past: they leave {once}"
    waits = "waits" if waiting == 1 else "wait"
    moved = f"{texts(waiting)} that {waits}" if waiting else "no text waits for it yet"
    return f"{words}: {moved}{f', and {texts(held)} on hold' if held else ''}."


def _untouched_words(move: Move) -> str:
    found = move.facts.texts
    parts = []
    if found.introductions.left:
        parts.append(f"{found.introductions.left:,} introductions that have left")
    if found.in_the_air:
        parts.append(f"{texts(found.in_the_air)} being sent right now")
    return f"Not touched: {' and '.join(parts)}." if parts else ""


def _overlap_words(move: Move) -> list[str]:
    facts = move.facts
    moving = {move.lunch.id, *(item.id for item in move.showcases)}
    clashes = [
        item
        for item in facts.agenda
        if item.id not in moving and item.start_time < move.ends and item.end_time > move.starts
    ]
    return [
        f"It then overlaps with “{item.title}” ({facts.spread(item.start_time, item.end_time)}), "
        "which stays."
        for item in clashes
    ]
