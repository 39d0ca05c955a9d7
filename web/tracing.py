"""Owns the id of each request: the proxy's if it is sound, else our own; told to whoever asked."""

import logging
import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from models import log_context

HEADER = "X-Request-ID"

log = logging.getLogger(__name__)


def trace(app: Flask) -> None:
    """Name every request, before anything else looks at it."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    known = given if log_context.is_sound(given) else log_context.new_request_id()
    g.request_id, g.began = known, time.monotonic()
    log_context.begin(request_id=known, event_id=(request.view_args or {}).get("event_id"))


def _tell(response: Response) -> Response:
    """Log what was asked by its route, never by its address, and name the id in the answer.

    Who only reads is not worth a line in production; desks do so every few seconds.
    """
    response.headers[HEADER] = g.request_id
    level = logging.DEBUG if request.method in ("GET", "HEAD", "OPTIONS") else logging.INFO
    fields = {
        "method": request.method,
        "route": str(request.url_rule or "none"),
        "status": response.status_code,
        "ms": round((time.monotonic() - g.began) * 1000),
    }
    log.log(logging.WARNING if response.status_code >= 500 else level, "request", extra=fields)
    return response


def _end(_error: BaseException | None) -> None:
    log_context.begin()
