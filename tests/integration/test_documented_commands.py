"""Every `flask` command of the documentation does what it says, typed as it stands there."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from actors.pairing import introductions
from models.base import db
from models.config import Config
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.admin_site import make_admin
from tests.doc_pages import Command, pages
from tests.factories import make_attendee, make_contractor, make_event, make_speaker
from tests.integration.test_cli import Commands

# A command opens its own connection, as it does in a shell, so it sees what was committed.
pytestmark = pytest.mark.commits

PHONE = "+15125550123"
PEOPLE = "First name,Last name,Cell phone,Company\nAna,Moss,(512) 555-0123,Moss Roofs\n"
PASSWORD = "another horse battery"
_FOUND = {command.text: command for page in pages() for command in page.commands()}
TYPED = [
    command
    for command in _FOUND.values()
    if Path(command.words[0]).name == "flask" and not command.is_excused
]


@pytest.fixture
def event(now: datetime) -> Event:
    made = make_event(now, date=(now + timedelta(days=1)).date())
    make_speaker(made)
    for person in (make_contractor(phone=PHONE), *(make_contractor() for _ in range(3))):
        make_attendee(made, person)
    return made


@pytest.fixture
def stand_ins(event: Event, now: datetime, tmp_path: Path) -> dict[str, str]:
    """What the words in capitals of a documented command stand for."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    return {"ID": str(event.id), "FILE": str(file), "ADDRESS": make_admin(now).email, "WHO": PHONE}


@pytest.fixture
def _sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test introduction be sent as soon as it is planned, as a worker does."""
    plan = introductions.schedule_test

    def schedule(phone: str, *, now: datetime) -> int:
        planned = plan(phone, now=now)
        EventMessage.update(status=MessageStatus.SENT).where(EventMessage.id == planned).execute()
        return planned

    monkeypatch.setattr(introductions, "schedule_test", schedule)


def _answers(command: Command, email: str) -> str:
    """Return what is typed when the command asks."""
    if {"erase-person", "after-restore"} & set(command.words):
        return "y\n"
    asked = [] if "--email" in command.words else [email]
    if "create-admin" in command.words:
        asked = ["new@example.com"]
    return "\n".join([*asked, PASSWORD, PASSWORD, ""])


@pytest.mark.usefixtures("_sent_at_once")
@pytest.mark.parametrize("command", TYPED, ids=lambda command: command.text)
def test_a_documented_command_works(
    app: Flask,
    config: Config,
    stand_ins: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    command: Command,
) -> None:
    assert command.words[1:3] == ("--app", "web")
    # Some are for a developer's machine only.
    monkeypatch.setitem(app.config, "PEER_CONFIG", replace(config, local_services=True))
    words = [stand_ins.get(word, word) for word in command.words[3:]]
    db.close()
    result = Commands(app)(*words, stdin=_answers(command, stand_ins["ADDRESS"]))
    db.connect()
    assert result.exit_code == 0, result.output
