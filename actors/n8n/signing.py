"""Owns Standard Webhooks signatures, the same for what we post and what is posted to us."""

from collections.abc import Mapping
from datetime import datetime

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def signed_headers(secret: str, webhook_id: str, body: str, now: datetime) -> dict[str, str]:
    """Return the identifying and signing headers of one request.

    Parameters
    ----------
    secret : str
        `whsec_` and base64; empty means that nothing is signed, only identified.
    webhook_id : str
        The same for every attempt at the same request.
    body : str
        Exactly what is sent.
    now : datetime
        The time of this attempt, aware.
    """
    headers = {
        "webhook-id": webhook_id,
        "Idempotency-Key": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
    }
    if secret:
        headers["webhook-signature"] = Webhook(secret).sign(webhook_id, now, body)
    return headers


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the body carries a valid signature that is at most five minutes old."""
    if not secret:
        return False
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True
