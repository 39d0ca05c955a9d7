"""Owns who attends which event: check-in, consent to texts, and the badge's code."""

from peewee import BooleanField, CharField, ForeignKeyField

from models.base import Table, UtcDateTimeField, default
from models.contractor import Contractor
from models.event import Event


class EventAttendee(Table):
    """A contractor at an event. Consent is false until an import, a tick or START says yes."""

    event = ForeignKeyField(Event, backref="attendees", on_delete="CASCADE", index=False)
    contractor = ForeignKeyField(Contractor, backref="attendances", on_delete="CASCADE")
    check_in_time = UtcDateTimeField(null=True)
    check_in_method = CharField(null=True)
    sms_opt_in = BooleanField(default=False, constraints=default("false"))
    sms_consent_at = UtcDateTimeField(null=True)
    sms_consent_source = CharField(null=True)
    qr_code_data = CharField(null=True, constraints=default("gen_random_uuid()::text"))
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_attendees"
        indexes = (
            (("event", "contractor"), True),
            (("event", "qr_code_data"), True),
        )
