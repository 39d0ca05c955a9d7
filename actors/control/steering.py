"""Owns what organisers do to planned texts, each as one unit of work that says what it changed.

Each function opens its own transaction and touches only what waits, is held or failed: a text
that is being sent at that moment is in the air, and no longer anybody's to stop.
"""

import logging
from datetime import datetime

from models import approval, inbound, retries, steering
from models.base import db
from models.message import EventMessage
from models.steering import Scope

__all__ = [
    "Scope",
    "cancel_match",
    "cancel_texts",
    "hold_texts",
    "mark_as_sent",
    "release_texts",
    "retry",
    "retry_reply",
    "send_again",
]

log = logging.getLogger(__name__)


def cancel_texts(scope: Scope, *, reason: str, now: datetime) -> int:
    """Cancel what waits or is held, for good; return how many texts."""
    with db.atomic():
        changed = steering.cancel(scope.condition(), reason=reason)
    _tell("texts cancelled", scope, changed)
    return changed


def hold_texts(scope: Scope, *, reason: str, now: datetime) -> int:
    """Keep what waits from leaving until somebody releases it; return how many texts."""
    with db.atomic():
        changed = steering.hold(scope.condition(), reason=reason)
    _tell("texts held", scope, changed)
    return changed


def release_texts(scope: Scope, *, now: datetime) -> int:
    """Let leave what a person holds; return how many texts.

    Each leaves at its time, or at once if that is past, or once it is approved. What expired stays
    held.
    """
    with db.atomic():
        changed = steering.release(scope.condition(), now=now)
        approval.keep(scope.condition(), now=now)
    _tell("texts released", scope, changed)
    return changed


def cancel_match(match_id: int, *, reason: str, now: datetime) -> int:
    """Cancel one match and what waits for it; return how many texts."""
    with db.atomic():
        changed = steering.cancel_match(match_id, reason=reason, now=now)
    _tell("match cancelled", Scope(match_id=match_id), changed)
    return changed


def send_again(message_id: int, *, now: datetime) -> bool:
    """Send once more a held text of which nobody knows whether it left.

    It keeps its key and goes on with its first part that has not surely left. False when it is
    no longer held for that reason, or has expired.
    """
    with db.atomic():
        changed = steering.send_again(message_id, now=now)
    _tell("text sent again", Scope(message_id=message_id), int(changed))
    return changed


def mark_as_sent(message_id: int, *, now: datetime) -> bool:
    """Say of a held text of which nobody knew that it did arrive; False when it is not held."""
    with db.atomic():
        changed = steering.mark_as_sent(message_id, now=now)
    _tell("text marked as sent", Scope(message_id=message_id), int(changed))
    return changed


def retry(message_id: int, *, now: datetime) -> int | None:
    """Plan a failed text anew and return the new row's id.

    None when it may be on the phone all the same, is of no use any more, or was planned anew
    already.
    """
    with db.atomic():
        planned = retries.plan_again(message_id, now=now)
        approval.keep(EventMessage.id == planned, now=now)
    _tell("text planned anew", Scope(message_id=message_id), int(planned is not None))
    return planned


def retry_reply(message_id: int, *, now: datetime) -> bool:
    """Let the planner try again a reply that was given up; False when it was not."""
    with db.atomic():
        changed = inbound.forget_failures(message_id)
    _tell("reply to be tried again", Scope(message_id=message_id), int(changed))
    return changed


def _tell(what: str, scope: Scope, changed: int) -> None:
    fields = {name: value for name, value in vars(scope).items() if value is not None}
    log.info(what, extra={**fields, "changed": changed})
