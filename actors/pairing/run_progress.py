"""Owns what a batch says of itself while it runs, and ending it early when its process stops."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from actors.process import stopping
from models import matching_claim
from models.matching_run import MatchingRun

EVERY_SECONDS = 1.0


class StoppingError(Exception):
    """This process was told to stop in the middle of a batch."""


def progress_of(
    run: MatchingRun, *, now: Callable[[], datetime], lease: timedelta
) -> Callable[[int, int], None]:
    """Return what notes each second how far a big pool is; a small one is done before that.

    It raises `StoppingError` in a process that was told to stop, so that another worker begins
    the run anew instead of waiting for its lease.
    """
    noted_at = time.monotonic()

    def note(done: int, total: int) -> None:
        nonlocal noted_at
        if stopping.is_stopping():
            raise StoppingError
        if time.monotonic() - noted_at >= EVERY_SECONDS:
            noted_at = time.monotonic()
            matching_claim.note_progress(run, done, total, lease_until=now() + lease)

    return note
