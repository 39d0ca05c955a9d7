"""Owns what keeps an event's texts or lets them leave: its pause, and approving introductions.

Each function is one unit of work under the event's lock; None says that it came too late.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from models import approval, schedule, sending_pause
from models.base import db
from models.event import Event

log = logging.getLogger(__name__)


def pause(event_id: int, *, by: str, now: datetime) -> int | None:
    """Let nothing of the event leave until it is resumed; return how many texts wait.

    What was in the air is out, and answers to STOP, START and HELP leave all the same.
    """
    return _do("sending paused", event_id, lambda event: sending_pause.pause(event, by=by, now=now))


def resume(event_id: int) -> int | None:
    """End the event's pause; return how many texts wait for their time or their turn."""
    return _do("sending resumed", event_id, sending_pause.resume)


def approve(event_id: int, *, by: str, now: datetime) -> int | None:
    """Let the event's introductions leave at their time; return how many waited for that."""
    return _do(
        "introductions approved", event_id, lambda event: approval.approve(event, by=by, now=now)
    )


def require_approval(event_id: int) -> int | None:
    """Keep introductions until somebody approves, even those approved; return how many wait."""
    return _do("approval required", event_id, approval.require)


def stop_asking(event_id: int, *, now: datetime) -> int | None:
    """Let introductions leave without anybody's approval; return how many waited for it."""
    return _do(
        "approval not asked for", event_id, lambda event: approval.stop_asking(event, now=now)
    )


def _do(what: str, event_id: int, work: Callable[[Event], int | None]) -> int | None:
    with db.atomic():
        changed = work(schedule.lock(event_id))
    log.info(what, extra={"event_id": event_id, "changed": changed})
    return changed
