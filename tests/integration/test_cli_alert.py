"""A technician tries from the command line whether alerts reach the organiser."""

import json
from dataclasses import replace

import pytest
from flask import Flask

from actors.n8n.signing import is_signed
from models.alert import Alert
from models.config import Config
from tests.conftest import WEBHOOK_SECRET
from tests.integration.test_cli import Commands
from tests.sink import Answer, Sink


@pytest.fixture
def run(app: Flask) -> Commands:
    return Commands(app)


@pytest.fixture
def _told(app: Flask, config: Config, chat: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    told = replace(config, alert_webhook_url=chat.url)
    monkeypatch.setitem(app.config, "PEER_CONFIG", told)


@pytest.mark.usefixtures("_told")
def test_a_test_alert_is_posted_as_alerts_are_and_says_what_it_is(
    run: Commands, chat: Sink
) -> None:
    results = [run("test-alert") for _ in range(2)]
    said = "The test alert was taken: it answered 200.\n"
    assert [(result.exit_code, result.output) for result in results] == [(0, said)] * 2
    assert len({request.key for request in chat.requests}) == 2, "no receiver drops the second"
    for request in chat.requests:
        assert is_signed(WEBHOOK_SECRET, request.headers, request.raw)
        body = json.loads(request.raw)
        assert set(body) == {"text"}
        assert body["text"].startswith("This is a test")
    assert Alert.select().count() == 0, "it is no occasion"


@pytest.mark.usefixtures("_told")
def test_a_receiver_that_refuses_or_is_gone_is_said_in_one_line(run: Commands, chat: Sink) -> None:
    chat.decide = lambda _request: Answer(404)
    result = run("test-alert")
    assert result.exit_code == 1
    assert result.output == "Error: The test alert was not taken: it answered 404.\n"
    chat.close_port()
    result = run("test-alert")
    assert result.exit_code == 1
    assert result.output == "Error: The test alert was not taken: no answer (ConnectionError).\n"


def test_without_the_address_nothing_is_posted(run: Commands) -> None:
    result = run("test-alert")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ALERT_WEBHOOK_URL is not set")
    assert result.output.count("\n") == 1
