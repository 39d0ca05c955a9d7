"""What one text costs the database: few statements, and none that reads a whole table."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from peewee import OperationalError

from actors.sending.delivery import deliver
from actors.sending.lateness import expire
from models import claiming, prepared
from models.base import db
from models.message import EventMessage
from tests.conftest import settings
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.fakes import FakeGateway
from tests.statements import is_counted, statements

FILL = """
INSERT INTO contractors (last_name, phone)
    SELECT 'Crowd', '+1512' || (5560000 + n) FROM generate_series(1, 20000) n;
INSERT INTO event_attendees (event_id, contractor_id, sms_opt_in)
    SELECT %(event_id)s, id, true FROM contractors WHERE last_name = 'Crowd';
INSERT INTO sms_opt_outs (phone) SELECT '+1737' || n FROM generate_series(1000000, 1020000) n;
INSERT INTO event_peer_matches (event_id, contractor1_id, contractor2_id, match_score)
    SELECT %(event_id)s, id - 1, id, 0.8 FROM contractors WHERE last_name = 'Crowd';
INSERT INTO event_messages (event_id, contractor_id, match_id, message_type, message_category,
        scheduled_time, expires_at)
    SELECT m.event_id, m.contractor1_id, m.id, 'peer_match_introduction', 'peer_matching',
        %(now)s + interval '10 minutes', %(now)s + interval '30 days'
    FROM event_peer_matches m WHERE NOT EXISTS (
        SELECT 1 FROM event_messages earlier WHERE earlier.match_id = m.id);
INSERT INTO event_messages (event_id, contractor_id, message_type, message_category,
        scheduled_time, expires_at, status, message_content)
    SELECT %(event_id)s, c.id, 'note', 'note', %(now)s + n * interval '1 minute',
        %(now)s + interval '30 days', CASE WHEN n < 3 THEN 'sent' ELSE 'scheduled' END, 'Hi'
    FROM contractors c, generate_series(1, 5) n WHERE c.last_name = 'Crowd';
ANALYZE contractors, event_attendees, sms_opt_outs, event_peer_matches, event_messages;
"""


def introduction(now: datetime) -> EventMessage:
    event = make_event(now)
    person = make_attendee(event).contractor
    match = make_match(event, person, make_contractor())
    return make_message(now, event=event, contractor=person, match=match)


def test_an_introduction_is_claimed_and_recorded_in_few_statements(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = introduction(now)
    with statements() as seen:
        deliver(message.id, gateway=FakeGateway(), config=settings())
    assert EventMessage.get_by_id(message.id).status == "sent"
    asked = [sql for sql in seen if is_counted(sql)]
    assert len(asked) <= 4, asked


def test_without_a_clock_the_databases_own_time_is_written(now: datetime) -> None:
    message = introduction(now)
    deliver(message.id, gateway=FakeGateway(), config=settings())
    sent_at = EventMessage.get_by_id(message.id).actual_send_time
    assert now <= sent_at <= now + timedelta(seconds=5)


def test_a_text_is_read_in_the_order_of_its_fields(now: datetime) -> None:
    message = introduction(now)
    cursor = claiming._READ.execute(message.id, now, 4)
    assert tuple(column.name for column in cursor.description) == claiming.Text._fields


def test_a_plan_is_made_anew_once_it_is_old(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    message = introduction(now)
    statement = claiming.Prepared("integer", "SELECT id FROM event_messages WHERE id = $1")
    clock = iter([0.0, 59.0, 61.0, 61.0])
    monkeypatch.setattr("models.prepared.time.monotonic", lambda: next(clock))
    with statements() as seen:
        found = [statement.execute(message.id).fetchone() for _ in range(3)]
    assert found == [(message.id,)] * 3
    assert [sql.split()[0] for sql in seen] == [
        "PREPARE", "EXECUTE", "EXECUTE", "DEALLOCATE", "PREPARE", "EXECUTE",
    ]  # fmt: skip


@pytest.mark.parametrize("cut_short", ["DEALLOCATE", "PREPARE"])
def test_a_plan_whose_making_was_cut_short_is_not_run(
    now: datetime, monkeypatch: pytest.MonkeyPatch, cut_short: str
) -> None:
    message = introduction(now)
    statement = claiming.Prepared("integer", "SELECT id FROM event_messages WHERE id = $1")
    monkeypatch.setattr(prepared, "KEPT_SECONDS", 0)
    statement.execute(message.id)
    execute = db.execute_sql

    def cancelled(sql: str, params: Any = None) -> Any:
        execute(sql, params)
        if sql.startswith(cut_short):
            raise OperationalError("canceling statement due to user request")

    with monkeypatch.context() as patch:
        patch.setattr(db, "execute_sql", cancelled)
        with pytest.raises(OperationalError):
            statement.execute(message.id)
    monkeypatch.setattr(prepared, "KEPT_SECONDS", 60)
    assert statement.execute(message.id).fetchone() == (message.id,)


@pytest.mark.commits
def test_a_new_connection_plans_for_itself(now: datetime) -> None:
    message = introduction(now)
    for _ in range(2):
        assert claiming.read(message.id, now=None, per_hour=4).id == message.id
        db.close_all()
        db.connect()


def plan_of(sql: str, values: Any) -> str:
    return "\n".join(row[0] for row in db.execute_sql(f"EXPLAIN {sql}", values).fetchall())


def test_no_statement_of_a_text_reads_a_whole_table(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = introduction(now)
    db.execute_sql(FILL, {"event_id": message.event_id, "now": now})
    assert EventMessage.select().count() > 100_000
    seen: list[tuple[str, Any]] = []
    execute = db.execute_sql
    monkeypatch.setattr(
        db,
        "execute_sql",
        lambda sql, params=None: seen.append((sql, params)) or execute(sql, params),
    )
    deliver(message.id, gateway=FakeGateway(), config=settings())
    expire(now=now + timedelta(seconds=1), config=settings())
    monkeypatch.undo()
    asked = [each for each in seen if is_counted(each[0])]
    assert len(asked) >= 5
    for sql, params in asked:
        plan = plan_of(sql, params)
        assert "Seq Scan" not in plan, f"{sql}\n{plan}"
