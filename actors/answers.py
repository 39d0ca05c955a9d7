"""Owns putting an answer on the schedule: it leaves at once, before whatever else is due."""

from collections.abc import Mapping
from datetime import datetime

from actors.wording import word
from models.contractor import Contractor
from models.event import Event
from models.event_text import template_of
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType
from models.usefulness import AN_ANSWER


def plan_answer(
    message: EventMessage,
    contractor: Contractor | None,
    kind: MessageType,
    facts: Mapping[str, str],
    *,
    now: datetime,
    match_id: int | None = None,
) -> None:
    """Plan what a person is answered with; it goes to the phone that wrote."""
    is_theirs = contractor is not None and contractor.phone == message.phone
    EventMessage.insert(
        message_type=kind,
        message_category=MessageCategory.REPLY,
        scheduled_time=now,
        expires_at=now + AN_ANSWER,
        message_content=worded(kind, message.event, contractor, facts),
        phone=message.phone,
        contractor=contractor if is_theirs else None,
        event=message.event_id,
        match=match_id,
        ghl_contact_id=message.ghl_contact_id,
        ghl_location_id=message.ghl_location_id,
    ).execute()


def plan_once(
    contractor: Contractor,
    kind: MessageType,
    content: str,
    *,
    occasion: str,
    event_id: int,
    match_id: int | None,
    now: datetime,
    expires_at: datetime,
    category: MessageCategory = MessageCategory.FOLLOW_UP,
) -> bool:
    """Plan a text that a person gets once for this occasion; False when it was planned before."""
    planned = (
        EventMessage.insert(
            message_type=kind,
            message_category=category,
            scheduled_time=now,
            expires_at=expires_at,
            message_content=content,
            phone=contractor.phone,
            contractor=contractor,
            event=event_id,
            match=match_id,
            occasion=occasion,
        )
        .on_conflict(
            action="IGNORE",
            conflict_target=[EventMessage.contractor, EventMessage.occasion],
            conflict_where=EventMessage.occasion.is_null(False) & EventMessage.retry_of.is_null(),
        )
        .returning(EventMessage.id)
        .execute()
    )
    return bool(list(planned))


def worded(
    kind: MessageType,
    event: Event | None,
    contractor: Contractor | None,
    facts: Mapping[str, str],
) -> str:
    """Return a text in the event's own words where it has some."""
    common = {
        "first_name": contractor.first_name.strip() if contractor is not None else "",
        "event": event.name if event is not None else "",
    }
    own = template_of(event.id, kind) if event is not None else None
    return word(kind, {**common, **facts}, own)
