"""Owns until when a text is worth sending; a later one fails instead of coming out of the blue.

Like leases and the pace, these times are not divided by an event's `time_scale`.
"""

from datetime import datetime, timedelta
from typing import Protocol

from peewee import Case, Expression, fn

from models.config import Config
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType

ANSWERS = (MessageCategory.COMPLIANCE.value, MessageCategory.REPLY.value)
AN_ANSWER = timedelta(hours=1)
A_TEST = timedelta(hours=1)
A_NOTICE = timedelta(hours=6)
CONTACTS = timedelta(hours=6)
ANYTHING_ELSE = timedelta(hours=24)


class Planned(Protocol):
    """What is planned for a moment, and may have an end of its own."""

    @property
    def message_type(self) -> str: ...
    @property
    def message_category(self) -> str | None: ...
    @property
    def scheduled_time(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime | None: ...


def latest(message: Planned, config: Config) -> datetime | None:
    """Return from when on this text is of no use; None for one that was never planned."""
    ends = [message.expires_at] if message.expires_at is not None else []
    if message.scheduled_time is not None:
        is_answer = message.message_category in ANSWERS
        usual = AN_ANSWER if is_answer else ANYTHING_ELSE
        useful = _by_type(config).get(message.message_type, usual)
        ends.append(message.scheduled_time + useful)
    return min(ends, default=None)


def is_past(now: datetime, config: Config) -> Expression:
    """Return the SQL of whether a text is of no use any more, by the same rule."""
    useful = Case(
        None,
        [
            *((EventMessage.message_type == kind, span) for kind, span in _by_type(config).items()),
            (EventMessage.message_category.in_(ANSWERS), AN_ANSWER),
        ],
        ANYTHING_ELSE,
    )
    # LEAST leaves out what is NULL.
    return fn.least(EventMessage.expires_at, EventMessage.scheduled_time + useful) <= now


def _by_type(config: Config) -> dict[str, timedelta]:
    return {
        MessageType.INTRODUCTION.value: timedelta(minutes=config.introduction_useful_minutes),
        MessageType.TEST_INTRODUCTION.value: A_TEST,
        MessageType.EVENT_CANCELLED.value: A_NOTICE,
        MessageType.BY_HAND.value: A_NOTICE,
        MessageType.CONTACT_EXCHANGE.value: CONTACTS,
    }
