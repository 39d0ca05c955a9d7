"""Owns what n8n posts to us: replies and delivery reports, verified, read and handed on."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import BadRequest, Unauthorized

from actors.conversation import delivery_reports, receiving
from actors.n8n.signing import is_signed
from actors.planning.reply_wake_ups import wake_stored
from models import clock, log_context
from models.config import Config
from web.bearer import has_bearer
from web.inbound_forms import FormError, read_json, read_reply, read_report

MAX_BODY_BYTES = 1024 * 1024

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhooks/n8n/inbound-sms")
@blueprint.post("/api/sms/inbound", endpoint="inbound_sms_earlier_address")
def inbound_sms() -> Response:
    """Store a reply once; a repeat is answered alike and does nothing."""
    body = read_verified_body()
    try:
        reply = read_reply(body, request.headers.get("webhook-id"))
    except FormError as error:
        raise BadRequest(str(error)) from None
    received = receiving.receive(reply)
    log_context.note(message_id=received.message_id)
    if not received.is_repeat:
        config: Config = current_app.config["PEER_CONFIG"]
        wake_stored(received.message_id, texts_per_second=config.messages_per_second)
    return jsonify(success=True, message_id=received.message_id, repeat=received.is_repeat)


@blueprint.post("/webhooks/n8n/delivery-status")
def delivery_status() -> Response:
    """Keep a delivery report; an unknown text is answered 200, or it would be sent for ever."""
    body = read_verified_body()
    try:
        report = read_report(body)
    except FormError as error:
        raise BadRequest(str(error)) from None
    recorded = delivery_reports.record(report, now=clock.now())
    return jsonify(success=True, result=recorded.value)


def read_verified_body() -> dict[str, Any]:
    """Return the JSON object that n8n sent.

    Raises
    ------
    Unauthorized
        Unless it carries our signature, at most five minutes old, or the bearer token.
    BadRequest
        When it is not a JSON object.
    """
    request.max_content_length = MAX_BODY_BYTES
    raw = request.get_data()
    config: Config = current_app.config["PEER_CONFIG"]
    signed = is_signed(config.webhook_secret, dict(request.headers), raw)
    if not signed and not has_bearer(config.n8n_webhook_token):
        raise Unauthorized("Sign the request with WEBHOOK_SECRET or send N8N_WEBHOOK_TOKEN.")
    try:
        return read_json(raw)
    except FormError as error:
        raise BadRequest(str(error)) from None
