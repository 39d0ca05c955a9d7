"""Owns whether this process has been told to stop, and how long it still has."""

import threading
import time

# Below the Procfile's --worker-shutdown-timeout, so that what is written last is still written.
GRACE_SECONDS = 18.0

_told = threading.Event()
_told_at = 0.0


def stop() -> None:
    """Say that this process stops: nothing new is begun, what is under way ends soon."""
    global _told_at
    if not _told.is_set():
        _told_at = time.monotonic()
        _told.set()


def is_stopping() -> bool:
    """Whether `stop` was called."""
    return _told.is_set()


def wait(seconds: float) -> bool:
    """Wait that long, or until told to stop; True when it was that."""
    return _told.wait(seconds)


def seconds_left() -> float | None:
    """Return how long work may still go on, at least 0; None while nobody said stop."""
    if not _told.is_set():
        return None
    return max(0.0, _told_at + GRACE_SECONDS - time.monotonic())
