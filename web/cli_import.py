"""Owns the command that imports contractors: reads the file, shows progress, reports bad rows."""

import sys
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from models import contractor_import
from models.base import db
from models.contractor_import import ImportFileError, ImportReport, ParsedFile, RowProblem
from models.event import Event
from web.cli_session import event_or_fail, local_time, session


@click.command("import-contractors")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--event", "event_id", type=int, help="Register everybody at this event.")
@click.option("--check-in", is_flag=True, help="Check everybody in, whatever the file says.")
@with_appcontext
def import_contractors(file: Path, event_id: int | None, check_in: bool) -> None:
    """Import contractors from the CSV file FILE.

    Good rows go in, all together or not at all; bad rows are listed with their line and reason.
    """
    if check_in and event_id is None:
        raise click.UsageError("--check-in needs --event.")
    parsed = _read(file)
    with session() as now:
        event = None if event_id is None else event_or_fail(event_id)
        report = _store(parsed, event, check_in=check_in, now=now, file_name=file.name)
        _show(parsed, report, event)
    if report.problems and not report.stored:
        raise click.ClickException("Nothing went in.")


def _read(file: Path) -> ParsedFile:
    try:
        return contractor_import.read_rows(file.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{file} can not be read: {error.strerror}.") from error
    except ImportFileError as error:
        raise click.ClickException(f"{file} can not be imported. {error}") from error


def _store(
    parsed: ParsedFile, event: Event | None, *, check_in: bool, now: datetime, file_name: str
) -> ImportReport:
    # The bar is for people; in a log it would be noise.
    with (
        click.progressbar(
            length=len(parsed.rows), label="Importing", file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar,
        db.atomic(),
    ):  # fmt: skip
        return contractor_import.store(
            parsed,
            event_id=event.id if event else None,
            check_in=check_in,
            now=now,
            file_name=file_name,
            progress=bar.update,
        )


def _show(parsed: ParsedFile, report: ImportReport, event: Event | None) -> None:
    _list(f"Bad rows, left out: {len(report.problems)}", report.problems)
    _list(f"Notes on rows that went in: {len(report.notes)}", report.notes)
    if parsed.ignored:
        click.echo(f"Columns not used: {', '.join(parsed.ignored)}", err=True)
    click.echo(
        f"Contractors: {report.created} new, {report.updated} changed, "
        f"{report.unchanged} as they were; rows left out: {report.skipped}."
    )
    if event is None:
        return
    click.echo(
        f"{event.name}: {report.registered} registered, {report.checked_in} checked in, "
        f"{report.opted_in} agreed to texts, {report.withdrawn} withdrew."
    )
    top_up_at = Event.get_by_id(event.id).top_up_at
    if top_up_at is not None:
        click.echo(f"Late arrivals are matched at {local_time(event, top_up_at)}.")


def _list(heading: str, problems: list[RowProblem]) -> None:
    if problems:
        click.echo(heading, err=True)
    for problem in problems:
        column = f", {problem.heading}" if problem.heading else ""
        click.echo(f"  line {problem.line}{column}: {problem.reason}", err=True)
