"""Owns the view of the texts: what became of each, and what a person may do about it."""

from typing import Any

from actors.wording.parts import segments
from models import clock
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import (
    WAITING,
    Direction,
    HeldBecause,
    MessageCategory,
    MessageStatus,
    MessageType,
)
from web.admin import text_search
from web.admin.bulk import BulkView
from web.admin.bulk_texts import bulk_of_texts
from web.admin.filters import ChoiceFilter, DayFilter, PersonFilter, RecordFilter, event_filter
from web.admin.labels import opening
from web.admin.listing import Join
from web.admin.message_actions import is_in_doubt, person, steps_of_text
from web.admin.steps import SteeredView, Step

_event = Event.alias()
_person = Contractor.alias()


class MessageView(SteeredView, BulkView):
    bulk = bulk_of_texts()
    noun = "text"
    empty_message = "No texts yet. Introductions are planned as soon as matching has run."
    joins = (
        Join("event", EventMessage.event, _event, (_event.id, _event.name, _event.timezone)),
        Join(
            "contractor",
            EventMessage.contractor,
            _person,
            (_person.id, _person.first_name, _person.last_name, _person.company_name),
        ),
    )
    column_list = (
        "id", "contractor", "status", "message_type", "scheduled_time", "actual_send_time",
        "message_content", "error_message", "direction", "event",
    )  # fmt: skip
    column_details_list = (
        "status", "contractor", "event", "direction", "message_type", "message_category",
        "phone", "message_content", "size", "scheduled_time", "actual_send_time",
        "next_attempt_at", "expires_at", "attempts", "error_message", "delivery_report",
        "response_received", "response_time", "action_taken", "sentiment_score",
        "personalization_data", "match",
        "retry_of", "ghl_contact_id", "ghl_message_id", "ghl_location_id", "request_id",
        "created_at", "updated_at",
    )  # fmt: skip
    column_export_list = ("id", *(name for name in column_details_list[:15] if name != "size"))
    column_labels = {"id": "Text", "contractor": "Person", "request_id": "In the log as"}
    badge_columns = ("status", "message_type", "direction", "message_category")
    column_formatters = {
        "size": lambda row: _size(row),
    }
    column_sortable_list = (
        "id",
        "scheduled_time",
        "actual_send_time",
        ("contractor", _person.last_name),
        ("event", _event.name),
    )
    # As an index has it: texts of one event, status or person are read newest first, too.
    default_order = (EventMessage.created_at.desc(),)
    narrow_sorts = ("contractor", "event")
    search_columns = (
        _person.first_name,
        _person.last_name,
        _person.company_name,
        EventMessage.message_content,
        EventMessage.error_message,
    )
    phone_column = EventMessage.phone
    column_filters = (
        event_filter(EventMessage.event),
        ChoiceFilter("status", "Status", EventMessage.status, MessageStatus),
        ChoiceFilter("direction", "Direction", EventMessage.direction, Direction),
        ChoiceFilter("kind", "Kind", EventMessage.message_type, MessageType),
        DayFilter("from", "Added from", EventMessage.created_at),
        DayFilter("to", "Added to", EventMessage.created_at, until=True),
        PersonFilter(EventMessage.contractor),
        RecordFilter("match", "Match", EventMessage.match),
    )

    def by_phone(self, query: Any, digits: str) -> Any:
        """Return the texts of a phone with these digits."""
        return text_search.by_phone(query, digits)

    def by_words(self, query: Any, words: list[str]) -> Any:
        """Return the texts of people with these names, and the latest that hold the words."""
        return text_search.by_words(query, words, self.search_columns)

    def search_note(self) -> str:
        """Return how far a search goes."""
        return (
            "People are looked for by name and phone in all texts, other words in the latest "
            f"{text_search.MOST_READ:,} that the filters leave."
        )

    def story(self, row: Any) -> list[str]:
        """Say what a held text waits for."""
        if row.status in WAITING and _is_paused(row):
            return ["Sending is paused for this event. It waits until somebody resumes."]
        if row.status != MessageStatus.HELD:
            return []
        reason = f"{opening(row.error_message)}." if row.error_message else ""
        if row.held_because == HeldBecause.APPROVAL:
            return [f"{reason} It waits for an approval on the event's desk."]
        if not is_in_doubt(row):
            return [f"{reason} It waits until somebody releases it.".strip()]
        return [
            f"{reason} Look in GoHighLevel whether {person(row)} got it, then mark it as sent, or "
            "send it again.".strip()
        ]

    def steps(self, row: Any) -> list[Step]:
        """Return what can be done with one text as it is."""
        return steps_of_text(row, clock.now())


def _is_paused(text: EventMessage) -> bool:
    event = Event.get_or_none(Event.id == text.event_id)
    is_answer = text.message_category == MessageCategory.COMPLIANCE
    return event is not None and event.is_paused and not is_answer


def _size(text: EventMessage) -> str | None:
    """Return how long a text is, as it travels and as it is billed."""
    if not text.message_content:
        return None
    pieces = text.part_texts or [text.message_content]
    billed = sum(segments(piece) for piece in pieces)
    words = f"{len(text.message_content):,} characters, {billed} SMS segment{'s' * (billed != 1)}"
    if len(pieces) == 1:
        return words
    return f"{words}, {len(pieces)} parts, of which {text.parts_sent} left"
