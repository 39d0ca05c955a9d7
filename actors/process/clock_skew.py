"""Owns the difference between this host's clock and the database's, for delays that hosts share.

Dramatiq writes the sender's time on a delayed message and the receiver compares it with its own;
here the message also says when it is due by the database's clock, and that is what counts.
"""

from datetime import datetime
from typing import Any

import dramatiq

DUE_MS = "due_ms"

_ahead_ms: float | None = None


def note(database_now: datetime, *, asked_at: float, answered_at: float) -> None:
    """Take in what the database's clock said between two readings of `time.time`."""
    global _ahead_ms
    _ahead_ms = (asked_at + answered_at) * 500 - database_now.timestamp() * 1000


class DueByTheDatabase(dramatiq.Middleware):
    """Notes on a delayed message when it is due by the database, and reads that as it arrives."""

    def before_enqueue(self, broker: dramatiq.Broker, message: Any, delay: int | None) -> None:
        """Note it, where this host knows how its own clock goes."""
        eta = message.options.get("eta")
        if delay is not None and eta is not None and _ahead_ms is not None:
            message.options[DUE_MS] = round(eta - _ahead_ms)

    def before_delay_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Rewrite when it is due to this host's own clock, where the sender noted it."""
        due_ms = message.options.get(DUE_MS)
        if isinstance(due_ms, int) and _ahead_ms is not None:
            message.options["eta"] = round(due_ms + _ahead_ms)
