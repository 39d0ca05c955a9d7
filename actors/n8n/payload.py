"""Owns the outbound contract: what one text looks like to n8n, and what it is called there."""

from datetime import UTC, datetime
from typing import Any

from models.claiming import Claim, Text
from models.message_status import MessageType

DEFAULT_SENDER = "Peer Matching"


def webhook_id(claim: Claim) -> str:
    """Return the key of one part: the same for every attempt, never used for another text."""
    return f"msg_{claim.text.send_key.replace('-', '')}_{claim.part}"


def build_payload(claim: Claim, *, now: datetime) -> dict[str, Any]:
    """Return the JSON body of the POST that sends this part."""
    text = claim.text
    return {
        "send_via_ghl": {
            "phone": text.phone,
            "message": claim.part_texts[claim.part - 1],
            "from_name": text.sender_name or DEFAULT_SENDER,
            "timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tags": _tags(text),
            "message_id": text.id,
            "part": claim.part,
            "parts": len(claim.part_texts),
            "ghl_contact_id": text.person_contact_id or text.row_contact_id,
            "ghl_location_id": text.ghl_location_id,
        }
    }


def _tags(text: Text) -> list[str]:
    kind = (
        "peer-introduction"
        if text.message_type == MessageType.INTRODUCTION
        else text.message_type.replace("_", "-")
    )
    tags = [f"event:{kind}", "recipient:contractor", "sms"]
    if text.event_id:
        tags.append(f"event:{text.event_id}")
    return tags
