"""What every JSON call has in common: the token, the shape of errors, bodies that are no good."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.event import Event
from tests.conftest import settings
from tests.factories import make_event
from web import api

STATS = "/api/queues/stats"
Headers = dict[str, str]


def _is_error(answer: Any, status: int, said: str = "") -> bool:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json"
    assert set(answer.json) == {"success", "error"}
    assert answer.json["success"] is False
    assert said in answer.json["error"]
    return True


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer api-token-for-test\u00e9"},
        {"Authorization": "Basic api-token-for-tests"},
        {"Authorization": "api-token-for-tests"},
        {"Authorization": "Bearer n8n-token-for-tests"},
    ],
)
def test_only_the_api_token_opens_the_api(client: FlaskClient, headers: Headers) -> None:
    answer = client.get(STATS, headers=headers)
    assert _is_error(answer, 401, "API_TOKEN")
    assert "api-token-for-tests" not in answer.text
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")


@pytest.mark.parametrize("token", ["", "anything"])
def test_without_a_token_set_the_api_is_closed_and_says_so(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setitem(app.config, "PEER_CONFIG", settings(API_TOKEN=""))
    answer = client.get(STATS, headers={"Authorization": f"Bearer {token}"})
    assert _is_error(answer, 401, "API_TOKEN is not set")


def test_unknown_path_and_wrong_method_are_json_errors(
    client: FlaskClient, api_headers: Headers
) -> None:
    assert _is_error(client.get("/api/nothing", headers=api_headers), 404)
    wrong = client.post(STATS, headers=api_headers)
    assert _is_error(wrong, 405)
    assert "GET" in wrong.headers["Allow"]


@pytest.mark.parametrize(
    ("data", "content_type", "status", "said"),
    [
        (b"{", "application/json", 400, "not valid JSON"),
        (b"\xff{}", "application/json", 400, "not valid JSON"),
        (b'{"accelerated": NaN}', "application/json", 400, "not valid JSON"),
        (b"[" * 60_000, "application/json", 400, "not valid JSON"),
        (b"[]", "application/json", 400, "must be a JSON object"),
        (b"true", "application/json", 400, "must be a JSON object"),
        (b'{"accelerated": 1}', "application/json", 400, "accelerated must be true or false"),
        (b'{"fast": true}', "application/json", 400, "Unknown field 'fast'"),
        (b"accelerated=true", "application/x-www-form-urlencoded", 415, "application/json"),
        (b"{}", "text/plain", 415, "application/json"),
        (b" " * 70_000 + b"{}", "application/json", 413, ""),
    ],
)
def test_body_that_is_no_good_is_refused_with_the_reason(
    client: FlaskClient,
    api_headers: Headers,
    now: datetime,
    data: bytes,
    content_type: str,
    status: int,
    said: str,
) -> None:
    event = make_event(now)
    for path in (f"/api/events/{event.id}/generate-agenda", f"/events/{event.id}/generate-agenda"):
        answer = client.post(path, data=data, content_type=content_type, headers=api_headers)
        assert _is_error(answer, status, said)


def test_token_is_checked_before_the_body_is_read(client: FlaskClient, now: datetime) -> None:
    answer = client.post("/api/events/1/check-ins", data=b"{", content_type="application/json")
    assert _is_error(answer, 401)


def test_fault_of_ours_is_a_json_error_that_tells_nothing(
    app: Flask, client: FlaskClient, api_headers: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(api, "queue_stats", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get(STATS, headers=api_headers)
    assert _is_error(answer, 500)
    assert "secret" not in answer.text


def test_stats_are_a_mapping_of_the_three_queues(client: FlaskClient, api_headers: Headers) -> None:
    answer = client.get(STATS, headers=api_headers)
    assert answer.status_code == 200
    assert set(answer.json) == {"event_orchestration", "event_messages", "follow_up"}
    empty = dict.fromkeys(("waiting", "active", "completed", "failed", "delayed", "total"), 0)
    assert all(numbers == empty for numbers in answer.json.values())


def test_request_leaves_no_change_behind_when_it_fails(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(now)
    answer = client.post(f"/api/events/{event.id}/generate-agenda", headers=api_headers)
    assert _is_error(answer, 400, "speaker")
    assert Event.get_by_id(event.id).agenda_status == "none"
