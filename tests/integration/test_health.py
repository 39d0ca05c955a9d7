"""Readiness and metrics of a running system."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from models import readiness, service_state
from models.base import db
from models.config import Config
from models.event import MatchingStatus
from models.matching_run import MatchingRun, RunKind, RunStatus
from models.message_status import Direction, MessageStatus
from tests.conftest import settings
from tests.factories import make_event, make_message

Samples = dict[tuple[str, tuple[str, ...]], float]


def samples_of(client: FlaskClient) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        (sample.name.removeprefix("peer_matching_"), tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_ready_when_every_part_runs(client: FlaskClient, now: datetime) -> None:
    service_state.report(service_state.PLANNER, "leading", now=now)
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json
    assert answer.json["status"] == "ready"
    assert set(answer.json["checks"]) == {"database", "redis", "replies", "migrations", "planner"}
    assert all(check["ok"] for check in answer.json["checks"].values())
    assert answer.json["problems"] == []


def test_not_ready_before_the_planner_ever_ran(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["planner"] == {
        "ok": False,
        "detail": "The planner has never run, so nothing scheduled leaves. Start a worker.",
    }
    assert answer.json["problems"] == [answer.json["checks"]["planner"]["detail"]]


@pytest.mark.parametrize(("seconds", "status"), [(8, 200), (12, 503)])
def test_planner_counts_as_gone_after_ten_seconds(
    client: FlaskClient, now: datetime, seconds: int, status: int
) -> None:
    seen = now - timedelta(seconds=seconds)
    service_state.report(service_state.PLANNER, "leading", now=seen)
    assert client.get("/readyz").status_code == status


@pytest.mark.parametrize(("seconds", "status"), [(2, 200), (20, 503)])
def test_a_planner_of_which_a_part_keeps_breaking_is_not_ready(
    client: FlaskClient, now: datetime, seconds: int, status: int
) -> None:
    since = now - timedelta(seconds=seconds)
    for seen in (since, now):
        service_state.report(
            service_state.PLANNER, service_state.TROUBLE, now=seen, message="runs broke"
        )
    answer = client.get("/readyz")
    assert answer.status_code == status
    if status == 503:
        assert "runs broke" in answer.json["checks"]["planner"]["detail"]


def test_not_ready_without_redis(
    client: FlaskClient, app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_state.report(service_state.PLANNER, "leading", now=now)
    gone = settings(REDIS_URL="redis://:hidden@127.0.0.1:1/0")
    monkeypatch.setitem(app.config, "PEER_CONFIG", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "Redis at 127.0.0.1 is not reachable" in answer.json["checks"]["redis"]["detail"]
    assert answer.json["checks"]["database"]["ok"]
    assert "hidden" not in answer.text


@pytest.mark.parametrize(
    ("missing", "status"),
    [
        (["WEBHOOK_SECRET", "N8N_WEBHOOK_TOKEN"], 503),
        (["WEBHOOK_SECRET"], 200),
        (["N8N_WEBHOOK_TOKEN"], 200),
    ],
)
def test_not_ready_while_no_reply_and_so_no_stop_can_get_in(
    client: FlaskClient,
    app: Flask,
    config: Config,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    missing: list[str],
    status: int,
) -> None:
    service_state.report(service_state.PLANNER, "leading", now=now)
    places = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url}
    lacking = settings(**places, **dict.fromkeys(missing, ""))
    monkeypatch.setitem(app.config, "PEER_CONFIG", lacking)
    reply = client.post("/webhooks/n8n/inbound-sms", json={}, headers={"Authorization": "Bearer "})
    assert reply.status_code == 401
    answer = client.get("/readyz")
    assert answer.status_code == status, answer.json
    problems = " ".join(answer.json["problems"])
    assert ("No reply gets in, no STOP either" in problems) is (status == 503)


def test_a_machine_of_ones_own_is_ready_without_secrets(config: Config) -> None:
    lacking = settings(LOCAL_SERVICES="1", WEBHOOK_SECRET="", N8N_WEBHOOK_TOKEN="")
    assert readiness.replies_problem(lacking) is None


def test_not_ready_until_migrated(client: FlaskClient) -> None:
    db.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0001%%'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "0001_initial" in answer.json["checks"]["migrations"]["detail"]
    assert "make migrate" in answer.json["checks"]["migrations"]["detail"]
    assert len(answer.json["problems"]) == 1, "what was not checked is no problem of its own"


def test_metrics_of_an_empty_system(client: FlaskClient) -> None:
    samples = samples_of(client)
    assert samples["database_up", ()] == 1
    assert samples["planner_heartbeat_age_seconds", ()] == float("inf")
    assert samples["queue_work", ("event_messages", "waiting")] == 0


def test_metrics_show_texts_events_planner_and_last_runs(
    client: FlaskClient, now: datetime
) -> None:
    event = make_event(now, matching_status=MatchingStatus.COMPLETED)
    make_event(now, matching_status=MatchingStatus.COMPLETED, cancelled_at=now)
    for status in (MessageStatus.SENT, MessageStatus.SENT, MessageStatus.HELD):
        make_message(now, status=status)
    make_message(now, status=MessageStatus.RECEIVED, direction=Direction.INBOUND)
    service_state.report(service_state.PLANNER, "leading", now=now - timedelta(seconds=5))
    run = {
        "event": event, "status": RunStatus.COMPLETED, "started_at": now, "eligible": 40,
        "gap": 0.001,
    }  # fmt: skip
    older, newer = now + timedelta(seconds=9), now + timedelta(seconds=10)
    MatchingRun.insert(**run, covered=1, finished_at=older).execute()
    MatchingRun.insert(**run, covered=38, finished_at=newer).execute()
    MatchingRun.insert(
        **{**run, "eligible": 0, "gap": None}, kind=RunKind.TOP_UP, finished_at=older
    ).execute()
    samples = samples_of(client)
    assert samples["texts", ("outbound", "sent")] == 2
    assert samples["texts", ("outbound", "held")] == 1
    assert samples["texts", ("inbound", "received")] == 1
    assert samples["events", ("completed",)] == 1
    assert 5 <= samples["planner_heartbeat_age_seconds", ()] < 60
    assert samples["queue_work", ("event_messages", "completed")] == 2
    assert samples["queue_work", ("event_orchestration", "completed")] == 3
    assert samples["last_run_seconds", ("batch",)] == 10
    assert samples["last_run_gap", ("batch",)] == 0.001
    assert samples["last_run_coverage", ("batch",)] == 0.95
    assert samples["last_run_seconds", ("top_up",)] == 9
    assert ("last_run_coverage", ("top_up",)) not in samples


def test_metrics_say_what_is_late_dead_and_down(client: FlaskClient, now: datetime) -> None:
    event = make_event(now, matching_status=MatchingStatus.FAILED)
    MatchingRun.insert(event=event, status=RunStatus.FAILED, finished_at=now).execute()
    make_message(now - timedelta(seconds=90))
    make_message(now - timedelta(seconds=5), status=MessageStatus.QUEUED, wake_at=now)
    make_message(now + timedelta(seconds=90))
    make_message(now, status=MessageStatus.HELD, held_because="unknown")
    make_message(now, status=MessageStatus.HELD, held_because="person")
    make_message(now, status=MessageStatus.FAILED)
    reply = {"direction": Direction.INBOUND, "status": MessageStatus.RECEIVED}
    for failures in (4, 5, 5):
        make_message(now, **reply, failures=failures)
    samples = samples_of(client)
    assert samples["texts_due", ()] == 2
    assert 90 <= samples["oldest_due_seconds", ()] < 150
    dead = {kind: samples["dead_work", (kind,)] for kind in ("held", "text", "reply", "run")}
    assert dead == {"held": 1, "text": 1, "reply": 2, "run": 1}
    assert (samples["n8n_up", ()], samples["planner_trouble", ()]) == (1, 0)
    service_state.report(service_state.N8N, service_state.DOWN, now=now)
    service_state.report(service_state.PLANNER, service_state.TROUBLE, now=now)
    samples = samples_of(client)
    assert (samples["n8n_up", ()], samples["planner_trouble", ()]) == (0, 1)
    breaker = {state: samples["n8n_breaker", (state,)] for state in ("up", "trouble", "down")}
    assert breaker == {"up": 0, "trouble": 0, "down": 1}
