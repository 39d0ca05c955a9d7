"""A rehearsal opens the simulator and nothing else; test_access.py walks the rest."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from models.config import Config
from tests.access import OPEN, calls
from tests.conftest import settings
from web import create_app

# The simulator stands for n8n and for phones, and is there on a rehearsal's machine only.
REHEARSAL_ONLY = "simulator."
LOGIN = "/admin/login"


@pytest.fixture(scope="module")
def rehearsal_app(config: Config) -> Flask:
    return create_app(
        settings(
            LOCAL_SERVICES="1",
            N8N_WEBHOOK_URL="",
            DATABASE_URL=config.database_url,
            REDIS_URL=config.redis_url,
        )
    )


def _path(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        values: dict[str, Any] = dict.fromkeys(rule.arguments, 1)
        return app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)


def _refuses(app: Flask, rule: Rule, method: str) -> bool:
    answer = app.test_client().open(_path(app, rule), method=method)
    if answer.status_code in (401, 403):
        return True
    return answer.status_code == 302 and answer.location.startswith(LOGIN)


def test_simulator_is_not_there_outside_a_rehearsal(app: Flask, rehearsal_app: Flask) -> None:
    def simulated(made: Flask) -> set[str]:
        names = {rule.endpoint for rule in made.url_map.iter_rules()}
        return {name for name in names if name.startswith(REHEARSAL_ONLY)}

    assert simulated(app) == set()
    assert simulated(rehearsal_app)


def test_rehearsal_opens_nothing_else(app: Flask, rehearsal_app: Flask) -> None:
    opened = [
        call.name
        for call in calls(rehearsal_app)
        if call.rule.endpoint not in OPEN
        and not call.rule.endpoint.startswith(REHEARSAL_ONLY)
        and not _refuses(rehearsal_app, call.rule, call.method)
    ]
    assert opened == []


def test_wrong_credentials_are_as_good_as_none(app: Flask) -> None:
    wrong = {"Authorization": "Bearer n8n-token-for-tests"}
    for call in calls(app):
        if call.rule.endpoint.startswith("api."):
            path = _path(app, call.rule)
            answer = app.test_client().open(path, method=call.method, headers=wrong)
            assert answer.status_code == 401, call.name
