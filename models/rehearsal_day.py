"""Owns a rehearsal's day as its people would live it: the hour it is there, a break that comes now.

A rehearsal stores real times with the day's spans divided by its scale, so its own hours have to
be worked out.
"""

from datetime import UTC, datetime, time, timedelta

from models import schedule
from models.agenda_item import EventAgendaItem, ItemType
from models.agenda_plan import REGISTRATION
from models.breaks import PROMPT_LEAD, scaled
from models.event import Event

# Those who wait for the break are asked so long before it, and that is in a minute.
FORWARD = PROMPT_LEAD + timedelta(minutes=1)


class NoBreakToMove(Exception):
    """No break can be brought forward; the message says why, for whoever rehearses."""


def doors_open(event: Event) -> datetime:
    """Return the hour at which every generated day begins, on the event's date in its zone."""
    midnight = datetime.combine(event.date, time(), tzinfo=event.zone)
    return (midnight + REGISTRATION).astimezone(UTC)


def hour_of(event: Event, moment: datetime) -> datetime:
    """Return which hour of the event's day a moment is: itself, except in a rehearsal."""
    if event.time_scale == 1 or event.starts_at is None:
        return moment
    hour: datetime = doors_open(event) + (moment - event.starts_at) * event.time_scale
    return hour


def bring_next_break_forward(event_id: int, *, now: datetime) -> EventAgendaItem:
    """Let the next break of a rehearsal begin in six minutes of the event's time.

    The caller opens the transaction; the event's row is locked first. What waits for the break
    follows it, as after an organiser's edit.

    Raises
    ------
    NoBreakToMove
        Before anything is changed.
    peewee.DoesNotExist
        When there is no such event.
    """
    event = schedule.lock(event_id)
    following = _break_to_move(event, now)
    starts_at = now + scaled(FORWARD, event)
    if following.start_time <= starts_at:
        raise NoBreakToMove(f"{following.title} begins in a moment anyway.")
    EventAgendaItem.update(
        start_time=starts_at,
        end_time=starts_at + (following.end_time - following.start_time),
        updated_at=now,
    ).where(EventAgendaItem.id == following.id).execute()
    schedule.sync(event_id, now=now)
    moved: EventAgendaItem = EventAgendaItem.get_by_id(following.id)
    return moved


def registration_time(items: list[EventAgendaItem]) -> datetime | None:
    """Return when the registration starts in real time; None when the agenda has none."""
    starts = [item.start_time for item in items if item.item_type == ItemType.REGISTRATION]
    return min(starts, default=None)


def _break_to_move(event: Event, now: datetime) -> EventAgendaItem:
    if event.time_scale == 1:
        raise NoBreakToMove("Only a rehearsal's break is moved here; a real one in the admin.")
    if event.cancelled_at is not None:
        raise NoBreakToMove("The event was cancelled.")
    if event.introductions_at is not None and event.introductions_at > now:
        raise NoBreakToMove("Introductions are still to come; a break is of use after them.")
    following = schedule.next_break(event.id, now=now)
    if following is None:
        raise NoBreakToMove("No break is left today.")
    return following
