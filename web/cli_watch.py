"""Owns watching one text from the command line until its fate is known."""

import time
from datetime import UTC

import click

from models.config import Config
from models.message import EventMessage
from models.message_status import ARRIVED, UNDER_WAY
from models.usefulness import latest

LOOK_EVERY_SECONDS = 0.5


def watch_message(message_id: int, *, wait_seconds: float, config: Config) -> None:
    """Print each status of a text as it comes; needs an open connection, outside a transaction.

    Raises
    ------
    click.ClickException
        When it was not sent, or nothing has become of it in time.
    """
    give_up_at = time.monotonic() + wait_seconds
    said = None
    while True:
        message = EventMessage.get_by_id(message_id)
        if message.status != said:
            click.echo(f"Message {message_id}: {message.status}")
            said = message.status
        if message.status not in UNDER_WAY:
            break
        if time.monotonic() >= give_up_at:
            why = message.error_message or "is a worker running?"
            raise click.ClickException(
                f"Still {said} after {wait_seconds:g} s: {why.removesuffix('.')}"
                f"{'' if why.endswith('?') else '.'} {_what_follows(message, config)}"
            )
        time.sleep(LOOK_EVERY_SECONDS)
    if message.status not in ARRIVED:
        raise click.ClickException(message.error_message or f"The text is {message.status}.")


def _what_follows(message: EventMessage, config: Config) -> str:
    """Say that a text which waits is still sent, until when, and how that is stopped."""
    until = latest(message, config)
    limit = "" if until is None else f" until {until.astimezone(UTC):%H:%M} UTC"
    return (
        f"It is tried again by itself{limit}, then given up. To stop it, cancel message "
        f"{message.id} in the admin under Texts."
    )
