"""Owns the command for a database that came from a backup which does not show that it did."""

import click
from flask import current_app
from flask.cli import with_appcontext

from actors.process import after_restore
from web.cli_session import session


@click.command("after-restore")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def after_restore_command(yes: bool) -> None:
    """Hold everything back, because the database was restored from a backup.

    A dump that was loaded is noticed by itself; a copied disk and a roll-back of the platform are
    not. Run this before any worker starts.
    """
    if not yes:
        click.confirm("Pause all events and keep back every text that is due?", abort=True)
    with session() as now:
        held = after_restore.hold_back(now=now, config=current_app.config["PEER_CONFIG"])
    click.echo(
        f"Paused: {held.events:,} events. Waiting for a person: {held.held:,} texts, "
        f"{held.replies:,} replies. Too late: {held.cancelled:,} texts. Not matched: "
        f"{held.matchings:,} events.\nNext: docs/data-care.md, “After a restore”."
    )
