"""Owns giving another moment to a text that may not leave at this one.

None of these opens a transaction; the caller does, and has the text locked.
"""

from datetime import datetime, timedelta

from models import outbox
from models.claiming import Text
from models.config import Config
from models.message import EventMessage, transition
from models.message_status import FOLLOW_UPS, WAITING, MessageStatus

EARLY_ENOUGH_TO_WAIT = timedelta(milliseconds=100)
BUSY_PAUSE = timedelta(milliseconds=500)


def until_due(text: Text, remaining: timedelta) -> timedelta | None:
    """Keep a wake-up that is a moment early; one for another time altogether is stale."""
    if remaining <= EARLY_ENOUGH_TO_WAIT:
        return remaining
    outbox.put_back([text.id])
    return None


def until_the_other_ended(text: Text, config: Config) -> timedelta | None:
    """Wait for the text to the same person that is in the air; longer when its sender is dead."""
    lease = timedelta(seconds=config.lease_seconds)
    longest_post = timedelta(seconds=config.http_timeout_seconds + 2)
    until = text.others_lease_until
    if until is None or text.read_at < until - lease + longest_post:
        outbox.defer(text.id, until=text.read_at + BUSY_PAUSE)
        return BUSY_PAUSE
    _put_off(text, max(until, text.read_at))
    return None


def until_free(text: Text, until: datetime) -> None:
    """Give it another time as if that had been its own, so that waiting its turn costs it nothing.

    A prompt or reminder that is of no use by then is none that failed: nobody has to look at it.
    """
    is_over_by_then = text.expires_at is not None and text.expires_at <= until
    if is_over_by_then and text.message_type in FOLLOW_UPS:
        reason = "the person had enough texts within the hour"
        status = MessageStatus(text.status)
        transition(text.id, status, MessageStatus.CANCELLED, error_message=reason, wake_at=None)
        return
    _put_off(text, until)
    EventMessage.update(scheduled_time=until, next_attempt_at=None).where(
        (EventMessage.id == text.id) & (EventMessage.status == MessageStatus.SCHEDULED)
    ).execute()


def _put_off(text: Text, until: datetime) -> None:
    EventMessage.update(status=MessageStatus.SCHEDULED, wake_at=None, next_attempt_at=until).where(
        (EventMessage.id == text.id) & EventMessage.status.in_(WAITING)
    ).execute()
