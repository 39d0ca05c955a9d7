"""What providers sent word for word is forgotten after a while; what it came to never is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

import actors.people.retention
from actors.conversation.delivery_reports import DeliveryReport, record
from actors.people.retention import Retention, prune
from actors.planner import Planner
from models import retention
from models.base import db
from models.config import Config
from models.message import EventMessage
from tests.factories import make_message

DAYS = 90
OLD, RECENT = timedelta(days=91), timedelta(days=89)


def reply(created_at: datetime, **columns: Any) -> EventMessage:
    columns = {
        "direction": "inbound",
        "status": "received",
        "message_content": "YES",
        "raw_payload": {"message": {"body": "YES"}},
        "handled_at": created_at,
        "created_at": created_at,
        **columns,
    }
    return make_message(created_at, **columns)


def reported(created_at: datetime) -> EventMessage:
    text = make_message(created_at, status="sent", created_at=created_at)
    for status in ("sent", "delivered"):
        record(DeliveryReport(status, message_id=text.id, timestamp="then"), now=created_at)
    return fresh(text)


def fresh(text: EventMessage) -> EventMessage:
    found: EventMessage = EventMessage.get_by_id(text.id)
    return found


def test_the_payload_of_an_old_reply_goes_and_the_reply_stays(now: datetime) -> None:
    old, recent = reply(now - OLD), reply(now - RECENT)
    assert prune(now=now, days=DAYS) == 1
    before, after = old.__data__, fresh(old).__data__
    assert after == {**before, "raw_payload": None}
    assert fresh(recent).raw_payload == recent.raw_payload
    assert prune(now=now, days=DAYS) == 0


def test_the_single_reports_of_an_old_text_go_and_the_decisive_one_stays(now: datetime) -> None:
    old, recent = reported(now - OLD), reported(now - RECENT)
    assert len(old.delivery_report["reports"]) == 2
    assert prune(now=now, days=DAYS) == 1
    kept = dict(old.delivery_report)
    del kept["reports"]
    assert kept["status"] == "delivered"
    assert fresh(old).__data__ == {**old.__data__, "delivery_report": kept}
    assert fresh(recent).delivery_report == recent.delivery_report
    assert prune(now=now, days=DAYS) == 0


def test_the_oldest_go_first_and_only_so_many_at_once(now: datetime) -> None:
    replies = [reply(now - OLD - timedelta(hours=number)) for number in range(7)]
    pruned = [prune(now=now, days=DAYS, limit=3) for _ in range(4)]
    assert pruned == [3, 3, 1, 0]
    replies = [reply(now - OLD - timedelta(hours=number)) for number in range(3)]
    prune(now=now, days=DAYS, limit=2)
    assert [fresh(row).raw_payload is None for row in replies] == [False, True, True]


def test_500_at_once_unless_told_otherwise(now: datetime) -> None:
    rows = [
        {"message_type": "reply", "direction": "inbound", "status": "received",
         "raw_payload": {"n": number}, "created_at": now - OLD}
        for number in range(501)
    ]  # fmt: skip
    EventMessage.insert_many(rows).execute()
    assert [prune(now=now, days=DAYS) for _ in range(3)] == [500, 1, 0]


@pytest.mark.parametrize(
    ("forget", "index"),
    [("forget_payloads", "event_messages_payloads"), ("forget_reports", "event_messages_reports")],
)
def test_what_is_old_is_found_by_its_index(
    now: datetime, monkeypatch: pytest.MonkeyPatch, forget: str, index: str
) -> None:
    db.execute_sql(
        "INSERT INTO event_messages (message_type, status, created_at, raw_payload,"
        " delivery_report) SELECT 'reply', 'received', now() - n * interval '1 minute',"
        " CASE WHEN n %% 100 = 0 THEN '{}'::jsonb END,"
        " CASE WHEN n %% 100 = 1 THEN '{\"reports\": []}'::jsonb ELSE '{\"status\": 1}' END"
        " FROM generate_series(1, 20000) n",
        (),
    )
    db.execute_sql("ANALYZE event_messages")
    asked: list[tuple[str, Any]] = []
    real = db.execute_sql

    def note(sql: str, params: Any = None) -> Any:
        asked.append((sql, params))
        return real(sql, params)

    monkeypatch.setattr(db, "execute_sql", note)
    assert getattr(retention, forget)(before=now - timedelta(days=7), limit=50) == 50
    sql, params = asked[0]
    plan = "\n".join(row[0] for row in real(f"EXPLAIN {sql}", params).fetchall())
    assert index in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


@pytest.mark.commits
def test_two_who_prune_do_not_wait_for_each_other(now: datetime) -> None:
    for number in range(20):
        reply(now - OLD - timedelta(hours=number))

    def other() -> int:
        with db.connection_context():
            return prune(now=now, days=DAYS, limit=10)

    with db.atomic(), ThreadPoolExecutor(1) as thread:
        assert retention.forget_payloads(before=now - timedelta(days=DAYS), limit=10) == 10
        assert thread.submit(other).result(timeout=10) in (0, 10)
    while prune(now=now, days=DAYS):
        pass
    assert not EventMessage.select().where(EventMessage.raw_payload.is_null(False)).exists()


def test_it_is_pruned_each_minute_while_there_is_something_then_each_hour(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [500, 1, 0, 0]
    pruned_at: list[int] = []

    def note(*, now: datetime, days: int) -> int:
        assert days == DAYS
        pruned_at.append(round((now - start).total_seconds() / 60))
        return left.pop(0)

    start = now
    monkeypatch.setattr(actors.people.retention, "prune", note)
    kept = Retention(DAYS)
    for half_minutes in range(140):
        kept.look(start + timedelta(seconds=30 * half_minutes))
    assert pruned_at == [0, 1, 2, 62]


def test_the_planner_prunes_as_the_settings_say(now: datetime, config: Config) -> None:
    recent = reply(now - timedelta(days=config.retention_days - 1))
    old = reply(now - timedelta(days=config.retention_days + 1))
    Planner(config, leader="here", delay_slots=1000).tick(now)
    assert fresh(old).raw_payload is None
    assert fresh(recent).raw_payload is not None
