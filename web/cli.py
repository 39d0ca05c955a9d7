"""Owns the command line, `flask --app web …`: each command calls one function and prints."""

from datetime import datetime

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from peewee import PeeweeException

from actors.pairing import introductions, matching_preview
from actors.process.warm_up import warm_up
from models import readiness, schedule
from models.agenda import ACCELERATED_LUNCH_IN, AgendaError, generate_agenda
from models.base import db
from models.config import NO_ACCELERATION
from models.eligibility import pool_counts
from models.event import Event
from models.migrate import migrate
from models.opt_out import has_opted_out
from models.phone import normalize
from models.queue_stats import queue_stats
from web.cli_accounts import create_admin_command, reset_password_command, unlock_command
from web.cli_alert import test_alert_command
from web.cli_import import import_contractors
from web.cli_people import erase_person, export_person
from web.cli_restore import after_restore_command
from web.cli_retention import prune_audit_log
from web.cli_session import event_or_fail, local_time, session, table
from web.cli_watch import watch_message


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (
        import_contractors,
        generate_agenda_command,
        match_command,
        send_test_introduction,
        queue_stats_command,
        create_admin_command,
        reset_password_command,
        unlock_command,
        prune_audit_log,
        export_person,
        erase_person,
        after_restore_command,
        test_alert_command,
        migrate_command,
    ):
        app.cli.add_command(command)


@click.command("generate-agenda")
@click.argument("event_id", type=int)
@click.option(
    "--accelerated", is_flag=True, help="Rehearse: a minute lasts a second, lunch is soon."
)
@with_appcontext
def generate_agenda_command(event_id: int, accelerated: bool) -> None:
    """Replace the agenda of event EVENT_ID by a generated one."""
    if accelerated and not current_app.config["PEER_CONFIG"].allows_accelerated_events:
        raise click.ClickException(NO_ACCELERATION)
    with session() as now:
        event = event_or_fail(event_id)
        try:
            with db.atomic():
                items = generate_agenda(
                    event,
                    now=now,
                    accelerated_lunch_in=ACCELERATED_LUNCH_IN if accelerated else None,
                )
        except AgendaError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{event.name}, {event.date:%A %d %B %Y}, {event.timezone}")
        rows = [
            (
                local_time(event, item.start_time),
                local_time(event, item.end_time),
                item.item_type,
                f"{item.title} (track {item.track})" if item.track > 1 else item.title,
            )
            for item in items
        ]
        table(("From", "To", "What", "Title"), rows)
        if event.matching_at is None:
            click.echo(event.matching_status_reason or "Matching is not planned.")
        else:
            click.echo(
                f"Matching at {local_time(event, event.matching_at)}, "
                f"introductions at {local_time(event, event.introductions_at)}."
            )


@click.command("match")
@click.argument("event_id", type=int)
@click.option("--dry-run", is_flag=True, help="Show what a run would match now; store nothing.")
@with_appcontext
def match_command(event_id: int, dry_run: bool) -> None:
    """Match the people of event EVENT_ID now, adding to what is there."""
    with session() as now:
        event = event_or_fail(event_id)
        try:
            if dry_run:
                _show_preview(event_id)
            else:
                matching_preview.request_run(event_id, now=now)
                _show_request(event_id)
        except (matching_preview.NotPossible, matching_preview.BadRules) as error:
            raise click.ClickException(str(error)) from error
        _say_when(event, now, would="would leave" if dry_run else "leave")


def _show_preview(event_id: int) -> None:
    warm_up()
    found = matching_preview.preview(event_id)
    pool = pool_counts(event_id)
    table(
        ("Registered", "Checked in", "Eligible", "Covered", "Matches", "Introductions"),
        [(pool.registered, pool.checked_in, found["people"], found["covered"], found["matches"],
          found["introductions"])],
    )  # fmt: skip
    if found["top_pairs"]:
        click.echo("\nBest matches")
        rows = [
            (f"{pair['match_score']:.2f}", pair["match_type"], pair["contractor1_name"],
             pair["contractor2_name"])
            for pair in found["top_pairs"]
        ]  # fmt: skip
        table(("Score", "Type", "One", "Other"), rows)
    if found["unmatched"]:
        click.echo("\nNobody for")
        table(("Name", "Why"), [(each["name"], each["reason"]) for each in found["unmatched"]])
    click.echo("")


def _show_request(event_id: int) -> None:
    pool = pool_counts(event_id)
    table(
        ("Registered", "Checked in", "Eligible"),
        [(pool.registered, pool.checked_in, pool.eligible)],
    )
    click.echo("A worker starts the run within a second or two.")


def _say_when(event: Event, now: datetime, *, would: str) -> None:
    leave_at = schedule.introductions_time(event, now=now)
    when = "at once" if leave_at <= now else f"at {local_time(event, leave_at)} ({event.timezone})"
    click.echo(f"Introductions {would} {when}.")


@click.command("send-test-introduction")
@click.option("--phone", required=True, help="Where to, in any format.")
@click.option(
    "--wait", "wait_seconds", default=30.0, show_default=True, help="Seconds to watch it."
)
@with_appcontext
def send_test_introduction(phone: str, wait_seconds: float) -> None:
    """Send one sample introduction and say what became of it."""
    number = normalize(phone)
    if number is None:
        raise click.ClickException(f"This is not a phone number: {phone}")
    with session() as now:
        if has_opted_out(number):
            raise click.ClickException(
                "This phone has opted out; only its owner can change that, by texting START."
            )
        with db.atomic():
            message_id = introductions.schedule_test(number, now=now)
        config = current_app.config["PEER_CONFIG"]
        watch_message(message_id, wait_seconds=wait_seconds, config=config)


@click.command("queue-stats")
@with_appcontext
def queue_stats_command() -> None:
    """Show how much work each queue has."""
    with session() as now:
        stats = queue_stats(now)
    columns = list(next(iter(stats.values())))
    rows = [(name, *(counts[column] for column in columns)) for name, counts in stats.items()]
    table(("queue", *columns), rows)


@click.command("migrate")
@with_appcontext
def migrate_command() -> None:
    """Bring the database's schema up to date; safe to run twice and twice at once."""
    problem = readiness.database_problem(current_app.config["PEER_CONFIG"])
    if problem:
        raise click.ClickException(problem)
    try:
        applied = migrate()
    except PeeweeException as error:
        reason = str(error).strip().partition("\n")[0]
        raise click.ClickException(f"A migration failed and was undone: {reason}") from error
    for name in applied:
        click.echo(f"Applied {name}")
    if not applied:
        click.echo("The schema is up to date.")
