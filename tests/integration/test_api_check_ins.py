"""Check-ins over the JSON API."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.attendee import EventAttendee
from models.opt_out import opt_out
from tests.factories import make_attendee, make_contractor, make_event

Headers = dict[str, str]


def _post(client: FlaskClient, headers: Headers, event_id: int, **body: Any) -> Any:
    return client.post(f"/api/events/{event_id}/check-ins", json=body, headers=headers)


def test_check_in_by_contractor_is_idempotent(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event, person = make_event(now, timezone="America/New_York"), make_contractor()
    first = _post(client, api_headers, event.id, contractor_id=person.id, check_in_method="kiosk")
    again = _post(client, api_headers, event.id, contractor_id=person.id, check_in_method="door")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["success"] is True
    assert first.json["already_checked_in"] is False
    assert again.json["already_checked_in"] is True
    assert again.json["attendee"] == first.json["attendee"]
    attendee = first.json["attendee"]
    assert (attendee["contractor_id"], attendee["name"]) == (person.id, person.full_name)
    assert attendee["check_in_method"] == "kiosk"
    assert attendee["sms_opt_in"] is False
    told = datetime.fromisoformat(attendee["check_in_time"])
    assert told == EventAttendee.get().check_in_time
    assert told.utcoffset() == now.astimezone(event.zone).utcoffset()


def test_check_in_by_badge_with_consent(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(now)
    registered = make_attendee(event, check_in_time=None, sms_opt_in=False, sms_consent_at=None)
    done = _post(
        client, api_headers, event.id, qr_code_data=registered.qr_code_data, sms_opt_in=True
    )
    assert done.status_code == 200
    assert done.json["attendee"]["id"] == registered.id
    assert done.json["attendee"]["sms_opt_in"] is True
    assert done.json["attendee"]["check_in_method"] == "api"
    assert done.json["consent_refused"] is False


def test_opt_out_is_said_and_kept_although_the_person_is_in(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event, person = make_event(now), make_contractor()
    opt_out(person.phone, now=now, source="STOP")
    done = _post(client, api_headers, event.id, contractor_id=person.id, sms_opt_in=True)
    assert done.status_code == 200
    assert done.json["consent_refused"] is True
    assert done.json["attendee"]["sms_opt_in"] is False
    assert done.json["attendee"]["check_in_time"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "either contractor_id or qr_code_data"),
        ({"contractor_id": 1, "qr_code_data": "x"}, 400, "either contractor_id or qr_code_data"),
        ({"contractor_id": None, "qr_code_data": None}, 400, "either"),
        ({"contractor_id": "1"}, 400, "contractor_id must be a whole number"),
        ({"contractor_id": True}, 400, "contractor_id must be a whole number"),
        ({"contractor_id": 1.5}, 400, "contractor_id must be a whole number"),
        ({"contractor_id": 10**30}, 400, "contractor_id must be a whole number"),
        ({"contractor_id": -1}, 404, "no contractor -1"),
        ({"contractor_id": 4242}, 404, "no contractor 4242"),
        ({"qr_code_data": "nobody's"}, 404, "badge code"),
        ({"qr_code_data": " "}, 400, "qr_code_data must be text"),
        ({"qr_code_data": "a\0b"}, 400, "qr_code_data must be text"),
        ({"qr_code_data": "\ud800"}, 400, "qr_code_data must be text"),
        ({"contractor_id": 1, "check_in_method": "x" * 256}, 400, "check_in_method must be text"),
        ({"contractor_id": 1, "sms_opt_in": "yes"}, 400, "sms_opt_in must be true or false"),
        ({"contractor_id": 1, "sms_optin": True}, 400, "Unknown field 'sms_optin'"),
    ],
)
def test_bad_check_in_is_refused_with_the_reason(
    client: FlaskClient,
    api_headers: Headers,
    now: datetime,
    body: dict[str, Any],
    status: int,
    said: str,
) -> None:
    event = make_event(now)
    answer = _post(client, api_headers, event.id, **body)
    assert (answer.status_code, answer.json["success"]) == (status, False)
    assert said in answer.json["error"]
    assert EventAttendee.select().count() == 0


@pytest.mark.parametrize("event_id", [4242, 2**31, 10**40])
def test_unknown_event_is_not_found(
    client: FlaskClient, api_headers: Headers, event_id: int
) -> None:
    answer = _post(client, api_headers, event_id, contractor_id=1)
    assert (answer.status_code, answer.json["success"]) == (404, False)
    assert str(event_id) in answer.json["error"]
