"""Owns the phone simulator: n8n's end of the outbound contract, and phones to look at and answer.

It exists only where no real n8n is set, and only on this machine.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from actors.n8n import question
from actors.n8n.gateway import post_signed
from models import clock
from models.base import LARGEST_INTEGER, db
from models.config import LOOPBACK_HOSTS, Config
from models.event import Event
from models.phone import E164
from models.rehearsal_day import NoBreakToMove, bring_next_break_forward
from web import simulator_matches, simulator_phones
from web.inbound_forms import FormError, read_json
from web.simulator_phones import SimulatedText
from web.webhooks import read_verified_body

INBOUND_PATH = "webhooks/n8n/inbound-sms"
LONGEST_REPLY = 1600
LONGEST_WEBHOOK_ID = 255
_TEXT = ("text", lambda value: isinstance(value, str) and bool(value.strip()))
_COUNT = ("a whole number from 1", lambda value: type(value) is int and value > 0)
_ID = ("text or null", lambda value: isinstance(value, str | None))
TEXT_SHAPE: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "phone": (
        "E.164, like +15125550123",
        lambda value: isinstance(value, str) and bool(re.fullmatch(E164, value)),
    ),
    "message": _TEXT,
    "from_name": _TEXT,
    "timestamp": _TEXT,
    "tags": (
        "a list of text",
        lambda value: isinstance(value, list) and all(isinstance(tag, str) for tag in value),
    ),
    "message_id": _COUNT,
    "part": _COUNT,
    "parts": _COUNT,
    "ghl_contact_id": _ID,
    "ghl_location_id": _ID,
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

blueprint = Blueprint("simulator", __name__, url_prefix="/simulator")


@blueprint.before_request
def _refuse_other_machines() -> None:
    """Answer only where this machine calls itself by a loopback name.

    A page elsewhere whose name is made to point here must neither read nor press anything.
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    if host not in LOOPBACK_HOSTS:
        raise Forbidden("The simulator answers on this machine only, at 127.0.0.1 or localhost.")


@blueprint.post("/n8n")
def receive_text() -> Response:
    """Take one SMS part as n8n would; a repeat of a webhook id gets the first answer again.

    An OPTIONS, which asks whether n8n is there, is answered by Flask and texts nobody.
    """
    body = read_verified_body()
    if body == question.QUESTION:
        return jsonify(pong=True, drops_repeats=True)
    webhook_id = request.headers.get("webhook-id", "")
    if not 0 < len(webhook_id) <= LONGEST_WEBHOOK_ID:
        raise BadRequest("The header webhook-id is needed.")
    if request.headers.get("Idempotency-Key", webhook_id) != webhook_id:
        raise BadRequest("Idempotency-Key must be the webhook-id.")
    text = _read_text(body, webhook_id)
    return jsonify(simulator_phones.record_text(text, now=clock.now()))


