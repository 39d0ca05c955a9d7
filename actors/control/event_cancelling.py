"""Owns cancelling an event: nothing more goes out, and those already introduced may be told."""

import logging
from dataclasses import dataclass
from datetime import datetime

from actors.wording import notice_texts
from models import event_cancel, schedule, steering
from models.base import db
from models.steering import Scope

REASON = "the event was cancelled"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Effect:
    """What cancelling would do: texts that would not leave, people who could be told."""

    waiting: int
    introduced: int


@dataclass(frozen=True)
class Cancelled:
    """What cancelling did; texts `in_the_air` were being sent and could not be stopped."""

    texts: int
    told: int
    in_the_air: int


def effect(event_id: int) -> Effect:
    """Return what cancelling the event would do if it were done now."""
    return Effect(
        waiting=event_cancel.count_waiting(event_id),
        introduced=event_cancel.count_introduced(event_id),
    )


def cancel_event(event_id: int, *, tell_introduced: bool, now: datetime) -> Cancelled:
    """Cancel an event and all that waits for it; a second time does nothing.

    Once this returns, nothing of the event leaves but answers to STOP, START and HELP, the
    notices that it plans, and what was in the air.

    Raises
    ------
    models.event.Event.DoesNotExist
        When there is no such event.
    """
    with db.atomic():
        # A batch that is storing its matches holds this lock too: its texts are cancelled here,
        # or it finds the event cancelled.
        event = schedule.lock(event_id)
        if event.cancelled_at is not None:
            return Cancelled(texts=0, told=0, in_the_air=0)
        event_cancel.close(event, now=now)
        texts = steering.cancel(Scope(event_id=event_id).condition(), reason=REASON)
        in_the_air = event_cancel.count_in_the_air(event_id)
        told = 0
        if tell_introduced:
            content = notice_texts.event_cancelled(event.name)
            told = event_cancel.plan_notices(event_id, content, now=now)
    cancelled = Cancelled(texts=texts, told=told, in_the_air=in_the_air)
    log.info("event cancelled", extra={"event_id": event_id, **vars(cancelled)})
    return cancelled
