"""What the web process answers while PostgreSQL is down."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from models.base import db, init_database
from models.config import Config

pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def _database_down(_database: None, config: Config) -> Iterator[None]:
    db.close()
    init_database("postgresql://nobody@127.0.0.1:1/none")
    yield
    init_database(config.database_url)
    db.connect()


def test_process_is_up(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_process_is_not_ready_and_says_why(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    checks = answer.json["checks"]
    assert "PostgreSQL" in checks["database"]["detail"]
    assert "nothing listens there" in checks["database"]["detail"]
    assert checks["redis"] == {"ok": True, "detail": "ok"}
    assert not checks["migrations"]["ok"]
    assert not checks["planner"]["ok"]


def test_metrics_say_only_that_the_database_is_down(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert samples == ["peer_matching_database_up 0.0"]


def test_api_answers_503_in_json(client: FlaskClient, api_headers: dict[str, str]) -> None:
    answer = client.get("/api/queues/stats", headers=api_headers)
    assert answer.status_code == 503
    assert answer.json == {
        "success": False,
        "error": "The database does not answer. Try again shortly.",
    }
    assert answer.headers["Retry-After"]


def test_admin_answers_503_for_people(client: FlaskClient) -> None:
    answer = client.get("/admin/")
    assert answer.status_code == 503
    assert "text/html" in answer.content_type
