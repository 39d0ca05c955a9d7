"""Owns the rehearsal's event: invented speakers and sponsors, people from the shipped file."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from models.admin_user import Role
from models.agenda import generate_agenda
from models.base import db
from models.contractor_import import read_rows, store
from models.event import Event, EventSpeaker, EventSponsor
from web.auth import create_admin

PEOPLE = Path(__file__).parent / "rehearsal_contractors.csv"
# So many that the afternoon has a break, for which an introduction can wait.
SPEAKERS = (
    ("Nadia Frost", "Leads that close themselves", True),
    ("Pavel Unger", "Hiring your first sales leader", False),
    ("Mona Reyes", "Numbers a contractor should know", False),
    ("Hugo Tran", "Crews that stay", False),
    ("Iris Wolfe", "From one market to three", False),
    ("Bram Silva", "Estimates that hold", False),
    ("Tess Okafor", "Selling the company you built", False),
    ("Lars Yoon", "Crews and robots", False),
)
SPONSORS = ("Northside Windows", "Ladder & Co")


@dataclass(frozen=True)
class RehearsalEvent:
    """The event that is rehearsed, and how to sign in."""

    event_id: int
    email: str
    password: str


def prepare(*, now: datetime, lunch_in: timedelta) -> RehearsalEvent:
    """Create the event, import its people, place lunch so soon after `now`; needs a connection."""
    with db.atomic():
        event = Event.create(
            name="Rehearsal Summit",
            date=now.date(),
            timezone="America/Chicago",
            location="Hall 3",
        )
        for position, (name, title, is_keynote) in enumerate(SPEAKERS):
            EventSpeaker.create(
                event=event,
                name=name,
                session_title=title,
                is_keynote=is_keynote,
                position=position,
            )
        for name in SPONSORS:
            EventSponsor.create(event=event, name=name)
        email, password = f"organiser{event.id}@example.com", secrets.token_urlsafe(9)
        create_admin(email, "Rehearsal", password, Role.ADMIN, now)
    _import_people(event, now)
    with db.atomic():
        event = Event.get_by_id(event.id)
        items = generate_agenda(event, now=now, accelerated_lunch_in=lunch_in)
    click.echo(f"Agenda     {len(items)} items; lunch in {lunch_in.seconds} s, a minute a second")
    return RehearsalEvent(event.id, email, password)


def _import_people(event: Event, now: datetime) -> None:
    parsed = read_rows(PEOPLE.read_bytes())
    with db.atomic():
        report = store(parsed, event_id=event.id, check_in=False, now=now, file_name=PEOPLE.name)
    click.echo(
        f"People     {report.registered} registered, {report.checked_in} checked in, "
        f"{report.opted_in} agreed to texts"
    )
    for problem in sorted([*report.problems, *report.notes], key=lambda found: found.line):
        click.echo(f"  line {problem.line}: {problem.reason}")
