"""Owns the matches: two contractors at one event, why they fit, and what came of it."""

from peewee import (
    BooleanField,
    CharField,
    Check,
    DecimalField,
    ForeignKeyField,
    JSONField,
    TextField,
)

from models.base import Table, UtcDateTimeField, default
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun


class EventPeerMatch(Table):
    """An unordered pair, stored with the lower id first; once per event and pair."""

    event = ForeignKeyField(Event, backref="peer_matches", on_delete="RESTRICT", index=False)
    run = ForeignKeyField(MatchingRun, backref="matches", null=True, on_delete="SET NULL")
    contractor1 = ForeignKeyField(Contractor, backref="+", on_delete="RESTRICT")
    contractor2 = ForeignKeyField(Contractor, backref="+", on_delete="RESTRICT")
    match_type = CharField(default="general_match", constraints=default("'general_match'"))
    match_criteria = JSONField(default=dict, constraints=default("'{}'"))
    match_score = DecimalField(max_digits=5, decimal_places=2)
    match_reason = TextField(null=True)
    introduction_sent_time = UtcDateTimeField(null=True)
    introduction_message = TextField(null=True)
    contractor1_response = TextField(null=True)
    contractor2_response = TextField(null=True)
    connection_made = BooleanField(default=False, constraints=default("false"))
    meeting_scheduled = BooleanField(default=False, constraints=default("false"))
    meeting_time = UtcDateTimeField(null=True)
    meeting_location = CharField(null=True)
    feedback_contractor1 = TextField(null=True)
    feedback_contractor2 = TextField(null=True)
    pcr_score = DecimalField(max_digits=5, decimal_places=2, null=True)
    notes = TextField(null=True)
    cancelled_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_peer_matches"
        indexes = ((("event", "contractor1", "contractor2"), True),)
        constraints = [
            Check("contractor1_id < contractor2_id", name="lower_id_first"),
            Check("match_score BETWEEN 0 AND 1", name="match_score_range"),
        ]
