"""Owns the items of an event's agenda."""

from enum import StrEnum

from peewee import CharField, Check, ForeignKeyField, IntegerField, TextField

from models.base import Table, UtcDateTimeField, default, one_of
from models.event import Event, EventSpeaker, EventSponsor


class ItemType(StrEnum):
    REGISTRATION = "registration"
    KEYNOTE = "keynote"
    SESSION = "session"
    BREAK = "break"
    LUNCH = "lunch"
    SPONSOR_SESSION = "sponsor_session"
    CLOSING = "closing"


class EventAgendaItem(Table):
    event = ForeignKeyField(Event, backref="agenda_items", on_delete="CASCADE")
    item_type = CharField()
    title = CharField()
    description = TextField(null=True)
    location = CharField(null=True)
    track = IntegerField(default=1, constraints=default("1"))
    start_time = UtcDateTimeField()
    end_time = UtcDateTimeField()
    speaker = ForeignKeyField(EventSpeaker, null=True, on_delete="SET NULL")
    sponsor = ForeignKeyField(EventSponsor, null=True, on_delete="SET NULL")
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_agenda_items"
        indexes = ((("event", "start_time"), False),)
        constraints = [
            one_of("item_type", ItemType),
            Check("end_time > start_time", name="ends_after_start"),
        ]
