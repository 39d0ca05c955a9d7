"""Owns an event's own words: which kinds of texts it sends, and how they read there."""

from datetime import datetime
from typing import Any

from peewee import BooleanField, CharField, ForeignKeyField, TextField

from models.base import Table, UtcDateTimeField, default
from models.event import Event


class EventText(Table):
    """One kind of text at one event; without a row it is on, in the usual words."""

    event = ForeignKeyField(Event, backref="texts", on_delete="CASCADE", index=False)
    message_type = CharField()
    is_on = BooleanField(default=True, constraints=default("true"))
    template = TextField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_texts"
        indexes = ((("event", "message_type"), True),)


def texts_of(event_id: int) -> dict[str, EventText]:
    """Return what an event says about its texts, by their kind."""
    rows = EventText.select().where(EventText.event == event_id)
    return {row.message_type: row for row in rows}


def put(event_id: int, message_type: str, *, now: datetime, **columns: Any) -> bool:
    """Write down an event's own words or switch for a kind; False when they were so already."""
    standing = texts_of(event_id).get(message_type) or EventText(template=None)
    if all(getattr(standing, name) == value for name, value in columns.items()):
        return False
    EventText.insert(
        event=event_id, message_type=message_type, updated_at=now, **columns
    ).on_conflict(
        conflict_target=(EventText.event, EventText.message_type),
        update={**columns, "updated_at": now},
    ).execute()
    return True


def template_of(event_id: int | None, message_type: str) -> str | None:
    """Return the event's own words for a kind of text; None means the usual ones."""
    row = EventText.get_or_none(event=event_id, message_type=message_type) if event_id else None
    return row.template or None if row is not None else None


def kinds_off(event_id: int) -> set[str]:
    """Return the kinds of texts that an event does not send."""
    off = EventText.select(EventText.message_type).where(
        (EventText.event == event_id) & ~EventText.is_on
    )
    return {row.message_type for row in off}
