"""Owns how many texts a button would touch: those of one person, one match or one event."""

from dataclasses import dataclass

from peewee import Expression, fn

from models.message import EventMessage
from models.message_status import ARRIVED, WAITING, Direction, MessageStatus, MessageType
from models.steering import CANCELLABLE, Scope, awaits_approval, is_in_doubt


@dataclass(frozen=True)
class Reach:
    """Counts of outbound texts.

    Attributes
    ----------
    waiting : int
        Not begun yet.
    stopped : int
        Held by a person.
    unknown : int
        Held because nobody knows whether they were sent.
    in_the_air : int
        Being sent right now; nothing can stop them.
    arrived : int
        Sent.
    awaiting : int
        Held until somebody approves.
    introductions : int
        Introductions among those not begun yet.
    """

    waiting: int
    stopped: int
    unknown: int
    in_the_air: int
    arrived: int
    awaiting: int
    introductions: int

    @property
    def cancellable(self) -> int:
        return self.waiting + self.stopped + self.unknown + self.awaiting


def reach(scope: Scope) -> Reach:
    """Count the texts of a scope in one query."""
    return reach_of(scope.condition())


def reach_of(wanted: Expression) -> Reach:
    """Count any texts in one query."""
    status = EventMessage.status
    is_held = status == MessageStatus.HELD
    conditions = (
        status.in_(WAITING),
        is_held & ~is_in_doubt() & ~awaits_approval(),
        is_held & is_in_doubt(),
        status == MessageStatus.SENDING,
        status.in_(ARRIVED),
        awaits_approval(),
        status.in_(WAITING) & (EventMessage.message_type == MessageType.INTRODUCTION),
    )
    columns = [fn.COUNT(EventMessage.id).filter(condition) for condition in conditions]
    is_outbound = EventMessage.direction == Direction.OUTBOUND
    return Reach(*EventMessage.select(*columns).where(wanted & is_outbound).tuples().get())


def cancellable_introductions(scope: Scope) -> int:
    """Count the introductions among the texts of a scope that can be taken back."""
    count: int = (
        EventMessage.select()
        .where(
            scope.condition()
            & (EventMessage.message_type == MessageType.INTRODUCTION)
            & EventMessage.status.in_(CANCELLABLE)
        )
        .count()
    )
    return count
