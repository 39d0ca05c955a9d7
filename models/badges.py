"""Owns which people of an event get a badge, and in what order: by last name."""

from typing import Any

from models.attendee import EventAttendee
from models.contractor import Contractor


def count(event_id: int) -> int:
    """Return how many people are registered."""
    found: int = _people(event_id).count()
    return found


def page(event_id: int, *, start: int, most: int, only: int | None = None) -> list[EventAttendee]:
    """Return a stretch of the people with their `contractor`, or one attendee. One query."""
    found = _people(event_id)
    found = found.order_by(Contractor.last_name, Contractor.first_name, Contractor.id)
    if only is not None:
        return list(found.where(EventAttendee.id == only))
    return list(found.offset(start).limit(most))


def _people(event_id: int) -> Any:
    """Return the query of those who attend, without who was erased."""
    return (
        EventAttendee.select(EventAttendee, Contractor)
        .join(Contractor, on=(EventAttendee.contractor == Contractor.id))
        .where((EventAttendee.event == event_id) & Contractor.erased_at.is_null())
    )
