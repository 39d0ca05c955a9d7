"""Owns moving lunch: whether it can be, what goes with it, and doing it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from wtforms import HiddenField, TimeField
from wtforms.validators import InputRequired

from models import schedule
from models.agenda_item import EventAgendaItem, ItemType
from models.event import MatchingStatus
from web.admin.agenda_hooks import items_changed
from web.admin.deeds import record_change, record_deed
from web.admin.desk.facts import Facts
from web.admin.forms import DeskForm
from web.admin.saving import Refused

MATCHED = (MatchingStatus.RUNNING, MatchingStatus.COMPLETED)


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


def why_not(facts: Facts) -> str:
    """Return why the desk offers no other time for lunch; nothing when it does."""
    lunch, is_matched = facts.lunch, facts.event.matching_status in MATCHED
    if lunch is None:
        return "The agenda has no lunch yet."
    if facts.is_over:
        return "The day is over, so lunch stays where it was."
    if is_matched and lunch.end_time <= facts.now:
        ended = facts.clock(lunch.end_time)
        return f"Lunch ended {ended} and matching is done, so nothing is left to move."
    return ""


def shown(facts: Facts) -> dict[str, Any] | None:
    """Return what the desk's own field for it holds; None when lunch can not be moved."""
    if facts.lunch is None or why_not(facts):
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
    if is_only_lunch and event.matching_at is not None and event.matching_status not in MATCHED:
        values["matching"] = _milliseconds(event.matching_at)
    if is_only_lunch and event.introductions_at is not None:
        values["introductions"] = _milliseconds(event.introductions_at)
    return values


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _is_part_of(item: EventAgendaItem, lunch: EventAgendaItem) -> bool:
    is_within = lunch.start_time <= item.start_time and item.end_time <= lunch.end_time
    return item.item_type == ItemType.SPONSOR_SESSION and is_within
