"""Builders of rows for tests: one a table, with the least that is valid."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from models.agenda_item import EventAgendaItem, ItemType
from models.attendee import EventAttendee
from models.base import Table
from models.contractor import Contractor
from models.event import Event, EventSpeaker
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType
from models.peer_match import EventPeerMatch

Row = TypeVar("Row", bound=Table)
_numbers = count(1)


def _stored(table: type[Row], **columns: Any) -> Row:
    """Insert a row and return it as the database has it, defaults filled in."""
    [row] = table.insert(**columns).returning(table).execute()
    return row


def make_event(now: datetime, **columns: Any) -> Event:
    columns = {"name": "Contractor Summit", "date": now.date(), "timezone": "UTC", **columns}
    return _stored(Event, **columns)


def make_speaker(event: Event, **columns: Any) -> EventSpeaker:
    number = next(_numbers)
    columns = {"name": f"Speaker {number}", "position": number, **columns}
    return _stored(EventSpeaker, event=event, **columns)


def make_agenda_item(
    event: Event, start: datetime, item_type: ItemType = ItemType.LUNCH, hours: float = 1
) -> EventAgendaItem:
    return _stored(
        EventAgendaItem,
        event=event,
        item_type=item_type,
        title=item_type.title(),
        start_time=start,
        end_time=start + timedelta(hours=hours),
    )


def make_event_with_lunch(lunch: datetime, **columns: Any) -> Event:
    event = make_event(lunch, **columns)
    make_agenda_item(event, lunch)
    return event


def make_contractor(**columns: Any) -> Contractor:
    number = next(_numbers)
    columns = {
        "first_name": "Ana",
        "last_name": f"Moss{number}",
        "email": f"p{number}@example.com",
        "phone": f"+1512555{number % 10000:04d}",
        "company_name": f"Moss Builders {number}",
        "focus_areas": ["controlling_lead_flow", "hiring_sales_leadership"],
        "services_offered": ["roofing"],
        "service_area": ["Austin, TX", "Tampa, FL", "Denver, CO", "Reno, NV"][number % 4],
        "revenue_tier": "2m_5m",
        "team_size": 20,
        **columns,
    }
    return _stored(Contractor, **columns)


def make_attendee(
    event: Event, contractor: Contractor | None = None, **columns: Any
) -> EventAttendee:
    """Checked in and opted in, unless told otherwise."""
    now = event.created_at
    columns = {
        "check_in_time": now,
        "check_in_method": "door",
        "sms_opt_in": True,
        "sms_consent_at": now,
        "sms_consent_source": "test",
        **columns,
    }
    contractor = contractor or make_contractor()
    return _stored(EventAttendee, event=event, contractor=contractor, **columns)


def make_match(
    event: Event, first: Contractor, second: Contractor, **columns: Any
) -> EventPeerMatch:
    low, high = sorted((first, second), key=lambda person: person.id)
    columns = {
        "match_score": "0.80",
        "match_reason": "both focused on controlling lead flow",
        "match_criteria": {"focusAreas": 1.0, "geographic": 1.0},
        **columns,
    }
    return _stored(EventPeerMatch, event=event, contractor1=low, contractor2=high, **columns)


def make_message(now: datetime, **columns: Any) -> EventMessage:
    """An introduction that is due now."""
    columns = {
        "message_type": MessageType.INTRODUCTION,
        "message_category": MessageCategory.PEER_MATCHING,
        "scheduled_time": now,
        "expires_at": now + timedelta(hours=4),
        **columns,
    }
    return _stored(EventMessage, **columns)