@blueprint.get("/")
def page() -> Response:
    """Show the phones; the page fetches what is on them."""
    response = Response(render_template("simulator.html", longest_reply=LONGEST_REPLY))
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/phones.json")
def phones() -> Response:
    """Return what happened since the cursor `since`, and who the phones belong to."""
    news = simulator_phones.news(request.args.get("since", ""))
    response = jsonify(
        cursor=news.cursor,
        fresh=news.is_fresh,
        entries=news.entries,
        people=simulator_matches.people({entry["phone"] for entry in news.entries}),
        summary=simulator_phones.summary(),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/matches.json")
def matches() -> Response:
    """Return an event's matches and day; 304 while nothing of it has changed."""
    event_id = request.args.get("event", type=_identifier)
    match_id = request.args.get("match", type=_identifier)
    response = jsonify(simulator_matches.describe(event_id, match_id))
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.post("/bring-break-forward")
def bring_break_forward() -> tuple[Response, int]:
    """Let the next break of a rehearsal begin in a few minutes of its own time."""
    _refuse_other_pages()
    event_id = _own_body().get("event_id")
    if type(event_id) is not int or not 0 < event_id <= LARGEST_INTEGER:
        return jsonify(success=False, error="event_id must be a whole number from 1."), 400
    try:
        with db.atomic():
            moved = bring_next_break_forward(event_id, now=clock.now())
    except Event.DoesNotExist:
        raise NotFound("There is no such event.") from None
    except NoBreakToMove as error:
        return jsonify(success=False, error=str(error)), 409
    return jsonify(success=True, title=moved.title), 200


@blueprint.get("/summary.json")
def summary() -> Response:
    """Count distinct texts and the phones that got them; with `event_id`, of that event."""
    event_id = request.args.get("event_id", type=int)
    return jsonify(simulator_phones.summary(event_id))


@blueprint.post("/reply")
def reply() -> tuple[Response, int]:
    """Send what was typed on a phone through the real inbound webhook, over HTTP, signed."""
    _refuse_other_pages()
    body = _own_body()
    phone, text = body.get("phone"), body.get("text")
    if not isinstance(phone, str) or not re.fullmatch(E164, phone):
        return jsonify(success=False, error="phone must be like +15125550123."), 400
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_REPLY:
        return jsonify(success=False, error=f"Type 1 to {LONGEST_REPLY} characters."), 400
    now = clock.now()
    reply_id = f"sim-reply-{secrets.token_hex(10)}"
    simulator_phones.record_reply(phone, text, reply_id=reply_id, now=now)
    payload = {
        "phone": phone,
        "message_content": text,
        "ghl_contact_id": simulator_phones.contact_id(phone),
        "ghl_location_id": "simulator",
        "ghl_message_id": reply_id,
        "timestamp": now.isoformat(),
    }
    config: Config = current_app.config["PEER_CONFIG"]
    try:
        status = post_signed(config, f"{request.host_url}{INBOUND_PATH}", payload, reply_id, now)
    except OSError:
        status = 0
    is_received = 200 <= status < 300
    simulator_phones.record_reply_outcome(
        phone, reply_id=reply_id, is_received=is_received, now=now
    )
    if is_received:
        return jsonify(success=True, ghl_message_id=reply_id), 200
    reason = f"The inbound webhook answered {status}." if status else "It could not be reached."
    return jsonify(success=False, error=f"Your reply was not received. {reason}"), 502


@blueprint.post("/reset")
def reset() -> Response:
    """Empty every phone."""
    _refuse_other_pages()
    simulator_phones.reset()
    return jsonify(success=True)


def _refuse_other_pages() -> None:
    """Refuse what a page of another site made the browser send."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin") or origin not in (None, request.host_url.rstrip("/")):
        raise Forbidden("Only the simulator's own page may do this.")


def _own_body() -> dict[str, Any]:
    try:
        return read_json(request.get_data())
    except FormError as error:
        raise BadRequest(str(error)) from None


def _identifier(written: str) -> int:
    """Return a row's id out of an address; ValueError for what can be none."""
    number = int(written)
    if not 0 < number <= LARGEST_INTEGER:
        raise ValueError("no id")
    return number


def _read_text(body: dict[str, Any], webhook_id: str) -> SimulatedText:
    """Return the text when the body is exactly of the outbound contract's shape."""
    sent = body.get("send_via_ghl")
    if not isinstance(sent, dict):
        raise BadRequest("send_via_ghl is missing.")
    for name, (words, is_valid) in TEXT_SHAPE.items():
        if name not in sent or not is_valid(sent[name]):
            raise BadRequest(f"{name} must be {words}.")
    if sent["part"] > sent["parts"]:
        raise BadRequest("part must not be above parts.")
    return SimulatedText(
        webhook_id=webhook_id,
        phone=sent["phone"],
        message=sent["message"],
        from_name=sent["from_name"],
        tags=tuple(sent["tags"]),
        part=sent["part"],
        parts=sent["parts"],
    )
