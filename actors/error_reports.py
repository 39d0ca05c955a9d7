"""Owns what Sentry gets to know, if anybody asked for it: where our code broke, no data."""

from typing import Any

from actors.broker import broker
from models import log_context
from models.logs import safe, shown

WITHHELD = "[withheld]"
# What may leave of an event; everything that is not named here stays.
_OF_EVENT = (
    "event_id", "timestamp", "level", "platform", "logger", "release", "environment", "modules",
    "sdk", "server_name", "transaction",
)  # fmt: skip
_OF_FRAME = (
    "filename", "abs_path", "function", "module", "lineno", "pre_context", "context_line",
    "post_context", "in_app",
)  # fmt: skip

# Their lines are constant text; a library's may quote what it was given.
_OUR_LOGGERS = ("actors", "models", "web")

Event = dict[str, Any]


def start(dsn: str, *, transport: Any = None) -> None:
    """Report errors from now on; without an address nothing is even imported.

    Parameters
    ----------
    transport : callable or None
        Takes what would leave in place of the network.
    """
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.dramatiq import DramatiqIntegration, SentryMiddleware
    from sentry_sdk.integrations.flask import FlaskIntegration

    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        integrations=[FlaskIntegration(), DramatiqIntegration()],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=_before_send,
    )
    # The integration would add this to a broker that is made from now on, and ours is there.
    broker.add_middleware(SentryMiddleware())


def _before_send(event: Any, _hint: Any) -> Any:
    return without_people(event)


def without_people(event: Event) -> Event:
    """Return what may leave of an event: where it broke, and the ids of the work that it broke in.

    What an exception or a library says may quote anything, so only types and places remain.
    """
    kept: Event = {name: event[name] for name in _OF_EVENT if name in event}
    values = (event.get("exception") or {}).get("values") or []
    if values:
        kept["exception"] = {"values": [_exception(value) for value in values]}
    said = (event.get("logentry") or {}).get("message")
    if said and str(event.get("logger")).split(".")[0] in _OUR_LOGGERS:
        kept["logentry"] = {"message": safe(str(said))}
    kept["tags"] = {name: str(value) for name, value in shown(log_context.ids()).items()}
    return kept


def _exception(value: Event) -> Event:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "value": WITHHELD,
        "mechanism": {"type": (value.get("mechanism") or {}).get("type", "generic")},
        "stacktrace": {
            "frames": [{name: each[name] for name in _OF_FRAME if name in each} for each in frames]
        },
    }
