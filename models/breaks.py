"""Owns when and where two people can meet: the breaks of a day, and half an hour before its end."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.agenda_item import EventAgendaItem, ItemType
from models.event import Event

PROMPT_LEAD = timedelta(minutes=5)
END_LEAD = timedelta(minutes=30)
TIME_TO_TALK = timedelta(minutes=10)
PAUSES = (ItemType.BREAK, ItemType.LUNCH)


class Slot(NamedTuple):
    """A moment for which a postponed introduction is proposed again.

    `item_id` is None before the end of the day, where there is no break any more; `until` is from
    when on the proposal is of no use.
    """

    prompt_at: datetime
    starts_at: datetime
    until: datetime
    item_id: int | None
    place: str | None

    @property
    def name(self) -> str:
        """What this slot is called in an occasion; the same when the break is moved."""
        return f"break:{self.item_id}" if self.item_id is not None else "end"


class Spot(NamedTuple):
    """The pause in which two people could meet; `is_now`: it has begun and lasts long enough."""

    at: datetime
    place: str | None
    is_lunch: bool
    is_now: bool


def scaled(span: timedelta, event: Event) -> timedelta:
    """Return a span of the event's day as real time; a rehearsal's minute lasts a second."""
    return span / event.time_scale


def later_slots(event: Event, *, after: datetime) -> list[Slot]:
    """Return the slots whose proposal would leave after a moment, soonest first.

    Every break that is left; with none left, half an hour before the end of the day.
    """
    *in_breaks, at_the_end = slots_of(event)
    left = [slot for slot in in_breaks if slot.prompt_at > after]
    return left or [slot for slot in (at_the_end,) if slot.prompt_at > after]


def slots_of(event: Event) -> list[Slot]:
    """Return a slot for every break, and last the one before the end of the day."""
    lead = scaled(PROMPT_LEAD, event)
    slots = []
    for item in _items(event, (ItemType.BREAK,)):
        starts_at: datetime = item.start_time
        prompt_at = starts_at - lead
        slots.append(Slot(prompt_at, starts_at, item.end_time, item.id, item.location))
    end: datetime = event.last_moment - scaled(END_LEAD, event)
    return [*slots, Slot(end, end, event.last_moment, None, None)]


def meeting_spot(event: Event, *, now: datetime) -> Spot | None:
    """Return the break or lunch that goes on and lasts, else the next one, or None."""
    enough = now + scaled(TIME_TO_TALK, event)
    for item in _items(event, PAUSES):
        is_now = item.start_time <= now and item.end_time >= enough
        if is_now or item.start_time > now:
            at = now if is_now else item.start_time
            return Spot(at, item.location, item.item_type == ItemType.LUNCH, is_now)
    return None


def _items(event: Event, kinds: tuple[ItemType, ...]) -> list[EventAgendaItem]:
    return list(
        EventAgendaItem.select()
        .where((EventAgendaItem.event == event.id) & EventAgendaItem.item_type.in_(kinds))
        .order_by(EventAgendaItem.start_time, EventAgendaItem.id)
    )
