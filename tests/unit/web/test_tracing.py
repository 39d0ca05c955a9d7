"""Each request has an id: a sound one that it brings, else ours; its line tells no address."""

import logging

import pytest
from flask.testing import FlaskClient

from models import log_context
from tests.conftest import settings
from web import create_app

GIVEN = "0a1b2c3d-1234-4321-9876-512555012345"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    app = create_app(settings())
    app.view_functions["health.healthz"] = lambda: str(log_context.request_id())
    app.view_functions["webhooks.delivery_status"] = lambda: "ok"
    # No database is here to open a connection to.
    app.before_request_funcs[None] = [
        look for look in app.before_request_funcs[None] if look.__module__ != "web"
    ]
    return app.test_client()


def test_a_sound_id_is_kept_and_told(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": GIVEN})
    assert (answer.text, answer.headers["X-Request-ID"]) == (GIVEN, GIVEN)


@pytest.mark.parametrize("given", [None, "+1 512 555 0123", "Ana Moss", "x" * 300])
def test_any_other_is_replaced(client: FlaskClient, given: str | None) -> None:
    headers = {"X-Request-ID": given} if given else {}
    answers = [client.get("/healthz", headers=headers) for _ in range(2)]
    made = {answer.headers["X-Request-ID"] for answer in answers}
    assert len(made) == 2
    assert given not in made
    assert {answer.text for answer in answers} == made


def test_nothing_of_a_request_is_left_for_the_next(client: FlaskClient) -> None:
    client.get("/healthz", headers={"X-Request-ID": GIVEN})
    assert log_context.ids() == {}


def test_a_change_is_logged_by_its_route_and_who_only_reads_is_not(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.get("/healthz?phone=+15125550123")
    client.post("/nowhere/+15125550123")
    client.post("/webhooks/n8n/delivery-status?phone=+15125550123", data="{}")
    lines = [record for record in caplog.records if record.msg == "request"]
    assert [(line.route, line.status) for line in lines] == [
        ("none", 404),
        ("/webhooks/n8n/delivery-status", 200),
    ]
    assert "5550123" not in str([vars(line) for line in lines])
