"""Owns the rehearsal's events: invented speakers and sponsors, people from the shipped files."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from models.admin_user import Role
from models.agenda import ACCELERATED_SCALE, generate_agenda
from models.base import db
from models.contractor_import import read_rows, store
from models.event import Event, EventSpeaker, EventSponsor
from web.auth import create_admin

PEOPLE = Path(__file__).parent / "rehearsal_contractors.csv"
# Nobody of the other file: a phone then belongs to one day, and so does what is said on it.
PRACTICE_PEOPLE = Path(__file__).parent / "rehearsal_practice.csv"
# Its doors open nine minutes before lunch, so that lunch has a morning to be moved into.
PRACTICE_SCALE = 30
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


@dataclass(frozen=True)
class PracticeEvent:
    """The event that is there to be changed; its lunch in its own zone, as its desk has it."""

    event_id: int
    lunch_at: datetime


def prepare(*, now: datetime, lunch_in: timedelta) -> RehearsalEvent:
    """Create the event, import its people, place lunch so soon after `now`; needs a connection."""
    with db.atomic():
        event = _create("Rehearsal Summit", "Hall 3", now)
        email, password = f"organiser{event.id}@example.com", secrets.token_urlsafe(9)
        create_admin(email, "Rehearsal", password, Role.ADMIN, now)
    _import_people(event, PEOPLE, now, say=click.echo)
    items = _plan(event, now, lunch_in, ACCELERATED_SCALE)
    click.echo(f"Agenda     {items} items; lunch in {lunch_in.seconds} s, a minute a second")
    return RehearsalEvent(event.id, email, password)


def prepare_practice(*, now: datetime, lunch_in: timedelta) -> PracticeEvent:
    """Create a second event, with people of its own, all of them there; needs a connection."""
    with db.atomic():
        event = _create("Practice Summit", "Hall 5", now)
    _import_people(event, PRACTICE_PEOPLE, now, say=lambda _line: None)
    _plan(event, now, lunch_in, PRACTICE_SCALE)
    return PracticeEvent(event.id, (now + lunch_in).astimezone(event.zone))


def _create(name: str, location: str, now: datetime) -> Event:
    event = Event.create(name=name, date=now.date(), timezone="America/Chicago", location=location)
    for position, (speaker, title, is_keynote) in enumerate(SPEAKERS):
        EventSpeaker.create(
            event=event,
            name=speaker,
            session_title=title,
            is_keynote=is_keynote,
            position=position,
        )
    for sponsor in SPONSORS:
        EventSponsor.create(event=event, name=sponsor)
    return event


def _plan(event: Event, now: datetime, lunch_in: timedelta, scale: int) -> int:
    with db.atomic():
        planned = Event.get_by_id(event.id)
        return len(
            generate_agenda(
                planned, now=now, accelerated_lunch_in=lunch_in, accelerated_scale=scale
            )
        )


def _import_people(
    event: Event, people: Path, now: datetime, *, say: Callable[[str], None]
) -> None:
    parsed = read_rows(people.read_bytes())
    with db.atomic():
        report = store(parsed, event_id=event.id, check_in=False, now=now, file_name=people.name)
    say(
        f"People     {report.registered} registered, {report.checked_in} checked in, "
        f"{report.opted_in} agreed to texts"
    )
    for problem in sorted([*report.problems, *report.notes], key=lambda found: found.line):
        say(f"  line {problem.line}: {problem.reason}")
