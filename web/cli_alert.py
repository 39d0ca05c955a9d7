"""Owns the command that tries whether alerts reach the organiser."""

import click
from flask import current_app
from flask.cli import with_appcontext

from actors.alerts.posting import post_test
from web.cli_session import session


@click.command("test-alert")
@with_appcontext
def test_alert_command() -> None:
    """Post one alert that says it is a test to ALERT_WEBHOOK_URL."""
    config = current_app.config["PEER_CONFIG"]
    if not config.alert_webhook_url:
        raise click.ClickException(
            "ALERT_WEBHOOK_URL is not set, so nobody is told if matching or n8n fails."
        )
    with session() as now:
        is_taken, said = post_test(config=config, now=now)
    if not is_taken:
        raise click.ClickException(f"The test alert was not taken: {said}.")
    click.echo(f"The test alert was taken: {said}.")
