"""Replies and delivery reports as n8n posts them: verified, read in every form, stored once."""

import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors.n8n.signing import signed_headers
from models.message import EventMessage
from models.message_status import Direction, MessageStatus
from tests.conftest import WEBHOOK_SECRET, settings
from tests.factories import make_attendee, make_contractor, make_event, make_message

INBOUND = "/webhooks/n8n/inbound-sms"
EARLIER = "/api/sms/inbound"
STATUS = "/webhooks/n8n/delivery-status"
BEARER = {"Authorization": "Bearer n8n-token-for-tests"}
PHONE = "+15125550123"


def _reply(**fields: Any) -> dict[str, Any]:
    return {"phone": PHONE, "message_content": "YES", "ghl_message_id": "m-1", **fields}


def _stored() -> list[EventMessage]:
    received = EventMessage.direction == Direction.INBOUND
    return list(EventMessage.select().where(received).order_by(EventMessage.id))


def _post_signed(
    client: FlaskClient, url: str, body: str, *, at: datetime, webhook_id: str = "w-1"
) -> Any:
    headers = signed_headers(WEBHOOK_SECRET, webhook_id, body, at)
    return client.post(url, data=body, headers=headers, content_type="application/json")


@pytest.mark.parametrize("url", [INBOUND, EARLIER])
def test_signed_reply_is_stored_with_its_person(
    client: FlaskClient, now: datetime, url: str
) -> None:
    contractor = make_contractor(phone=PHONE)
    body = json.dumps(_reply(ghl_location_id="loc-1", message_content="Sí, gracias 👍"))
    answer = _post_signed(client, url, body, at=datetime.now(UTC))
    assert answer.status_code == 200
    assert answer.json == {"success": True, "message_id": _stored()[0].id, "repeat": False}
    row = _stored()[0]
    assert (row.status, row.message_type, row.channel) == ("received", "reply", "sms")
    assert (row.message_content, row.phone, row.contractor_id) == (
        "Sí, gracias 👍",
        PHONE,
        contractor.id,
    )
    assert (row.ghl_message_id, row.ghl_location_id) == ("m-1", "loc-1")
    assert row.raw_payload["message_content"] == "Sí, gracias 👍"
    assert row.handled_at is None


def test_bearer_token_is_enough(client: FlaskClient) -> None:
    assert client.post(INBOUND, json=_reply(), headers=BEARER).status_code == 200


@pytest.mark.parametrize("url", [INBOUND, EARLIER, STATUS])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer api-token-for-tests"},
        {"Authorization": "Bearer "},
        {"Authorization": "n8n-token-for-tests"},
        {"webhook-id": "w", "webhook-timestamp": "x", "webhook-signature": "v1,AAAA"},
        {"webhook-id": "w", "webhook-timestamp": "1", "webhook-signature": "nonsense"},
    ],
)
def test_unproven_request_is_refused_and_changes_nothing(
    client: FlaskClient, url: str, headers: dict[str, str]
) -> None:
    answer = client.post(url, json=_reply(message_content="STOP"), headers=headers)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["success"] is False
    assert _stored() == []


def test_old_future_and_altered_signatures_are_refused(client: FlaskClient) -> None:
    body = json.dumps(_reply())
    wall_clock = datetime.now(UTC)
    for shift in (timedelta(minutes=-6), timedelta(minutes=6)):
        answer = _post_signed(client, INBOUND, body, at=wall_clock + shift)
        assert answer.status_code == 401
    headers = signed_headers(WEBHOOK_SECRET, "w-1", body, wall_clock)
    altered = body.replace("YES", "STOP")
    assert client.post(INBOUND, data=altered, headers=headers).status_code == 401
    headers["webhook-id"] = "w-2"
    assert client.post(INBOUND, data=body, headers=headers).status_code == 401
    other = signed_headers("whsec_" + "b3RoZXIgc2VjcmV0LCAyNCBieXRlcyE=", "w-1", body, wall_clock)
    assert client.post(INBOUND, data=body, headers=other).status_code == 401


def test_without_secrets_nobody_gets_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = settings(WEBHOOK_SECRET="", N8N_WEBHOOK_TOKEN="")
    monkeypatch.setitem(app.config, "PEER_CONFIG", bare)
    client = app.test_client()
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}, BEARER):
        assert client.post(INBOUND, json=_reply(), headers=headers).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"STOP"',
        b"\xff\xfe",
        b'{"phone": NaN}',
        b"[" * 100_000,
        b'{"message_content": "hello"}',
        b'{"phone": "banana", "message_content": "hello"}',
        b'{"phone": ["+15125550123"], "message_content": "hello"}',
        b'{"phone": "+15125550123"}',
        b'{"phone": "+15125550123", "message_content": ["a"]}',
        b'{"phone": "+15125550123", "message": {"body": {"a": 1}}}',
        b'{"type": "OutboundMessage", "phone": "+15125550123", "body": "Reply STOP to opt out"}',
    ],
)
def test_wrong_shape_is_400_with_a_reason(client: FlaskClient, body: bytes) -> None:
    answer = client.post(INBOUND, data=body, headers=BEARER)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["success"] is False
    assert answer.json["error"]
    assert _stored() == []


