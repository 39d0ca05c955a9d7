"""Owns what commands share: a connection with errors in one line, the event, times and tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from flask import current_app

from models import clock, readiness
from models.base import LARGEST_INTEGER, connected
from models.event import Event


@contextmanager
def session() -> Iterator[datetime]:
    """Open a connection to a database that is fit for use, and give its time.

    Raises
    ------
    click.ClickException
        One line and exit status 1, when the database is not reachable, not migrated, or lost.
    """
    config = current_app.config["PEER_CONFIG"]
    problem = readiness.database_problem(config) or readiness.schema_problem(config)
    if problem:
        raise click.ClickException(problem)
    try:
        # Somebody who calls a command with a connection open keeps it, as the tests do.
        with connected():
            yield clock.now()
    except readiness.DATABASE_LOST as error:
        raise click.ClickException(
            "The connection to PostgreSQL was lost; what was not finished was undone."
        ) from error


def event_or_fail(event_id: int) -> Event:
    """Return the event; without it, one line and exit status 1."""
    event = Event.get_or_none(Event.id == event_id) if 0 < event_id <= LARGEST_INTEGER else None
    if event is None:
        raise click.ClickException(f"There is no event {event_id}.")
    return event


def local_time(event: Event, moment: datetime) -> str:
    """Write a moment in the event's zone; with seconds where a minute lasts less."""
    clock_time = "%H:%M:%S" if event.time_scale > 1 else "%H:%M"
    there = moment.astimezone(event.zone)
    same_day = there.date() == event.date
    return there.strftime(clock_time if same_day else f"%Y-%m-%d {clock_time}")


def table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in columns as wide as they need; numbers to the right."""
    texts = [headings, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(headings))]
    numeric = [
        bool(rows) and all(isinstance(row[column], int) for row in rows)
        for column in range(len(headings))
    ]
    for row in texts:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())
