"""Owns what still keeps texts from leaving when a person lets them: an approval, or a pause."""

from datetime import datetime
from typing import NamedTuple

from peewee import Expression, fn

from models import approval
from models.event import Event
from models.message import EventMessage
from models.steering import is_compliance


class Obstacles(NamedTuple):
    """How many texts wait for an approval first, and how many of the others for a pause to end."""

    unapproved: int
    paused: int


def obstacles(wanted: Expression, *, now: datetime) -> Obstacles:
    """Count what would keep these texts, were they let go now; one query."""
    leaves_at = fn.GREATEST(EventMessage.scheduled_time, now)
    is_unapproved = approval.may_wait() & approval.is_needed(leaves_at, now)
    is_paused = Event.paused_at.is_null(False) & Event.cancelled_at.is_null() & ~is_compliance()
    found = (
        EventMessage.select(
            fn.COUNT(EventMessage.id).filter(is_unapproved),
            fn.COUNT(EventMessage.id).filter(is_paused & ~is_unapproved),
        )
        .join(Event)
        .where(wanted)
        .tuples()
        .get()
    )
    return Obstacles(*found)
