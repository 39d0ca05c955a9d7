"""Owns every text that is planned, sent or received, and the guarded changes of their status."""

from datetime import datetime
from typing import Any

from peewee import (
    BooleanField,
    Case,
    CharField,
    DecimalField,
    Expression,
    ForeignKeyField,
    Function,
    IntegerField,
    JSONField,
    TextField,
    UUIDField,
    fn,
)

from models.base import Table, UtcDateTimeField, default, one_of
from models.contractor import Contractor
from models.event import Event
from models.log_context import request_id
from models.message_indexes import declare_indexes
from models.message_status import (
    MOVES,
    OTHER_URGENCY,
    URGENCY,
    Direction,
    HeldBecause,
    IllegalMoveError,
    MessageStatus,
)
from models.peer_match import EventPeerMatch


class EventMessage(Table):
    """One text in one direction. The row is the schedule: `due_at()` says when it should leave.

    `send_key` names the text at n8n (its `webhook-id`), `claim_token` the attempt that has it,
    `reply_number` the introduction a numbered reply points at. `part_texts` are fixed by the first
    attempt (None: one part, the content), of which `parts_sent` have surely left. `is_doubtful`:
    an attempt ended with nobody knowing whether it texted, and nothing has settled that since.
    `attempts` counts posts, `failures` how often our own code broke on this row. `occasion` names
    what is said to a person once only, such as "rating:12" for match 12. `inbox_reason`: why a
    person should read this reply, until `inbox_done_at`. `request_id`: the request, or
    the job, that planned this text; logs and n8n name it.
    """

    event = ForeignKeyField(Event, backref="messages", null=True, on_delete="RESTRICT")
    contractor = ForeignKeyField(Contractor, backref="messages", null=True, on_delete="RESTRICT")
    match = ForeignKeyField(EventPeerMatch, backref="messages", null=True, on_delete="RESTRICT")
    message_type = CharField()
    message_category = CharField(null=True)
    scheduled_time = UtcDateTimeField(null=True)
    actual_send_time = UtcDateTimeField(null=True)
    message_content = TextField(null=True)
    personalization_data = JSONField(default=dict, constraints=default("'{}'"))
    phone = CharField(null=True)
    status = CharField(default=MessageStatus.SCHEDULED, constraints=default("'scheduled'"))
    direction = CharField(default=Direction.OUTBOUND, constraints=default("'outbound'"))
    response_received = TextField(null=True)
    response_time = UtcDateTimeField(null=True)
    sentiment_score = DecimalField(max_digits=5, decimal_places=2, null=True)
    pcr_score = DecimalField(max_digits=5, decimal_places=2, null=True)
    action_taken = TextField(null=True)
    delay_minutes = IntegerField(null=True)
    error_message = TextField(null=True)
    ghl_contact_id = CharField(null=True)
    ghl_message_id = CharField(null=True)
    ghl_location_id = CharField(null=True)
    channel = CharField(default="sms", constraints=default("'sms'"))
    from_email = CharField(null=True)
    to_email = CharField(null=True)
    subject = CharField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    next_attempt_at = UtcDateTimeField(null=True)
    expires_at = UtcDateTimeField(null=True)
    attempts = IntegerField(default=0, constraints=default("0"))
    wake_at = UtcDateTimeField(null=True)
    lease_until = UtcDateTimeField(null=True)
    claim_token = UUIDField(null=True)
    send_key = UUIDField(constraints=default("gen_random_uuid()"))
    reply_number = IntegerField(null=True)
    delivery_report = JSONField(null=True)
    retry_of = ForeignKeyField("self", null=True, on_delete="SET NULL")
    inbound_key = CharField(null=True)
    raw_payload = JSONField(null=True)
    handled_at = UtcDateTimeField(null=True)
    part_texts = JSONField(null=True)
    parts_sent = IntegerField(default=0, constraints=default("0"))
    is_doubtful = BooleanField(default=False, constraints=default("false"))
    held_because = CharField(null=True)
    failures = IntegerField(default=0, constraints=default("0"))
    occasion = CharField(null=True)
    inbox_reason = TextField(null=True)
    inbox_done_at = UtcDateTimeField(null=True)
    request_id = CharField(null=True, default=request_id)

    class Meta:
        table_name = "event_messages"
        indexes = (
            (("event", "message_type", "scheduled_time"), False),
            (("contractor", "created_at"), False),
            (("phone", "created_at"), False),
        )
        constraints = [
            one_of("status", MessageStatus),
            one_of("direction", Direction),
            one_of("held_because", HeldBecause),
        ]

    @classmethod
    def due_at(cls) -> Function:
        """Return the SQL of when this text should leave: its next attempt, else its plan."""
        return fn.coalesce(cls.next_attempt_at, cls.scheduled_time)

    @classmethod
    def urgency(cls) -> Case:
        """Return the SQL of its rank among texts that are due, lowest first; None counts as 2."""
        return Case(cls.message_category, tuple(URGENCY.items()), OTHER_URGENCY)

    @property
    def due(self) -> datetime | None:
        """When this text should leave, as loaded."""
        due: datetime | None = self.next_attempt_at or self.scheduled_time
        return due


declare_indexes(EventMessage)


def transition(
    message_id: int,
    source: MessageStatus,
    target: MessageStatus,
    *conditions: Expression,
    **columns: Any,
) -> bool:
    """Move one text from one status to another, if it is still there.

    Parameters
    ----------
    *conditions : Expression
        Further conditions on the row, such as the claim token.
    **columns
        Other columns to set with the status.

    Returns
    -------
    bool
        False when the row was not in `source` or a condition failed; nothing is changed then.

    Raises
    ------
    IllegalMoveError
        When `target` can not follow `source`.
    """
    if target not in MOVES[source]:
        raise IllegalMoveError(f"{source} does not become {target}")
    where = (EventMessage.id == message_id) & (EventMessage.status == source)
    for condition in conditions:
        where &= condition
    return bool(EventMessage.update(status=target, **columns).where(where).execute())
