"""Owns the rehearsal: a whole event day on one machine, at sixty times its speed.

`python -m web.rehearsal [--once]` is what `make demo` does.
"""

import json
import shutil
import sys
import time
from pathlib import Path

import click

from models import clock
from models.agenda import ACCELERATED_LUNCH_IN
from models.base import db, init_database
from models.config import ConfigError
from models.embedded import EmbeddedServerError
from web.local import LocalError, LocalServices, data_folder, interruptible
from web.rehearsal_event import RehearsalEvent, prepare
from web.rehearsal_watch import Outcome, Watch, texts_of

# The simulator is no telephone network: it need not wait for GoHighLevel's limit.
MESSAGES_PER_SECOND = "40"


def rehearse(folder: Path, *, once: bool) -> Outcome | None:
    """Run the day and return how it went, once every process has ended.

    Raises
    ------
    LocalError
        When the services did not start.
    """
    folder.mkdir(parents=True)
    log_file = folder / "processes.log"
    with (
        log_file.open("w") as output,
        LocalServices(folder, output, MESSAGES_PER_SECOND=MESSAGES_PER_SECOND) as services,
    ):
        if not services.config.simulator:
            raise LocalError("The rehearsal texts nobody: unset N8N_WEBHOOK_URL to run it.")
        try:
            services.wait_until_ready()
        except LocalError as error:
            click.echo(log_file.read_text()[-4000:], err=True)
            raise LocalError(f"{error} The log's end is above.") from error
        init_database(services.config.database_url, erasure_key=services.config.erasure_key)
        event = _prepare()
        click.echo(f"Admin      {services.url}/admin/")
        click.echo(f"  log in   {event.email} / {event.password}")
        click.echo(f"Simulator  {services.url}/simulator/")
        watch = Watch(event, services, texts_before=texts_of(event.event_id, services))
        outcome = watch.until_introductions_are_out()
        outcome.show()
        if not once:
            click.echo(f"Look around: {services.url}/simulator/  (Ctrl-C ends the rehearsal)")
            services.wait()
        db.close_all()
    return outcome


def _prepare() -> RehearsalEvent:
    with db.connection_context():
        return prepare(now=clock.now(), lunch_in=ACCELERATED_LUNCH_IN)


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
    if outcome is None:
        return 1
    sys.stderr.flush()
    click.echo(json.dumps(outcome.summary()))
    return 0 if outcome.is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
