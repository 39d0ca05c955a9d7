"""Owns the rehearsal: whole event days on one machine, at sixty times their speed.

`python -m web.rehearsal [--once]` is what `make demo` does.
"""

import json
import shutil
import sys
import time
from datetime import timedelta
from pathlib import Path

import click

from actors.process.warm_up import warm_up
from models import clock
from models.agenda import ACCELERATED_LUNCH_IN
from models.base import db, init_database
from models.config import ConfigError
from models.embedded import EmbeddedServerError
from web.local import LocalError, LocalServices, data_folder, interruptible
from web.rehearsal_event import prepare, prepare_practice
from web.rehearsal_outcome import Outcome
from web.rehearsal_watch import Watch, texts_of

# The simulator is no telephone network: it need not wait for GoHighLevel's limit.
MESSAGES_PER_SECOND = "40"
# Long enough to sign in, read the desk, try other settings and use them.
PRACTICE_LUNCH_IN = timedelta(minutes=10)


def rehearse(folder: Path, *, once: bool) -> Outcome:
    """Run the day and return how it went, once every process has ended.

    Raises
    ------
    LocalError
        When the services did not start, or ended too soon.
    """
    folder.mkdir(parents=True)
    log_file = folder / "processes.log"
    if not once:
        # Else a fresh clone would do it while somebody waits for their first What if.
        click.echo("Compiling the matching: the first time may take a minute ...", err=True)
        warm_up()
    click.echo("Starting PostgreSQL, Redis, web and worker ...", err=True)
    with (
        log_file.open("w") as output,
        LocalServices(folder, output, MESSAGES_PER_SECOND=MESSAGES_PER_SECOND) as services,
    ):
        if not services.config.simulator:
            raise LocalError("The rehearsal texts nobody: unset N8N_WEBHOOK_URL to run it.")
        try:
            services.wait_until_ready()
            init_database(services.config.database_url, erasure_key=services.config.erasure_key)
            outcome = _follow_the_day(services, once=once)
        except LocalError as error:
            click.echo(log_file.read_text()[-4000:], err=True)
            raise LocalError(f"{error} The log's end is above.") from error
        if not once:
            click.echo(f"Look around: {services.url}/simulator/  (Ctrl-C ends the rehearsal)")
            services.wait()
        db.close_all()
    return outcome


def _follow_the_day(services: LocalServices, *, once: bool) -> Outcome:
    with db.connection_context():
        event = prepare(now=clock.now(), lunch_in=ACCELERATED_LUNCH_IN)
    click.echo(f"Admin      {services.url}/admin/")
    click.echo(f"  log in   {event.email} / {event.password}")
    click.echo(f"Simulator  {services.url}/simulator/")
    # Counted before anybody reads on: this day does not wait.
    watch = Watch(event, services, texts_before=texts_of(event.event_id, services))
    desk = None if once else _offer_practice(services)
    outcome = watch.until_introductions_are_out()
    outcome.show()
    if desk is not None:
        click.echo(f"Yours to change: {desk}")
    return outcome


def _offer_practice(services: LocalServices) -> str:
    """Make the day that is the reader's own, say which is for what, and return its desk."""
    with db.connection_context():
        practice = prepare_practice(now=clock.now(), lunch_in=PRACTICE_LUNCH_IN)
    desk = f"{services.url}/admin/events/desk/?id={practice.event_id}"
    lunch = f"{practice.lunch_at:%I:%M %p %Z}".lstrip("0")
    click.echo(
        "Watch      Rehearsal Summit: its day runs now, its texts reach the simulator's phones"
    )
    click.echo(
        f"Change     Practice Summit: lunch is in ten minutes, at {lunch}; move it, try What if"
    )
    click.echo(f"  desk     {desk}")
    return desk


def main() -> int:
    """Rehearse; the status is 0 only if every introduction arrived."""
    once = "--once" in sys.argv[1:]
    folder = data_folder() / f"rehearsal-{time.time_ns()}"
    try:
        with interruptible():
            outcome = rehearse(folder, once=once)
    except KeyboardInterrupt:
        click.echo("The rehearsal was ended.")
        return 0 if not once else 130
    except (ConfigError, EmbeddedServerError, LocalError) as error:
        click.echo(str(error), err=True)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stderr.flush()
    click.echo(json.dumps(outcome.summary()))
    return 0 if outcome.is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