@pytest.mark.parametrize(
    "body",
    [
        {"phone": "(512) 555-0123", "message": "YES", "ghl_contact_id": "c-9"},
        {"phone": "15125550123", "message_content": "YES", "ghl_contact_id": "c-9"},
        {
            "contact_id": "c-9",
            "first_name": "Ana",
            "phone": "+1 512-555-0123",
            "message": {"type": 2, "body": "YES"},
            "location": {"id": "loc-7", "name": "Austin"},
            "workflow": {"id": "wf"},
            "customData": {"ghl_message_id": "m-7"},
        },
        {
            "type": "InboundMessage",
            "locationId": "loc-7",
            "body": "YES",
            "contactId": "c-9",
            "conversationId": "conv-1",
            "dateAdded": "2026-11-23T17:06:00.000Z",
            "direction": "inbound",
            "messageType": "SMS",
            "messageId": "m-7",
            "from": PHONE,
        },
    ],
    ids=["flat", "flat without plus", "workflow", "InboundMessage"],
)
def test_every_form_of_a_reply_is_read(client: FlaskClient, body: dict[str, Any]) -> None:
    contractor = make_contractor(phone=PHONE)
    assert client.post(INBOUND, json=body, headers=BEARER).status_code == 200
    row = _stored()[0]
    assert (row.phone, row.message_content, row.ghl_contact_id) == (PHONE, "YES", "c-9")
    assert row.contractor_id == contractor.id
    assert row.raw_payload == body
    if "location" in body or "locationId" in body:
        assert (row.ghl_location_id, row.ghl_message_id) == ("loc-7", "m-7")


def test_contact_id_stands_in_for_a_missing_phone(client: FlaskClient) -> None:
    contractor = make_contractor(phone=PHONE, ghl_contact_id="c-9")
    body = {"contactId": "c-9", "body": "", "type": "InboundMessage"}
    assert client.post(INBOUND, json=body, headers=BEARER).status_code == 200
    row = _stored()[0]
    assert (row.contractor_id, row.phone, row.message_content) == (contractor.id, PHONE, "")


def test_unknown_sender_and_unstorable_characters_are_stored(client: FlaskClient) -> None:
    text = json.dumps(_reply(message_content="a\0b\ud800", note="\0"))
    assert client.post(INBOUND, data=text, headers=BEARER).status_code == 200
    row = _stored()[0]
    assert (row.contractor_id, row.event_id, row.message_content) == (None, None, "ab?")


def test_repeat_by_provider_id_is_answered_and_does_nothing(client: FlaskClient) -> None:
    first = client.post(INBOUND, json=_reply(), headers=BEARER)
    again = client.post(EARLIER, json=_reply(timestamp="later"), headers=BEARER)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == {**(first.json or {}), "repeat": True}
    assert len(_stored()) == 1


def test_without_provider_id_the_webhook_id_tells_repeats_apart(client: FlaskClient) -> None:
    body = json.dumps(_reply(ghl_message_id=None))
    wall_clock = datetime.now(UTC)
    for webhook_id in ("w-1", "w-1", "w-2"):
        answer = _post_signed(client, INBOUND, body, at=wall_clock, webhook_id=webhook_id)
        assert answer.status_code == 200
    assert [row.inbound_key for row in _stored()] == ["webhook:w-1", "webhook:w-2"]


def test_yes_said_twice_is_stored_twice(client: FlaskClient) -> None:
    for message_id in ("m-1", "m-2", None, None):
        body = _reply(ghl_message_id=message_id)
        assert client.post(INBOUND, json=body, headers=BEARER).status_code == 200
    assert len(_stored()) == 4


@pytest.mark.commits
def test_repeats_at_the_same_moment_are_stored_once(app: Flask) -> None:
    starting_line = Barrier(2)
    answers: list[Any] = []

    def post() -> None:
        starting_line.wait()
        answers.append(app.test_client().post(INBOUND, json=_reply(), headers=BEARER))

    threads = [Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.json["repeat"] for answer in answers) == [False, True]
    assert len(_stored()) == 1


def test_event_is_the_one_last_texted_about_else_the_one_of_today(
    client: FlaskClient, now: datetime
) -> None:
    today = make_event(now)
    contractor = make_contractor(phone=PHONE)
    make_attendee(today, contractor)
    client.post(INBOUND, json=_reply(), headers=BEARER)
    assert _stored()[-1].event_id == today.id
    texted = make_event(now, date=(now - timedelta(days=1)).date())
    sent = {"status": MessageStatus.SENT, "phone": PHONE, "contractor": contractor}
    make_message(now, event=texted, actual_send_time=now, **sent)
    make_message(now, event=today, actual_send_time=now - timedelta(minutes=1), **sent)
    client.post(INBOUND, json=_reply(ghl_message_id="m-2"), headers=BEARER)
    assert _stored()[-1].event_id == texted.id


def test_shared_phone_belongs_to_whom_we_texted_last(client: FlaskClient, now: datetime) -> None:
    event = make_event(now)
    people = [make_contractor(phone=PHONE) for _ in range(3)]
    for minutes, person in ((9, people[0]), (1, people[1])):
        left = now - timedelta(minutes=minutes)
        make_message(
            left, event=event, contractor=person, phone=PHONE, status="sent", actual_send_time=left
        )
    client.post(INBOUND, json=_reply(), headers=BEARER)
    assert _stored()[0].contractor_id == people[1].id
