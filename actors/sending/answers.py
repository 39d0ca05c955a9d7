"""Owns putting an answer on the schedule: it leaves at once, before whatever else is due."""

from collections.abc import Mapping
from datetime import datetime

from actors.sending.outgoing import Addressee, plan_text, whoever_wrote
from actors.wording.wording import word
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
    plan_text(
        whoever_wrote(message, contractor),
        kind,
        worded(kind, message.event, contractor, facts),
        category=MessageCategory.REPLY,
        now=now,
        expires_at=now + AN_ANSWER,
        match_id=match_id,
    )


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
    planned = plan_text(
        Addressee(contractor.phone, contractor.id, event_id),
        kind,
        content,
        category=category,
        now=now,
        expires_at=expires_at,
        match_id=match_id,
        occasion=occasion,
    )
    return planned is not None


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
