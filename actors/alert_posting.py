"""Owns the post of an alert to the organiser's webhook: signed, and within seconds."""

import json
from datetime import datetime

import requests

from actors.n8n import new_session
from actors.signing import signed_headers
from models.config import Config

POST_SECONDS = 8.0


def post_alert(text: str, alert_id: int, *, config: Config, now: datetime) -> str | None:
    """Post an alert and return what went wrong, in words that hold no address, or None.

    The body is `{"text": …}` and nothing else, because some chats refuse what they do not know.
    The `webhook-id` is the same for every attempt, so that whoever cares can drop a repeat.
    """
    body = json.dumps({"text": text}, ensure_ascii=False)
    headers = signed_headers(config.webhook_secret, f"alert_{alert_id}", body, now)
    headers["Content-Type"] = "application/json"
    try:
        with (
            new_session() as session,
            session.post(
                config.alert_webhook_url,
                data=body.encode(),
                headers=headers,
                timeout=POST_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            code = answer.status_code
    except requests.RequestException as error:
        return f"no answer ({type(error).__name__})"
    return None if 200 <= code < 300 else f"it answered {code}"
