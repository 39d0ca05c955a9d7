"""Owns how far the texts of one event have got: their numbers, their pace, why some failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import Expression, fn

from models.message import EventMessage
from models.message_status import ARRIVED, WAITING, Direction, MessageStatus, MessageType
from models.outbox import Lateness
from models.row_versions import RATE_OVER
from models.steering import Scope, awaits_approval, is_in_doubt

MOST_REASONS = 6


@dataclass(frozen=True)
class Introductions:
    """The introductions of an event; those planned for a later break are only in `for_later`.

    What waits for approval counts as waiting.

    Attributes
    ----------
    waiting, people : int
        How many are still to leave, and to how many people.
    first_due, last_due : datetime or None
        Between when they are to leave.
    left : int
        How many have left, between `first_left` and `last_left`.
    """

    waiting: int
    people: int
    first_due: datetime | None
    last_due: datetime | None
    for_later: int
    left: int
    first_left: datetime | None
    last_left: datetime | None


@dataclass(frozen=True)
class Awaiting:
    """Introductions that wait for approval, of how many matches, and when the first is due."""

    texts: int
    matches: int
    first_due: datetime | None


@dataclass(frozen=True)
class Deliveries:
    """Counts of outbound texts.

    `stopped`, `unknown` and `awaiting` are all held: by a person, in doubt, or for approval.
    """

    waiting: int
    in_the_air: int
    sent: int
    delivered: int
    failed: int
    cancelled: int
    stopped: int
    unknown: int
    last_minute: int
    late: Lateness
    introductions: Introductions
    awaiting: Awaiting

    @property
    def held(self) -> int:
        return self.stopped + self.unknown + self.awaiting.texts


def deliveries(event_id: int, *, introductions_at: datetime | None, now: datetime) -> Deliveries:
    """Count the texts of an event in one query.

    Answers to STOP, START and HELP are left out, since nothing that is done to an event's texts
    touches them.
    """
    status = EventMessage.status
    is_held = status == MessageStatus.HELD
    due = _due()
    is_waiting = status.in_(WAITING)
    is_late = is_waiting & (due <= now)
    columns = [
        _count(is_waiting),
        _count(status == MessageStatus.SENDING),
        _count(status == MessageStatus.SENT),
        _count(status.in_((MessageStatus.DELIVERED, MessageStatus.RESPONDED))),
        _count(status == MessageStatus.FAILED),
        _count(status == MessageStatus.CANCELLED),
        _count(is_held & ~is_in_doubt() & ~awaits_approval()),
        _count(is_held & is_in_doubt()),
        _count(EventMessage.actual_send_time > now - RATE_OVER),
        _count(is_late),
        fn.MIN(due).filter(is_late),
        *_awaiting_columns(),
        *_introduction_columns(max(introductions_at or now, now)),
    ]
    is_outbound = EventMessage.direction == Direction.OUTBOUND
    row = (
        EventMessage.select(*columns)
        .where(Scope(event_id=event_id).condition() & is_outbound)
        .tuples()
        .get()
    )
    counts, (late, oldest), awaiting, introductions = row[:9], row[9:11], row[11:14], row[14:]
    waited = now - oldest if oldest else timedelta(0)
    lateness = Lateness(late, waited)
    rest = (lateness, Introductions(*introductions), Awaiting(*awaiting))
    return Deliveries(*(*counts, *rest))


def failures(event_id: int) -> list[tuple[str | None, int]]:
    """Return why texts of an event failed, and how many each, the most frequent first."""
    number = fn.COUNT(EventMessage.id)
    return list(
        EventMessage.select(EventMessage.error_message, number)
        .where(
            (EventMessage.event == event_id)
            & (EventMessage.direction == Direction.OUTBOUND)
            & (EventMessage.status == MessageStatus.FAILED)
        )
        .group_by(EventMessage.error_message)
        .order_by(number.desc(), EventMessage.error_message)
        .limit(MOST_REASONS)
        .tuples()
    )


def _awaiting_columns() -> list[Expression]:
    waits = awaits_approval()
    return [
        _count(waits),
        fn.COUNT(EventMessage.match.distinct()).filter(waits),
        fn.MIN(EventMessage.scheduled_time).filter(waits),
    ]


def _introduction_columns(main_time: datetime) -> list[Expression]:
    is_introduction = EventMessage.message_type == MessageType.INTRODUCTION
    waits = is_introduction & (EventMessage.status.in_(WAITING) | awaits_approval())
    in_main = waits & (EventMessage.due_at() <= main_time)
    left = is_introduction & EventMessage.status.in_(ARRIVED)
    sent_at = EventMessage.actual_send_time
    return [
        _count(in_main),
        fn.COUNT(EventMessage.contractor.distinct()).filter(in_main),
        fn.MIN(EventMessage.due_at()).filter(in_main),
        fn.MAX(EventMessage.due_at()).filter(in_main),
        _count(waits & (EventMessage.due_at() > main_time)),
        _count(left),
        fn.MIN(sent_at).filter(left),
        fn.MAX(sent_at).filter(left),
    ]


def _count(condition: Expression) -> Expression:
    return fn.COUNT(EventMessage.id).filter(condition)


def _due() -> Expression:
    """Return the SQL of when a waiting text should leave by: its turn, once it has one."""
    return fn.coalesce(EventMessage.wake_at, EventMessage.due_at())
