"""Commands as people type them: what they print, what they change, how they refuse."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask

from models import opt_out
from models.admin_user import AdminUser
from models.agenda_item import EventAgendaItem, ItemType
from models.base import db
from models.config import Config
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageStatus, MessageType
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_event, make_speaker
from web.auth import verify_password

PASSWORD = "correct horse battery"


class Commands:
    """Runs commands the way `flask` does."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        return self._app.test_cli_runner().invoke(args=list(words), input=stdin)


@pytest.fixture
def run(app: Flask) -> Commands:
    return Commands(app)


def tomorrow(now: datetime, **columns: object) -> Event:
    return make_event(now, date=(now + timedelta(days=1)).date(), **columns)


@pytest.mark.parametrize("command", [("generate-agenda", "999"), ("match", "999"),
                                     ("match", "999", "--dry-run"), ("match", "99999999999"),
                                     ("match", "0")])  # fmt: skip
def test_an_unknown_event_is_one_clear_line(run: Commands, command: tuple[str, ...]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert result.output == f"Error: There is no event {command[1]}.\n"


def test_an_agenda_is_printed_in_the_events_own_zone(run: Commands, now: datetime) -> None:
    event = tomorrow(now, timezone="America/Denver")
    make_speaker(event, name="Ana", session_title="Leads")
    result = run("generate-agenda", str(event.id))
    assert result.exit_code == 0
    lunch = EventAgendaItem.get(item_type=ItemType.LUNCH)
    assert lunch.start_time.astimezone(event.zone).hour == 12
    assert "08:00  09:00  registration" in result.output
    assert "12:00  13:00  lunch" in result.output
    assert "Matching at 11:45, introductions at 12:05." in result.output


def test_an_event_without_speakers_has_a_clear_error(run: Commands, now: datetime) -> None:
    result = run("generate-agenda", str(tomorrow(now).id))
    assert result.exit_code == 1
    assert "speaker" in result.output
    assert "Traceback" not in result.output


def test_a_past_event_keeps_its_agenda(run: Commands, now: datetime) -> None:
    event = make_event(now, date=(now - timedelta(days=3)).date())
    make_speaker(event)
    result = run("generate-agenda", str(event.id))
    assert (result.exit_code, "is over" in result.output) == (1, True)


def test_acceleration_is_refused_where_texts_could_be_real(run: Commands, now: datetime) -> None:
    event = tomorrow(now)
    make_speaker(event)
    result = run("generate-agenda", str(event.id), "--accelerated")
    assert result.exit_code == 1
    assert "LOCAL_SERVICES=1" in result.output
    assert Event.get_by_id(event.id).time_scale == 1
    assert EventAgendaItem.select().count() == 0


def test_acceleration_puts_lunch_half_a_minute_ahead(
    run: Commands, app: Flask, config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PEER_CONFIG", replace(config, local_services=True))
    event = make_event(now)
    make_speaker(event)
    result = run("generate-agenda", str(event.id), "--accelerated")
    assert result.exit_code == 0, result.output
    lunch = EventAgendaItem.get(item_type=ItemType.LUNCH)
    assert timedelta(seconds=29) < lunch.start_time - now < timedelta(seconds=35)
    assert f"{lunch.start_time:%H:%M:%S}" in result.output


def test_a_dry_run_shows_matches_and_stores_nothing(run: Commands, now: datetime) -> None:
    event = tomorrow(now, introductions_at=now + timedelta(days=1))
    people = [make_contractor() for _ in range(6)]
    for person in people:
        make_attendee(event, person)
    result = run("match", str(event.id), "--dry-run")
    assert result.exit_code == 0, result.output
    assert "Best matches" in result.output
    assert people[0].last_name in result.output
    assert "Introductions would leave at" in result.output
    assert EventPeerMatch.select().count() == 0
    assert Event.get_by_id(event.id).top_up_at is None


def test_a_dry_run_of_an_empty_room_is_no_error(run: Commands, now: datetime) -> None:
    result = run("match", str(tomorrow(now).id), "--dry-run")
    assert result.exit_code == 0
    assert "Best matches" not in result.output


def test_match_asks_for_a_run_and_says_when_texts_leave(run: Commands, now: datetime) -> None:
    leave_at = (now + timedelta(days=1)).replace(hour=17, minute=5)
    event = tomorrow(now, introductions_at=leave_at, timezone="America/Chicago")
    make_attendee(event)
    result = run("match", str(event.id))
    assert result.exit_code == 0, result.output
    assert Event.get_by_id(event.id).top_up_at is not None
    local = leave_at.astimezone(event.zone)
    assert f"{local:%H:%M} (America/Chicago)" in result.output


@pytest.mark.parametrize("columns", [{"cancelled": True}, {"days": -3}])
def test_match_refuses_what_is_over_or_cancelled(
    run: Commands, now: datetime, columns: dict[str, int]
) -> None:
    day = (now + timedelta(days=columns.get("days", 1))).date()
    event = make_event(now, date=day, cancelled_at=now if "cancelled" in columns else None)
    result = run("match", str(event.id))
    assert result.exit_code == 1
    assert result.output.startswith("Error: The event ")
    assert Event.get_by_id(event.id).top_up_at is None


def test_a_test_introduction_is_planned_and_watched(run: Commands) -> None:
    result = run("send-test-introduction", "--phone", "(512) 555-0101", "--wait", "0")
    message = EventMessage.get()
    assert (message.phone, message.message_type) == (
        "+15125550101", MessageType.TEST_INTRODUCTION,
    )  # fmt: skip
    assert f"Message {message.id}: scheduled" in result.output
    assert "is a worker running? It is tried again by itself until " in result.output
    assert f"cancel message {message.id} in the admin under Texts." in result.output
    until = message.scheduled_time + timedelta(hours=1)
    assert f"{until:%H:%M} UTC, then given up" in result.output
    assert result.exit_code == 1


def test_a_test_introduction_that_n8n_did_not_take_is_said_to_be_tried_again(
    run: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def schedule_refused(phone: str, *, now: datetime) -> int:
        return EventMessage.insert(
            message_type=MessageType.TEST_INTRODUCTION, message_category="test", phone=phone,
            error_message="n8n refused the connection", scheduled_time=now,
        ).execute()  # fmt: skip

    monkeypatch.setattr("web.cli.introductions.schedule_test", schedule_refused)
    result = run("send-test-introduction", "--phone", "+15125550101", "--wait", "0")
    assert "n8n refused the connection. It is tried again by itself until " in result.output


@pytest.mark.parametrize(
    ("status", "error", "code", "line"),
    [(MessageStatus.SENT, None, 0, ": sent"), (MessageStatus.DELIVERED, None, 0, ": delivered"),
     (MessageStatus.FAILED, "n8n said 400", 1, "Error: n8n said 400"),
     (MessageStatus.HELD, None, 1, "Error: The text is held.")],
)  # fmt: skip
def test_what_became_of_a_test_introduction_is_said(
    run: Commands, monkeypatch: pytest.MonkeyPatch, status: MessageStatus, error: str | None,
    code: int, line: str,
) -> None:  # fmt: skip
    def schedule_sent(phone: str, *, now: datetime) -> int:
        return EventMessage.insert(
            message_type=MessageType.TEST_INTRODUCTION, message_category="test", phone=phone,
            status=status, error_message=error, scheduled_time=now,
        ).execute()  # fmt: skip

    monkeypatch.setattr("web.cli.introductions.schedule_test", schedule_sent)
    result = run("send-test-introduction", "--phone", "+15125550101")
    assert result.exit_code == code
    assert line in result.output


@pytest.mark.parametrize("phone", ["12345", "ask her"])
def test_a_test_introduction_needs_a_phone(run: Commands, phone: str) -> None:
    result = run("send-test-introduction", "--phone", phone)
    assert (result.exit_code, EventMessage.select().count()) == (1, 0)
    assert result.output == f"Error: This is not a phone number: {phone}\n"


def test_a_test_introduction_respects_an_opt_out(run: Commands, now: datetime) -> None:
    opt_out.opt_out("+15125550101", now=now, source="STOP")
    result = run("send-test-introduction", "--phone", "512-555-0101")
    assert (result.exit_code, EventMessage.select().count()) == (1, 0)
    assert "opted out" in result.output


def test_queue_numbers_are_a_table(run: Commands, now: datetime) -> None:
    make_event(now, matching_status=MatchingStatus.SCHEDULED, matching_at=now + timedelta(hours=1))
    lines = run("queue-stats").output.splitlines()
    assert lines[0].split() == [
        "queue", "waiting", "active", "completed", "failed", "delayed", "total",
    ]  # fmt: skip
    assert lines[1].split() == ["event_orchestration", "0", "0", "0", "0", "1", "1"]
    assert [line.split()[0] for line in lines[2:]] == ["event_messages", "follow_up"]


def test_an_admin_is_created_with_a_password_from_a_pipe(run: Commands) -> None:
    result = run("create-admin", "--email", "ana@example.com", "--name", "Ana",
                 "--password-stdin", stdin=f"{PASSWORD}\n")  # fmt: skip
    user = AdminUser.get()
    assert result.output == "ana@example.com may sign in, as admin.\n"
    assert (user.email, user.name, user.role) == ("ana@example.com", "Ana", "admin")
    assert verify_password(user.password_hash, PASSWORD)


def test_an_admin_is_asked_for_what_is_missing(run: Commands) -> None:
    stdin = f"ana@example.com\n{PASSWORD}\n{PASSWORD}\n"
    result = run("create-admin", "--role", "viewer", stdin=stdin)
    assert result.exit_code == 0, result.output
    assert AdminUser.get().role == "viewer"
    assert PASSWORD not in result.output


@pytest.mark.parametrize(("email", "password"), [("ana@example.com", "short"),
                                                 ("nonsense", PASSWORD)])  # fmt: skip
def test_a_refused_admin_is_one_line(run: Commands, email: str, password: str) -> None:
    result = run("create-admin", "--email", email, "--password-stdin", stdin=password)
    assert (result.exit_code, AdminUser.select().count()) == (1, 0)
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


@pytest.mark.commits
def test_migrating_a_migrated_database_says_so(run: Commands) -> None:
    db.close()
    result = run("migrate")
    db.connect()
    assert (result.exit_code, result.output) == (0, "The schema is up to date.\n")


def test_every_command_is_described(run: Commands) -> None:
    output = run("--help").output
    for name in ("import-contractors", "generate-agenda", "match", "send-test-introduction",
                 "queue-stats", "create-admin", "migrate"):  # fmt: skip
        assert f"\n  {name} " in output
