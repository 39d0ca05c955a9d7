"""Owns putting one text to one person on the schedule: whom it goes to, and the row that says so.

Whatever answers somebody, follows something up or is written by hand is planned here; matches'
introductions are planned in bulk by `introductions`.
"""

from dataclasses import dataclass
from datetime import datetime

from models.contractor import Contractor
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType


@dataclass(frozen=True)
class Addressee:
    """Whom a text goes to, and at which event.

    Attributes
    ----------
    phone : str or None
        Where it goes, unless `contractor_id` says whose phone, which is read as it leaves.
    contractor_id : int or None
        None for a phone that nobody here has, or has no more.
    """

    phone: str | None
    contractor_id: int | None
    event_id: int | None
    ghl_contact_id: str | None = None
    ghl_location_id: str | None = None


def whoever_wrote(message: EventMessage, person: Contractor | None) -> Addressee:
    """Return the phone that a reply came from; it is the person's only while they have it."""
    is_theirs = person is not None and person.phone == message.phone
    return Addressee(
        phone=message.phone,
        contractor_id=person.id if person is not None and is_theirs else None,
        event_id=message.event_id,
        ghl_contact_id=message.ghl_contact_id,
        ghl_location_id=message.ghl_location_id,
    )


def plan_text(
    to: Addressee,
    kind: MessageType,
    content: str,
    *,
    category: MessageCategory,
    now: datetime,
    expires_at: datetime,
    match_id: int | None = None,
    occasion: str | None = None,
) -> int | None:
    """Plan one text and return its id; None when the person had one for this occasion before.

    The caller opens the transaction.
    """
    planned = (
        EventMessage.insert(
            message_type=kind,
            message_category=category,
            scheduled_time=now,
            expires_at=expires_at,
            message_content=content,
            phone=to.phone,
            contractor=to.contractor_id,
            event=to.event_id,
            match=match_id,
            occasion=occasion,
            ghl_contact_id=to.ghl_contact_id,
            ghl_location_id=to.ghl_location_id,
        )
        .on_conflict(
            action="IGNORE",
            conflict_target=[EventMessage.contractor, EventMessage.occasion],
            conflict_where=EventMessage.occasion.is_null(False) & EventMessage.retry_of.is_null(),
        )
        .returning(EventMessage.id)
        .execute()
    )
    return next((row.id for row in planned), None)
