"""Proxies are believed only where the settings name them; headers are on every answer."""

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from tests.conftest import settings
from web import create_app

FORGED = {"X-Forwarded-For": "203.0.113.66, 198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return made().test_client()


def made(**changes: str) -> Flask:
    """Return an application whose probe says who asks, and how, and whose files are words."""
    app = create_app(settings(**changes))
    app.view_functions["health.healthz"] = lambda: f"{request.remote_addr} {request.scheme}"
    app.view_functions["static"] = lambda filename: filename
    return app


@pytest.mark.parametrize(
    ("variables", "seen"),
    [
        ({}, "127.0.0.1 http"),
        ({"TRUSTED_PROXIES": "1"}, "198.51.100.7 https"),
        ({"DYNO": "web.1"}, "198.51.100.7 https"),
        ({"DYNO": "web.1", "TRUSTED_PROXIES": "0"}, "127.0.0.1 http"),
    ],
)
def test_an_address_is_taken_from_a_proxy_only_where_there_is_one(
    variables: dict[str, str], seen: str
) -> None:
    assert made(**variables).test_client().get("/healthz", headers=FORGED).text == seen


def test_behind_a_proxy_no_password_travels_in_the_clear() -> None:
    client = made(TRUSTED_PROXIES="1").test_client()
    plain = {"X-Forwarded-Proto": "http"}
    asked = client.get("/admin/login?next=/admin/", headers=plain)
    assert asked.status_code == 308
    assert asked.headers["Location"] == "https://localhost/admin/login?next=/admin/"
    assert client.post("/admin/login", headers=plain).status_code == 403
    assert client.get("/healthz", headers=plain).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_another_sites_page_is_refused(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = client.post("/admin/login", headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost"},
        {"Origin": "https://known.example", "Sec-Fetch-Site": "same-origin"},
        {},
    ],
)
def test_a_change_from_our_own_page_is_looked_at(headers: dict[str, str]) -> None:
    app = made()
    app.view_functions["admin_session.logout"] = lambda: "reached"
    app.before_request_funcs[None] = [
        check
        for check in app.before_request_funcs[None]
        if check.__module__ in ("web.edge", "web.tracing")
    ]
    assert app.test_client().post("/admin/logout", headers=headers).text == "reached"


@pytest.mark.parametrize(
    "path", ["/healthz", "/static/admin/desk.css", "/nowhere", "/admin/static/x"]
)
def test_every_answer_has_the_headers(path: str) -> None:
    headers = made().test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_answers_over_tls_ask_for_tls_from_then_on(client: FlaskClient) -> None:
    answer = client.get("https://localhost/healthz")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_nothing_is_kept_by_a_cache_but_files(client: FlaskClient) -> None:
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/static/admin/desk.css").headers


def test_only_a_developers_machine_sends_cookies_without_tls() -> None:
    assert made().config["SESSION_COOKIE_SECURE"] is True
    assert made(LOCAL_SERVICES="1").config["SESSION_COOKIE_SECURE"] is False
