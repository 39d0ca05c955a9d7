"""Owns the doubt whether a text is on somebody's phone: how it is kept, and what ends it.

A text in doubt never fails and is never planned anew: with a new key it could arrive twice.
None of these opens a transaction; the caller does.
"""

from datetime import datetime
from typing import Any, Protocol

from models import delivery, receipts
from models.message import EventMessage, transition
from models.message_status import KEPT_BY_A_PERSON, HeldBecause, MessageStatus, MessageType

MAY_BE_SENT = "it may have been sent"


class Attempted(Protocol):
    """A text of which something may have left."""

    @property
    def is_doubtful(self) -> bool: ...
    @property
    def part_texts(self) -> list[str] | None: ...
    @property
    def parts_sent(self) -> int: ...
    @property
    def delivery_report(self) -> dict[str, Any] | None: ...


def has_left(text: Attempted) -> bool:
    """Whether some of it is or may be on a phone."""
    return text.is_doubtful or text.parts_sent > 0 or is_settled(text)


def is_settled(text: Attempted) -> bool:
    """Whether the provider has reported a part that we do not know to have left."""
    return parts_accepted(text) > text.parts_sent


def parts_of(text: Attempted) -> int:
    """Return in how many parts it goes out."""
    return len(text.part_texts or [""])


def parts_accepted(text: Attempted) -> int:
    """Return the last of its parts that the provider says it has."""
    return receipts.parts_accepted(text.delivery_report, parts_of(text))


def hold(
    message_id: int,
    source: MessageStatus,
    reason: str,
    *conditions: Any,
    now: datetime,
    is_doubtful: bool = True,
    **columns: Any,
) -> None:
    """Leave a text to a person, unless what the provider reported settles it already."""
    held = transition(
        message_id,
        source,
        MessageStatus.HELD,
        *conditions,
        error_message=f"{reason}; {MAY_BE_SENT}" if is_doubtful else reason,
        held_because=HeldBecause.UNKNOWN,
        is_doubtful=is_doubtful,
        lease_until=None,
        wake_at=None,
        **columns,
    )
    if held:
        settle(EventMessage.get_by_id(message_id), now)


def settle(message: EventMessage, now: datetime) -> bool:
    """Let what was reported end the doubt about a held text; whether it did.

    A report on an earlier part says nothing of the one that is in doubt, and with parts left to
    send the text goes on with the next of them, unless a person keeps it.
    """
    if not is_settled(message):
        return False
    parts, accepted = parts_of(message), parts_accepted(message)
    columns: dict[str, Any] = {"parts_sent": accepted, "is_doubtful": False, "claim_token": None}
    if accepted < parts:
        _go_on(message, now, columns)
        return True
    sent_at = message.actual_send_time or now
    columns |= {"actual_send_time": sent_at, "error_message": None, "held_because": None}
    transition(message.id, MessageStatus.HELD, MessageStatus.SENT, next_attempt_at=None, **columns)
    if message.message_type == MessageType.INTRODUCTION and message.match_id:
        delivery.note_introduced(message, content=message.message_content or "", now=sent_at)
    follow(message.id, message.delivery_report, parts)
    return True


def note_arrived(message: EventMessage) -> bool:
    """Remember of a failed text that the provider has it after all; whether that is so.

    It stays failed, since that was the last word on it, but nobody may send it anew.
    """
    report, parts = message.delivery_report, parts_of(message)
    if not is_settled(message) or receipts.first_failed(report, parts):
        return False
    EventMessage.update(is_doubtful=True).where(EventMessage.id == message.id).execute()
    return True


def _go_on(message: EventMessage, now: datetime, columns: dict[str, Any]) -> None:
    if message.held_because in KEPT_BY_A_PERSON:
        EventMessage.update(**columns).where(EventMessage.id == message.id).execute()
        return
    columns |= {"error_message": None, "held_because": None, "next_attempt_at": now}
    transition(message.id, MessageStatus.HELD, MessageStatus.SCHEDULED, **columns)


def follow(message_id: int, report: dict[str, Any] | None, parts: int) -> bool:
    """Move a sent text to where its reports say it ended; whether they say so."""
    ended = receipts.verdict(report, parts)
    if ended is None:
        return False
    if ended in receipts.DELIVERED:
        return transition(message_id, MessageStatus.SENT, MessageStatus.DELIVERED)
    columns: dict[str, Any] = {}
    what = "it"
    if parts > 1:
        failed = receipts.first_failed(report, parts) or 1
        what = f"part {failed} of {parts}"
        # Should a person try it again, that begins with this part, not with one that arrived.
        columns["parts_sent"] = failed - 1
    reason = f"the provider could not deliver {what}: {(report or {}).get('error') or ended}"
    return transition(
        message_id, MessageStatus.SENT, MessageStatus.FAILED, error_message=reason, **columns
    )
