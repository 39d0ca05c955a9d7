"""Delivery reports: kept always, applied where the life of a text allows it, repeats ignored."""

import logging
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.message import EventMessage
from models.message_status import MessageStatus
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch
from tests.factories import make_contractor, make_event, make_match, make_message

URL = "/webhooks/n8n/delivery-status"
BEARER = {"Authorization": "Bearer n8n-token-for-tests"}


def _report(client: FlaskClient, message_id: int | str | None, status: str, **fields: Any) -> Any:
    body = {
        "message_id": message_id,
        "part": 1,
        "ghl_message_id": "g-1",
        "status": status,
        "timestamp": "2026-11-23T17:05:09Z",
        **fields,
    }
    return client.post(URL, json=body, headers=BEARER)


def _fresh(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)


@pytest.mark.parametrize("status", ["delivered", "Delivered", "read"])
def test_delivered_is_applied_to_a_sent_text(
    client: FlaskClient, now: datetime, status: str
) -> None:
    message = make_message(now, status="sent", actual_send_time=now)
    answer = _report(client, message.id, status)
    assert (answer.status_code, answer.json) == (200, {"success": True, "result": "applied"})
    row = _fresh(message)
    assert (row.status, row.actual_send_time, row.ghl_message_id) == ("delivered", now, "g-1")
    assert row.delivery_report["status"] == status.lower()


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_failure_is_applied_with_its_reason(
    client: FlaskClient, now: datetime, status: str
) -> None:
    message = make_message(now, status="sent")
    _report(client, message.id, status, error="30006 landline")
    row = _fresh(message)
    assert row.status == "failed"
    assert "30006 landline" in row.error_message


def test_held_text_is_settled_by_a_report(client: FlaskClient, now: datetime) -> None:
    first, second = make_contractor(), make_contractor()
    match = make_match(make_event(now), first, second)
    held = {"status": "held", "message_content": "Hey!", "error_message": "n8n did not answer"}
    delivered = make_message(now, contractor=first, match=match, **held)
    accepted = make_message(now, contractor=second, match=match, **held)
    _report(client, delivered.id, "delivered")
    _report(client, accepted.id, "sent")
    assert [_fresh(row).status for row in (delivered, accepted)] == ["delivered", "sent"]
    for row in (_fresh(delivered), _fresh(accepted)):
        assert row.actual_send_time is not None
        assert row.error_message is None
    assert EventPeerMatch.get_by_id(match.id).introduction_message == "Hey!"


@pytest.mark.parametrize("status", ["scheduled", "queued", "sending", "held"])
def test_report_on_an_unfinished_text_is_only_kept(
    client: FlaskClient, now: datetime, status: str
) -> None:
    message = make_message(now, status=status)
    reported = "failed" if status == "held" else "delivered"
    assert _report(client, message.id, reported).json["result"] == "kept"
    row = _fresh(message)
    assert (row.status, row.delivery_report["status"]) == (status, reported)


def test_a_later_word_does_not_hide_the_decisive_one(client: FlaskClient, now: datetime) -> None:
    message = make_message(now, status="sending")
    for status in ("queued", "delivered", "sent"):
        _report(client, message.id, status)
    report = _fresh(message).delivery_report
    assert report["status"] == "delivered"
    assert [each["status"] for each in report["reports"]] == ["queued", "delivered", "sent"]


@pytest.mark.parametrize("status", ["cancelled", "failed", "responded", "delivered"])
def test_final_status_stays_and_the_late_report_is_logged(
    client: FlaskClient, now: datetime, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    message = make_message(now, status=status, phone="+15125550123")
    with caplog.at_level(logging.WARNING):
        assert _report(client, message.id, "failed").status_code == 200
    row = _fresh(message)
    assert (row.status, row.delivery_report["status"]) == (status, "failed")
    (record,) = [each for each in caplog.records if each.message == "delivery report"]
    assert record.__dict__["message_id"] == message.id
    assert "+1512" not in str(record.__dict__)


def test_repeat_does_nothing(client: FlaskClient, now: datetime) -> None:
    message = make_message(now, status="sent")
    _report(client, message.id, "delivered")
    before = _fresh(message)
    answer = _report(client, message.id, "delivered", timestamp="2026-11-23T17:09:00Z")
    assert answer.json["result"] == "repeat"
    after = _fresh(message)
    assert (after.delivery_report, after.updated_at) == (before.delivery_report, before.updated_at)


def test_provider_id_finds_the_text_when_ours_is_missing(
    client: FlaskClient, now: datetime
) -> None:
    message = make_message(now, status="sent", ghl_message_id="g-77")
    _report(client, None, "delivered", ghl_message_id="g-77")
    assert _fresh(message).status == MessageStatus.DELIVERED


@pytest.mark.parametrize("message_id", [999_999, 2**40, "123456", 0])
def test_unknown_text_is_answered_and_stored_nowhere(
    client: FlaskClient, now: datetime, message_id: int | str
) -> None:
    answer = _report(client, message_id, "delivered")
    assert (answer.status_code, answer.json["result"]) == (200, "unknown")


def test_a_reply_is_no_text_of_ours(client: FlaskClient, now: datetime) -> None:
    inbound = make_message(now, direction="inbound", status="received", ghl_message_id="g-1")
    assert _report(client, inbound.id, "delivered").json["result"] == "unknown"


def test_opt_out_at_the_provider_counts_here_too(client: FlaskClient, now: datetime) -> None:
    person = make_contractor(phone="+15125550123")
    sent = make_message(now, contractor=person, status="sent")
    waiting = make_message(now, contractor=person)
    _report(client, sent.id, "opt_out")
    assert has_opted_out("+15125550123")
    assert [_fresh(row).status for row in (sent, waiting)] == ["failed", "cancelled"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": None},
        {"status": 3},
        {"status": " "},
        {"message_id": "abc"},
        {"message_id": True},
        {"message_id": -1},
        {"message_id": None, "ghl_message_id": None},
        {"part": "x"},
        {"ghl_message_id": ["g"]},
    ],
)
def test_wrong_shape_is_400(client: FlaskClient, fields: dict[str, Any]) -> None:
    body = {"message_id": 1, "status": "delivered", **fields}
    answer = client.post(URL, json=body, headers=BEARER)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"]
