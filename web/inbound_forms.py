"""Owns reading replies and delivery reports in the forms that n8n and GoHighLevel send."""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from actors.conversation.delivery_reports import DeliveryReport
from actors.conversation.receiving import Inbound
from models.phone import normalize
from web.json_body import refuse_constant

LONGEST_ID = 255
LONGEST_PLAIN_KEY = 200
PHONE_FIELDS = ("phone", "from")
TEXT_FIELDS = ("message_content", "message", "body")
CONTACT_FIELDS = ("ghl_contact_id", "contact_id", "contactId")
LOCATION_FIELDS = ("ghl_location_id", "location_id", "locationId")
MESSAGE_FIELDS = ("ghl_message_id", "messageId")


class FormError(ValueError):
    """A body that is none of the known forms; the message says what is wrong with it."""


def read_json(raw: bytes) -> dict[str, Any]:
    """Return the body's object, without what PostgreSQL can not store.

    Raises
    ------
    FormError
        When it is not a JSON object.
    """
    try:
        body = json.loads(raw, parse_constant=refuse_constant)
        cleaned = _clean(body)
    except (ValueError, RecursionError):
        raise FormError("The body is not valid JSON.") from None
    if not isinstance(cleaned, dict):
        raise FormError("The body must be a JSON object.")
    return cleaned


def read_reply(body: dict[str, Any], webhook_id: str | None) -> Inbound:
    """Return one reply from the flat form or from either of GoHighLevel's own.

    Parameters
    ----------
    webhook_id : str or None
        The header that names the request; it tells repeats apart where no provider id does.

    Raises
    ------
    FormError
        When there is neither a phone nor a contact, or no text, or it is our own text.
    """
    if "outbound" in (_lower(body.get("direction")), _lower(body.get("type"))[:8]):
        raise FormError("This is a text that was sent, not a reply.")
    fields = _flattened(body)
    phone_text = _first(fields, PHONE_FIELDS)
    phone = _phone(phone_text)
    contact_id = _first(fields, CONTACT_FIELDS)
    if phone is None and contact_id is None:
        known = "phone is not a phone number" if phone_text else "phone is missing"
        raise FormError(f"{known}, and there is no ghl_contact_id.")
    message_id = _first(fields, MESSAGE_FIELDS)
    return Inbound(
        phone=phone,
        text=_text(fields),
        key=_key(message_id, webhook_id, fields),
        ghl_contact_id=contact_id,
        ghl_location_id=_first(fields, LOCATION_FIELDS),
        ghl_message_id=message_id,
        raw_payload=body,
    )


def read_report(body: dict[str, Any]) -> DeliveryReport:
    """Return one delivery report.

    Raises
    ------
    FormError
        When a field is missing or of the wrong kind.
    """
    status = body.get("status")
    if not isinstance(status, str) or not status.strip():
        raise FormError("status must be a word such as delivered or failed.")
    message_id = _whole(body, "message_id")
    provider_id = _first(body, MESSAGE_FIELDS)
    if message_id is None and provider_id is None:
        raise FormError("message_id or ghl_message_id is needed.")
    error = body.get("error")
    return DeliveryReport(
        status=status.strip().lower()[:LONGEST_ID],
        message_id=message_id,
        part=_whole(body, "part") or 1,
        ghl_message_id=provider_id,
        error=None if error is None else _as_text(error)[:1000],
        timestamp=_first(body, ("timestamp",)),
    )


def _flattened(body: dict[str, Any]) -> dict[str, Any]:
    """Bring GoHighLevel's nested fields to the top; what stands there already wins."""
    custom = body.get("customData")
    location = body.get("location")
    contact = body.get("contact")
    nested: dict[str, Any] = {**custom} if isinstance(custom, dict) else {}
    if isinstance(contact, dict):
        nested |= {"phone": contact.get("phone"), "contact_id": contact.get("id")}
    if isinstance(location, dict):
        nested["location_id"] = location.get("id")
    return nested | {name: value for name, value in body.items() if value is not None}


def _text(fields: Mapping[str, Any]) -> str:
    for name in TEXT_FIELDS:
        if name not in fields:
            continue
        value = fields[name]
        if isinstance(value, dict):
            value = value.get("body")
        if value is None:
            return ""
        if not isinstance(value, str | int | float):
            raise FormError(f"{name} must be text.")
        return str(value)
    if "attachments" in fields:
        return ""
    raise FormError("message_content is missing.")


def _key(message_id: str | None, webhook_id: str | None, fields: Mapping[str, Any]) -> str | None:
    """Return what makes this reply recognisable; never the phone and the words alone.

    GoHighLevel's InboundMessage may lack an id; its conversation and moment then stand for it.
    """
    if message_id:
        return _bounded("ghl", message_id)
    if webhook_id:
        return _bounded("webhook", webhook_id)
    moment = [fields.get("conversationId"), fields.get("dateAdded"), _text(fields)]
    if all(moment[:2]):
        return f"conversation:{_digest(json.dumps(moment))}"
    return None


def _bounded(kind: str, name: str) -> str:
    return f"{kind}:{name if len(name) <= LONGEST_PLAIN_KEY else _digest(name)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = fields.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise FormError(f"{name} must be text.")
        text = str(value).strip()
        if len(text) > LONGEST_ID:
            raise FormError(f"{name} is longer than {LONGEST_ID} characters.")
        if text:
            return text
    return None


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    text = _first(body, (name,))
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise FormError(f"{name} must be a whole number.")
    return int(text)


def _phone(text: str | None) -> str | None:
    """Return E.164; a number from abroad may have lost its plus on the way."""
    if text is None:
        return None
    return normalize(text) or (normalize(f"+{text}") if text.isdecimal() else None)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _lower(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""


def _clean(value: Any) -> Any:
    """Drop NUL, half surrogate pairs and infinite numbers, which PostgreSQL refuses."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
