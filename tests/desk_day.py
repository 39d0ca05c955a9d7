"""An event's day for the tests of its desk: lunch at a moment, people at every standing, texts."""

from datetime import datetime, timedelta
from typing import Any

from models import schedule, service_state
from models.agenda_item import ItemType
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.opt_out import opt_out
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
)


def make_day(now: datetime, *, lunch_in: timedelta = timedelta(hours=1), **columns: Any) -> Event:
    """An event with registration, lunch and a closing, whose times follow; planner and n8n work."""
    lunch = (now + lunch_in).replace(second=0, microsecond=0)
    columns = {"timezone": "America/Chicago", "name": "Summit", **columns}
    event = make_event(now, **columns)
    Event.update(date=lunch.astimezone(event.zone).date()).where(Event.id == event.id).execute()
    make_agenda_item(event, lunch - timedelta(hours=3), ItemType.REGISTRATION)
    make_agenda_item(event, lunch)
    make_agenda_item(event, lunch + timedelta(hours=3), ItemType.CLOSING)
    service_state.report(service_state.PLANNER, service_state.UP, now=now)
    service_state.report(service_state.N8N, service_state.UP, now=now)
    return schedule.sync(event.id, now=now)


def fill_room(event: Event, now: datetime, *, here: int = 4) -> None:
    """Add `here` people who can be matched, and five who can not, each for another reason."""
    for _ in range(here):
        make_attendee(event)
    make_attendee(event, check_in_time=None)
    make_attendee(event, check_in_time=None)
    make_attendee(event, sms_opt_in=False)
    make_attendee(event, make_contractor(phone=None))
    silent = make_contractor(phone="+15125559998")
    make_attendee(event, silent)
    opt_out(silent.phone, now=now, source="test")


def introduce(event: Event, now: datetime, **columns: Any) -> list[EventMessage]:
    """Match two people, and plan an introduction for each."""
    people = [make_contractor(), make_contractor()]
    match = make_match(event, *people)
    Event.update(matching_status=MatchingStatus.COMPLETED).where(Event.id == event.id).execute()
    planned = event.introductions_at or now
    return [
        make_message(
            planned, event=event, match=match, contractor=person, phone=person.phone, **columns
        )
        for person in people
    ]
