"""Owns what an edit of an event, its speakers or its agenda means for the day's plan.

Everything here runs in the transaction of the save that called it.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash

from models import agenda, schedule
from models.agenda_item import EventAgendaItem
from models.base import db
from models.event import AgendaStatus, Event

_PLACES_THE_DAY = {"date", "timezone"}
_SHAPES_THE_AGENDA = _PLACES_THE_DAY | {"session_duration_minutes"}
_MOVES_MATCHING = {"matching_lead_minutes", "introduction_delay_minutes"}


def event_changed(
    event_id: int, changed: set[str], *, was_on: date, was_in: str, now: datetime
) -> None:
    """Generate, carry over or follow the agenda after an edit of an event that existed."""
    event = Event.get_by_id(event_id)
    is_generated = event.agenda_status == AgendaStatus.GENERATED
    has_new_people = bool(changed & {"speakers", "sponsors"})
    if has_new_people or (is_generated and changed & _SHAPES_THE_AGENDA):
        if not people_changed(event_id, now=now):
            schedule.sync(event_id, now=now)
    elif changed & _PLACES_THE_DAY:
        _carry_over(event, was_on, ZoneInfo(was_in), now=now)
    elif changed & _MOVES_MATCHING:
        schedule.sync(event_id, now=now)


def people_changed(event_id: int, *, now: datetime) -> bool:
    """Generate the agenda anew, unless somebody confirmed it; whether that was done."""
    event = Event.get_by_id(event_id)
    if not agenda.should_generate(event, now=now):
        return False
    try:
        with db.atomic():
            agenda.generate_agenda(event, now=now)
    except agenda.AgendaError as error:
        flash(f"The agenda was left as it is: {error}", "warning")
        return False
    flash("The agenda was generated anew; lunch and matching follow it.", "info")
    return True


def items_changed(event_id: int, *, now: datetime) -> None:
    """Let matching and introductions follow an agenda that was edited by hand."""
    schedule.sync(event_id, now=now)
    if Event.get_by_id(event_id).agenda_status == AgendaStatus.GENERATED:
        flash(
            "A change of speakers writes this agenda anew. To keep your edits, "
            "tick “Agenda confirmed” in the event's form.",
            "info",
        )


def _carry_over(event: Event, was_on: date, was_in: ZoneInfo, *, now: datetime) -> None:
    """Move an agenda that is kept to the event's new day and zone, each item at its hour."""
    days: timedelta = event.date - was_on
    for item in EventAgendaItem.select().where(EventAgendaItem.event == event):
        for column in ("start_time", "end_time"):
            wall = getattr(item, column).astimezone(was_in).replace(tzinfo=event.zone) + days
            setattr(item, column, wall.astimezone(UTC))
        item.updated_at = now
        item.save()
    schedule.sync(event.id, now=now)
