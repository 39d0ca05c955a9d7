"""Owns the replies that a person should read: which wait, why, and that somebody dealt with them.

None of these opens a transaction; the caller does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, Expression, fn

from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import ARRIVED, Direction, MessageType

MOST_SHOWN = 100
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Waiting:
    """A reply that waits, with its event and person loaded, and what it answers.

    `before` is our last text before it; `earlier` are the words that it asked back about.
    """

    reply: EventMessage
    before: EventMessage | None
    earlier: str | None


def waits() -> Expression:
    """Return the SQL of a reply that a person should read and nobody has dealt with."""
    wanted: Expression = EventMessage.inbox_reason.is_null(False) & (
        EventMessage.inbox_done_at.is_null()
    )
    return wanted


def count() -> int:
    """Count the replies that wait."""
    number: int = EventMessage.select().where(waits()).count()
    return number


def is_waiting(phone: str, reasons: Iterable[str]) -> bool:
    """Whether a reply of this phone waits for one of these reasons."""
    wanted = waits() & EventMessage.inbox_reason.in_(list(reasons))
    return bool(EventMessage.select().where(wanted & (EventMessage.phone == phone)).exists())


def reasons() -> dict[str, int]:
    """Return how many replies wait for each reason, the commonest first."""
    number = fn.COUNT(EventMessage.id)
    rows = (
        EventMessage.select(EventMessage.inbox_reason, number)
        .where(waits())
        .group_by(EventMessage.inbox_reason)
        .order_by(number.desc(), EventMessage.inbox_reason)
        .tuples()
    )
    return dict(rows)


def waiting(only: int | None = None) -> list[Waiting]:
    """Return the hundred replies that wait longest, the oldest first, or one, in two queries."""
    wanted = waits() if only is None else waits() & (EventMessage.id == only)
    before = EventMessage.alias()
    left_at = fn.coalesce(before.actual_send_time, before.scheduled_time)
    last_text = (
        before.select(before.id)
        .where(
            (before.phone == EventMessage.phone)
            & (before.direction == Direction.OUTBOUND)
            & before.status.in_(ARRIVED)
            & (left_at <= EventMessage.created_at)
        )
        .order_by(left_at.desc(), before.id.desc())
        .limit(1)
    )
    replies = list(
        EventMessage.select(EventMessage, Event, Contractor, last_text.alias("before_id"))
        .join(Event, JOIN.LEFT_OUTER)
        .switch(EventMessage)
        .join(Contractor, JOIN.LEFT_OUTER)
        .where(wanted)
        .order_by(EventMessage.id)
        .limit(MOST_SHOWN)
    )
    ids = {reply.before_id for reply in replies if reply.before_id is not None}
    known = {text.id: text for text in _with_what_came_before(ids)}
    return [_in_context(reply, known.get(reply.before_id)) for reply in replies]


def _with_what_came_before(ids: set[int]) -> Any:
    said = EventMessage.alias()
    # Ids rise, for one phone, in the order in which replies are stored and answers planned.
    said_before = (
        said.select(said.message_content)
        .where(
            (said.phone == EventMessage.phone)
            & (said.direction == Direction.INBOUND)
            & (said.id < EventMessage.id)
        )
        .order_by(said.id.desc())
        .limit(1)
    )
    return (
        EventMessage.select(EventMessage, Event, said_before.alias("said_before"))
        .join(Event, JOIN.LEFT_OUTER)
        .where(EventMessage.id.in_(ids))
    )


def _in_context(reply: EventMessage, before: Any) -> Waiting:
    asked_back = before is not None and before.message_type == MessageType.NOT_UNDERSTOOD
    return Waiting(reply, before, before.said_before if asked_back else None)


def get_waiting(message_id: int) -> EventMessage | None:
    """Return one reply that waits, or None when it does not (any more)."""
    reply: EventMessage | None = EventMessage.get_or_none((EventMessage.id == message_id) & waits())
    return reply


def lock_waiting(message_id: int) -> EventMessage | None:
    """Lock one reply that waits; whoever comes second waits and then gets None."""
    reply: EventMessage | None = (
        EventMessage.select().where((EventMessage.id == message_id) & waits()).for_update().first()
    )
    return reply


def finish(message_id: int, *, now: datetime) -> bool:
    """Say that somebody dealt with a reply; False when it does not wait (any more)."""
    wanted = (EventMessage.id == message_id) & waits()
    return bool(EventMessage.update(inbox_done_at=now).where(wanted).execute())


def finish_alike(reason: str, *, up_to: int, now: datetime) -> list[int]:
    """Say it of what waits for this reason, at most 500; return which, oldest first.

    Parameters
    ----------
    up_to : int
        The newest that was there when somebody was asked; what came since is for another look.
    """
    ids: Any = (
        EventMessage.select(EventMessage.id)
        .where(waits() & (EventMessage.inbox_reason == reason) & (EventMessage.id <= up_to))
        .order_by(EventMessage.id)
        .limit(MOST_AT_ONCE)
        .for_update()
    )
    found = [row.id for row in ids]
    if found:
        EventMessage.update(inbox_done_at=now).where(EventMessage.id.in_(found)).execute()
    return found


def alike(reason: str) -> tuple[int, int]:
    """Return how many wait for this reason and the id of the newest of them, at most 500."""
    ids = [
        row.id
        for row in EventMessage.select(EventMessage.id)
        .where(waits() & (EventMessage.inbox_reason == reason))
        .order_by(EventMessage.id)
        .limit(MOST_AT_ONCE)
    ]
    return len(ids), max(ids, default=0)
