"""Owns what a person does to texts: cancel, hold, release, send again, settle.

None of these opens a transaction; the caller does. Each locks its texts in the order of their
ids, as a STOP does, so that two of them never wait for each other in a circle. A text that is
being sent is in the air: nothing here touches it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Case, Expression, fn

from models import delivery
from models.message import EventMessage
from models.message_status import (
    WAITING,
    Direction,
    HeldBecause,
    MessageCategory,
    MessageStatus,
    MessageType,
)
from models.peer_match import EventPeerMatch

CANCELLABLE = (*WAITING, MessageStatus.HELD)


@dataclass(frozen=True)
class Scope:
    """Which texts are meant: one, a match's, a person's (perhaps at one event), or an event's."""

    message_id: int | None = None
    match_id: int | None = None
    contractor_id: int | None = None
    event_id: int | None = None

    def __post_init__(self) -> None:
        given = [self.message_id, self.match_id, self.contractor_id]
        if self.contractor_id is None:
            given.append(self.event_id)
        elif self.message_id is None and self.match_id is None:
            return
        if sum(value is not None for value in given) != 1:
            raise ValueError("a scope is one text, one match, one person or one event")

    def condition(self) -> Expression:
        """Return the SQL of these texts; answers to STOP, START and HELP only by their own id."""
        if self.message_id is not None:
            return EventMessage.id == self.message_id
        if self.match_id is not None:
            return EventMessage.match == self.match_id
        wanted = ~is_compliance()
        if self.contractor_id is not None:
            wanted &= EventMessage.contractor == self.contractor_id
        if self.event_id is not None:
            wanted &= EventMessage.event == self.event_id
        return wanted


def is_compliance() -> Expression:
    """Return the SQL of an answer to STOP, START or HELP."""
    category = fn.coalesce(EventMessage.message_category, "")
    return category == MessageCategory.COMPLIANCE.value


def awaits_approval() -> Expression:
    """Return the SQL of a text that is held until somebody approves it."""
    because = fn.coalesce(EventMessage.held_because, "")
    held: Expression = EventMessage.status == MessageStatus.HELD
    return held & (because == HeldBecause.APPROVAL.value)


def gives_contacts(match_ids: list[int]) -> Any:
    """Return the SQL of texts that give the contacts of these matches away."""
    is_exchange = EventMessage.message_type == MessageType.CONTACT_EXCHANGE
    return EventMessage.match.in_(match_ids) & is_exchange


def cancel(wanted: Expression, *, reason: str) -> int:
    """Cancel what waits or is held among these texts; return how many."""
    return _move(wanted, CANCELLABLE, status=MessageStatus.CANCELLED, error_message=reason)


def hold(wanted: Expression, *, reason: str, because: HeldBecause = HeldBecause.PERSON) -> int:
    """Keep these texts from leaving until a person lets them; return how many.

    What a person holds is not let go by an approval of the rest, so those that wait for one are
    held as well.
    """
    may_be = EventMessage.status.in_(WAITING)
    if because == HeldBecause.PERSON:
        may_be |= awaits_approval()
    columns = {"held_because": because, "error_message": reason}
    return _move(wanted & may_be, CANCELLABLE, status=MessageStatus.HELD, **columns)


def release(wanted: Expression, *, now: datetime, because: HeldBecause = HeldBecause.PERSON) -> int:
    """Let texts that are held for a reason leave, at their time or now if it is past.

    Those that expired stay held. Returns how many there were.
    """
    is_kept = EventMessage.held_because == because
    held = (MessageStatus.HELD,)
    return _move(wanted & is_kept & _has_time(now), held, **_to_leave(now))


def send_again(message_id: int, *, now: datetime) -> bool:
    """Send a doubtful text once more, under its own key, from its first part that has not left."""
    wanted = (EventMessage.id == message_id) & is_in_doubt() & _has_time(now)
    columns = {**_to_leave(now), "is_doubtful": False, "claim_token": None}
    return bool(_move(wanted, (MessageStatus.HELD,), **columns))


def mark_as_sent(message_id: int, *, now: datetime) -> bool:
    """Settle a doubtful text: it is on the person's phone."""
    wanted = (EventMessage.id == message_id) & is_in_doubt()
    moved = _move(
        wanted,
        (MessageStatus.HELD,),
        status=MessageStatus.SENT,
        is_doubtful=False,
        claim_token=None,
        next_attempt_at=None,
        error_message=None,
        actual_send_time=now,
        parts_sent=fn.coalesce(fn.jsonb_array_length(EventMessage.part_texts), 1),
    )
    if not moved:
        return False
    message = EventMessage.get_by_id(message_id)
    if message.message_type == MessageType.INTRODUCTION and message.match_id:
        delivery.note_introduced(message, content=message.message_content or "", now=now)
    return True


def cancel_match(match_id: int, *, reason: str, now: datetime) -> int:
    """Cancel a match and what waits for it; return how many texts."""
    # The texts first: whoever settles one of them locks it before its match.
    cancelled = cancel(EventMessage.match == match_id, reason=reason)
    EventPeerMatch.update(cancelled_at=now).where(
        (EventPeerMatch.id == match_id) & EventPeerMatch.cancelled_at.is_null()
    ).execute()
    return cancelled


def is_in_doubt() -> Expression:
    """Held since nobody knows whether it left; rows of earlier versions do not say why."""
    because = fn.coalesce(EventMessage.held_because, HeldBecause.UNKNOWN.value)
    return (because == HeldBecause.UNKNOWN.value) | EventMessage.is_doubtful


def _has_time(now: datetime) -> Expression:
    return EventMessage.expires_at.is_null() | (EventMessage.expires_at > now)


def _to_leave(now: datetime) -> dict[str, Any]:
    """Return the columns of a held text that leaves after all; one whose time is past, now."""
    later = Case(None, [(EventMessage.scheduled_time > now, EventMessage.scheduled_time)], now)
    pause = EventMessage.next_attempt_at
    return {
        "status": MessageStatus.SCHEDULED,
        "scheduled_time": later,
        "next_attempt_at": Case(None, [(pause > now, pause)], None),
        "error_message": None,
    }


def _move(wanted: Expression, sources: tuple[MessageStatus, ...], **columns: Any) -> int:
    ids = lock(wanted, sources)
    if not ids:
        return 0
    columns = {"wake_at": None, "held_because": None, **columns}
    moved: int = EventMessage.update(**columns).where(EventMessage.id.in_(ids)).execute()
    return moved


def lock(wanted: Expression, sources: tuple[MessageStatus, ...]) -> list[int]:
    """Lock the outbound texts among these that have one of the statuses; return their ids."""
    locked = (
        EventMessage.select(EventMessage.id)
        .where(
            wanted
            & (EventMessage.direction == Direction.OUTBOUND)
            & EventMessage.status.in_(sources)
        )
        .order_by(EventMessage.id)
        .for_update()
    )
    return [row.id for row in locked]
