"""Owns the outbound contract: what one text looks like to n8n, and what it is called there."""

from datetime import UTC, datetime
from typing import Any

from models.message import EventMessage
from models.message_status import MessageType

DEFAULT_SENDER = "Peer Matching"


def webhook_id(message: EventMessage, part: int = 1) -> str:
    """Return the key of one part: the same for every attempt, never used for another text."""
    return f"msg_{message.send_key.hex}_{part}"


def build_payload(
    message: EventMessage, *, phone: str, content: str, now: datetime
) -> dict[str, Any]:
    """Return the JSON body of the POST that sends this text."""
    return {
        "send_via_ghl": {
            "phone": phone,
            "message": content,
            "from_name": message.event.sender_name if message.event_id else DEFAULT_SENDER,
            "timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tags": _tags(message),
            "message_id": message.id,
            "part": 1,
            "parts": 1,
            "ghl_contact_id": _contact_id(message),
            "ghl_location_id": message.ghl_location_id,
        }
    }


def _contact_id(message: EventMessage) -> str | None:
    known = message.contractor.ghl_contact_id if message.contractor_id else None
    contact_id: str | None = known or message.ghl_contact_id
    return contact_id


def _tags(message: EventMessage) -> list[str]:
    kind = (
        "peer-introduction"
        if message.message_type == MessageType.INTRODUCTION
        else message.message_type.replace("_", "-")
    )
    tags = [f"event:{kind}", "recipient:contractor", "sms"]
    if message.event_id:
        tags.append(f"event:{message.event_id}")
    return tags
