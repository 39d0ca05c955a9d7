"""Owns writing down what is known, although the database went away for a moment."""

import logging
import time
from collections.abc import Callable

from peewee import InterfaceError, OperationalError

from models.base import db

# Together below the time that a worker gets to stop, and far below a text's lease.
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
        time.sleep(pause)
    db.connect(reuse_if_open=True)
    with db.atomic():
        write()
