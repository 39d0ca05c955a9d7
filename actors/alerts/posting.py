"""Owns the post of an alert to the organiser's webhook: signed, and within seconds."""

import json
import logging
import uuid
from collections.abc import Callable
from datetime import datetime

import requests

from actors.alerts import words
from actors.n8n.gateway import new_session
from actors.n8n.signing import signed_headers
from actors.process import counting, stopping
from models import alert
from models.alert import Alert
from models.base import connected, db
from models.config import Config
from models.counters import ALERTS

POST_SECONDS = 8.0
MOST_AT_ONCE = 10

log = logging.getLogger(__name__)


def post_due(*, config: Config, now: Callable[[], datetime]) -> None:
    """Post what is to be told, each with no connection held; what nobody takes is tried again."""
    for _ in range(MOST_AT_ONCE):
        if stopping.is_stopping():
            return
        with connected(), db.atomic():
            at = now()
            claimed = alert.claim_next(at)
        if claimed is None:
            return
        error = post_alert(claimed.text, claimed.id, config=config, now=at)
        with connected(), db.atomic():
            _record(claimed, error, now())


def _record(claimed: Alert, error: str | None, now: datetime) -> None:
    fields = {"alert_id": claimed.id, "kind": claimed.kind, "event_id": claimed.event_id}
    counting.count(ALERTS, outcome="failed" if error else "posted")
    if error is None:
        alert.note_posted(claimed, now=now)
        log.info("alert posted", extra=fields)
        return
    tries_again = alert.note_failed(claimed, error, now=now)
    level = logging.WARNING if tries_again else logging.ERROR
    log.log(level, "alert not posted", extra={**fields, "reason": error, "again": tries_again})


def post_alert(text: str, alert_id: int, *, config: Config, now: datetime) -> str | None:
    """Post an alert and return what went wrong, in words that hold no address, or None."""
    is_taken, said = post(text, f"alert_{alert_id}", config=config, now=now)
    return None if is_taken else said


def post_test(*, config: Config, now: datetime) -> tuple[bool, str]:
    """Post an alert that says it is a test; return whether it was taken, and what was answered."""
    return post(words.test_alert(config), f"alert_test_{uuid.uuid4().hex}", config=config, now=now)


def post(text: str, webhook_id: str, *, config: Config, now: datetime) -> tuple[bool, str]:
    """Post words and return whether somebody took them, and what was answered, without an address.

    The body is `{"text": …}` and nothing else, because some chats refuse what they do not know.
    The `webhook-id` is the same for every attempt, so that whoever cares can drop a repeat.
    """
    body = json.dumps({"text": text}, ensure_ascii=False)
    headers = signed_headers(config.webhook_secret, webhook_id, body, now)
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
        return False, f"no answer ({type(error).__name__})"
    return 200 <= code < 300, f"it answered {code}"
