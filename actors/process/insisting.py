"""Owns writing down what is known, although the database went away for a moment."""

import logging
import time
from collections.abc import Callable

from peewee import InterfaceError, OperationalError

from actors.process import stopping
from models.base import db

# Together far below a text's lease; a worker that stops does not wait longer than it may.
PAUSES_SECONDS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)

log = logging.getLogger(__name__)


def insist(write: Callable[[], None]) -> None:
    """Run `write` in a transaction of its own; on a lost connection, again on a new one.

    A text that n8n has accepted would otherwise stand as one whose fate nobody knows, only
    because PostgreSQL restarted while it was in the air. `write` must be guarded, since a commit
    whose answer was lost is run again.
    """
    for pause in PAUSES_SECONDS:
        try:
            db.connect(reuse_if_open=True)
            with db.atomic():
                write()
            return
        except (OperationalError, InterfaceError) as error:
            if db.in_transaction():
                raise
            log.warning("the database was lost", extra={"error_type": type(error).__name__})
            db.close()
        if not _pause(pause):
            break
    db.connect(reuse_if_open=True)
    with db.atomic():
        write()


def _pause(seconds: float) -> bool:
    """Wait that long, less when the process stops; False when it has no time left."""
    left = stopping.seconds_left()
    if left is None:
        stopping.wait(seconds)
    else:
        time.sleep(min(seconds, left))
    return left is None or left > 0
