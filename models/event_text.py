"""Owns an event's own words: which kinds of texts it sends, and how they read there."""

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
