"""Guards that no route is open to strangers, except the few that are named here."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from models.config import Config
from tests.conftest import settings
from web import create_app

OPEN = {
    "root": "leads to the admin, which asks who it is",
    "static": "stylesheets and scripts",
    "admin.static": "stylesheets and scripts",
    "health.healthz": "the platform's probe",
    "health.readyz": "the platform's probe; words, no data",
    "health.metrics": "counts only",
    "admin_session.login": "how one stops being a stranger",
    "admin_session.logout": "ends a session, so it needs none",
}
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


def _calls(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if method not in ("HEAD", "OPTIONS")
    ]


def _path(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        values: dict[str, Any] = dict.fromkeys(rule.arguments, 1)
        return app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)


def _refuses(app: Flask, rule: Rule, method: str) -> bool:
    answer = app.test_client().open(_path(app, rule), method=method)
    if answer.status_code in (401, 403):
        return True
    return answer.status_code == 302 and answer.location.startswith(LOGIN)


def test_every_route_refuses_strangers_or_is_on_the_list(app: Flask) -> None:
    calls = [(rule, method) for rule, method in _calls(app) if rule.endpoint not in OPEN]
    assert len(calls) > 8
    opened = [f"{method} {rule}" for rule, method in calls if not _refuses(app, rule, method)]
    assert opened == []


def test_list_of_open_routes_is_not_stale(app: Flask) -> None:
    assert set(OPEN) <= {rule.endpoint for rule in app.url_map.iter_rules()}


def test_simulator_is_not_there_outside_a_rehearsal(app: Flask, rehearsal_app: Flask) -> None:
    def simulated(made: Flask) -> set[str]:
        names = {rule.endpoint for rule in made.url_map.iter_rules()}
        return {name for name in names if name.startswith(REHEARSAL_ONLY)}

    assert simulated(app) == set()
    assert simulated(rehearsal_app)


def test_rehearsal_opens_nothing_else(app: Flask, rehearsal_app: Flask) -> None:
    opened = [
        f"{method} {rule}"
        for rule, method in _calls(rehearsal_app)
        if rule.endpoint not in OPEN
        and not rule.endpoint.startswith(REHEARSAL_ONLY)
        and not _refuses(rehearsal_app, rule, method)
    ]
    assert opened == []


def test_wrong_credentials_are_as_good_as_none(app: Flask) -> None:
    wrong = {"Authorization": "Bearer n8n-token-for-tests"}
    for rule, method in _calls(app):
        if rule.endpoint.startswith("api."):
            answer = app.test_client().open(_path(app, rule), method=method, headers=wrong)
            assert answer.status_code == 401, rule
