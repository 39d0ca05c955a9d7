"""Owns making an event's agenda and replacing the one that is there."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models import schedule
from models.agenda_item import EventAgendaItem, ItemType
from models.agenda_plan import AgendaError, NoSpeakersError, PlannedItem, plan_day
from models.event import AgendaStatus, Event, EventSpeaker, EventSponsor

__all__ = [
    "AgendaError",
    "NoSpeakersError",
    "PastEventError",
    "UnknownZoneError",
    "generate_agenda",
    "should_generate",
]

ACCELERATED_SCALE = 60
ACCELERATED_LUNCH_IN = timedelta(seconds=30)


class PastEventError(AgendaError):
    """The event's date is over, in its own zone."""


class UnknownZoneError(AgendaError):
    """The event's time zone is not one that exists."""


def generate_agenda(
    event: Event,
    *,
    now: datetime,
    accelerated_lunch_in: timedelta | None = None,
    accelerated_scale: int = ACCELERATED_SCALE,
) -> list[EventAgendaItem]:
    """Replace the event's agenda by a generated one and let the schedule follow.

    Call it inside a transaction of the caller's; the event's row is locked first, so that two
    calls at once take turns. `event` is brought up to date.

    Parameters
    ----------
    accelerated_lunch_in : timedelta, optional
        Makes a rehearsal: the day goes by faster, the event is today, and lunch starts so long
        after `now`. Without it the event runs at its normal pace again.
    accelerated_scale : int
        How many times as fast a rehearsal goes by; at 60 a minute of its day lasts a second.

    Returns
    -------
    list[EventAgendaItem]
        In order of time.

    Raises
    ------
    PastEventError, NoSpeakersError, AgendaError
        Before anything is changed.
    """
    locked = schedule.lock(event.id)
    if _is_past(locked, now):
        raise PastEventError("The event is over, so its agenda stays as it is.")
    if accelerated_lunch_in is None:
        day, scale, items = locked.date, 1, _plan(locked, locked.date)
    else:
        day, scale = now.astimezone(_zone(locked)).date(), accelerated_scale
        items = _compressed(_plan(locked, day), now + accelerated_lunch_in, scale)
    _store(locked, items)
    Event.update(agenda_status=AgendaStatus.GENERATED, date=day, time_scale=scale).where(
        Event.id == locked.id
    ).execute()
    event.__data__.update(schedule.sync(locked.id, now=now).__data__)
    return _items(locked)


def should_generate(event: Event, *, now: datetime) -> bool:
    """Whether an agenda is made without being asked for: after speakers were added.

    Never for a cancelled or past event, a confirmed agenda, or a rehearsal that is under way.
    """
    if event.cancelled_at is not None or event.agenda_status == AgendaStatus.CONFIRMED:
        return False
    if _is_past(event, now) or (event.time_scale > 1 and not event.is_over(now)):
        return False
    return EventSpeaker.select().where(EventSpeaker.event == event).exists()


def _is_past(event: Event, now: datetime) -> bool:
    # By its date alone: a day whose last item is over may still be planned anew until midnight,
    # which is what follows a rehearsal.
    return bool(now.astimezone(_zone(event)).date() > event.date)


def _zone(event: Event) -> ZoneInfo:
    try:
        return event.zone
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZoneError(f"'{event.timezone}' is not a known time zone.") from error


def _plan(event: Event, day: date) -> list[PlannedItem]:
    return plan_day(
        day,
        _zone(event),
        list(EventSpeaker.select().where(EventSpeaker.event == event)),
        list(EventSponsor.select().where(EventSponsor.event == event)),
        event.session_duration_minutes,
    )


def _compressed(items: list[PlannedItem], lunch_at: datetime, scale: int) -> list[PlannedItem]:
    planned = next(item.start_time for item in items if item.item_type == ItemType.LUNCH)
    return [
        replace(
            item,
            start_time=lunch_at + (item.start_time - planned) / scale,
            end_time=lunch_at + (item.end_time - planned) / scale,
        )
        for item in items
    ]


def _store(event: Event, items: list[PlannedItem]) -> None:
    EventAgendaItem.delete().where(EventAgendaItem.event == event).execute()
    EventAgendaItem.insert_many(
        [
            {
                "event": event.id,
                "item_type": item.item_type,
                "title": item.title,
                "start_time": item.start_time,
                "end_time": item.end_time,
                "track": item.track,
                "speaker": item.speaker_id,
                "sponsor": item.sponsor_id,
            }
            for item in items
        ]
    ).execute()


def _items(event: Event) -> list[EventAgendaItem]:
    return list(
        EventAgendaItem.select()
        .where(EventAgendaItem.event == event)
        .order_by(EventAgendaItem.start_time, EventAgendaItem.track, EventAgendaItem.id)
    )
