"""Owns the claims on outbound texts: which are due, who has them, which were lost on the way.

None of these opens a transaction; the caller does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import Case, ValuesList

from models.message import EventMessage
from models.message_status import Direction, MessageCategory, MessageStatus

URGENT_CATEGORIES = (MessageCategory.COMPLIANCE.value, MessageCategory.REPLY.value)


class Due(NamedTuple):
    """A text that is due, and when."""

    message_id: int
    due: datetime


def lock_due(*, until: datetime, limit: int) -> list[Due]:
    """Lock scheduled texts that are due by `until` and return them, answers to people first.

    Rows that another planner has locked are skipped.
    """
    due_at = EventMessage.due_at()
    urgent_first = Case(None, [(EventMessage.message_category.in_(URGENT_CATEGORIES), 0)], 1)
    rows = (
        EventMessage.select(EventMessage.id, due_at)
        .where(
            (EventMessage.status == MessageStatus.SCHEDULED)
            & (EventMessage.direction == Direction.OUTBOUND)
            & (due_at <= until)
        )
        .order_by(urgent_first, due_at, EventMessage.id)
        .limit(limit)
        .for_update(skip_locked=True)
        .tuples()
    )
    return [Due(message_id, due) for message_id, due in rows]


def mark_queued(wake_times: list[tuple[int, datetime]]) -> None:
    """Say of locked texts that a wake-up is on its way and when it should arrive."""
    if not wake_times:
        return
    wake = ValuesList(wake_times, columns=("id", "wake_at"), alias="wake")
    EventMessage.update(status=MessageStatus.QUEUED, wake_at=wake.c.wake_at).from_(wake).where(
        EventMessage.id == wake.c.id
    ).execute()


def defer(message_id: int, *, until: datetime) -> None:
    """Say when the next wake-up of a queued text should arrive; whoever calls sends it."""
    EventMessage.update(wake_at=until).where(
        (EventMessage.id == message_id) & (EventMessage.status == MessageStatus.QUEUED)
    ).execute()


def put_back(message_ids: Iterable[int]) -> int:
    """Return queued texts to the schedule, because their wake-up could not be sent."""
    return int(
        EventMessage.update(status=MessageStatus.SCHEDULED, wake_at=None)
        .where(
            EventMessage.id.in_(list(message_ids)) & (EventMessage.status == MessageStatus.QUEUED)
        )
        .execute()
    )


def rescue_queued(*, now: datetime, lost_after: timedelta, limit: int) -> int:
    """Return texts to the schedule whose wake-up should have arrived long ago."""
    lost = (
        EventMessage.select(EventMessage.id)
        .where(
            (EventMessage.status == MessageStatus.QUEUED)
            & (EventMessage.wake_at.is_null() | (EventMessage.wake_at < now - lost_after))
        )
        .limit(limit)
        .for_update(skip_locked=True)
    )
    return put_back([row.id for row in lost])


def lock_expired_leases(*, now: datetime, limit: int) -> list[EventMessage]:
    """Lock texts whose sender was last heard of longer ago than its lease; outcome unknown."""
    return list(
        EventMessage.select()
        .where(
            (EventMessage.status == MessageStatus.SENDING)
            & (EventMessage.lease_until.is_null() | (EventMessage.lease_until < now))
        )
        .limit(limit)
        .for_update(skip_locked=True)
    )


def unhandled_replies(*, older_than: datetime, limit: int) -> list[int]:
    """Return inbound texts that were stored but that nobody has handled yet."""
    rows = (
        EventMessage.select(EventMessage.id)
        .where(
            (EventMessage.status == MessageStatus.RECEIVED)
            & EventMessage.handled_at.is_null()
            & (EventMessage.created_at < older_than)
        )
        .order_by(EventMessage.created_at)
        .limit(limit)
    )
    return [row.id for row in rows]
