"""Owns what becomes of one text on its way out: refused with a reason, or written down as it ended.

None of these opens a transaction; the caller does.
"""

from datetime import datetime
from typing import Any

from models.base import db
from models.claiming import Claim, Text
from models.contractor import Contractor
from models.message import EventMessage, transition
from models.message_status import MessageCategory, MessageStatus, MessageType
from models.peer_match import EventPeerMatch

PEER_LEFT = "the other person opted out (STOP)"
# What is of no use, or not allowed, once the other one of the two wants no texts.
_NEEDS_BOTH = (
    MessageType.INTRODUCTION,
    MessageType.CONTACT_EXCHANGE,
    MessageType.BREAK_PROMPT,
    MessageType.YES_REMINDER,
    MessageType.REVEALING_REMINDER,
)

# A text that the lease was taken from is held with the token of whoever had it: should n8n have
# accepted it after all, it is sent.
_SENT = """
WITH sent AS (
    UPDATE event_messages SET status = 'sent', actual_send_time = %(now)s, error_message = NULL,
        next_attempt_at = NULL, ghl_message_id = coalesce(%(ghl_message_id)s, ghl_message_id),
        ghl_contact_id = coalesce(%(ghl_contact_id)s, ghl_contact_id), parts_sent = %(part)s,
        is_doubtful = false, held_because = NULL, claim_token = NULL, lease_until = NULL
    WHERE id = %(id)s AND claim_token = %(token)s AND status IN ('sending', 'held')
    RETURNING match_id, message_type, message_content, delivery_report
), introduced AS (
    UPDATE event_peer_matches m
    SET introduction_sent_time = %(now)s, introduction_message = sent.message_content
    FROM sent
    WHERE m.id = sent.match_id AND sent.message_type = 'peer_match_introduction'
        AND m.introduction_sent_time IS NULL
)
SELECT delivery_report FROM sent
"""
_PART_SENT = """
UPDATE event_messages SET status = 'scheduled', next_attempt_at = %(now)s, error_message = NULL,
    ghl_message_id = coalesce(%(ghl_message_id)s, ghl_message_id),
    ghl_contact_id = coalesce(%(ghl_contact_id)s, ghl_contact_id), parts_sent = %(part)s,
    is_doubtful = false, held_because = NULL, claim_token = NULL, lease_until = NULL
WHERE id = %(id)s AND claim_token = %(token)s AND status IN ('sending', 'held')
RETURNING delivery_report
"""


def refusal(text: Text) -> str | None:
    """Return why this text may not be sent, in words, or None when it may."""
    if text.phone is None:
        return "there is no phone number"
    # Whoever asks how to stop gets an answer, whatever became of the event.
    if text.message_category == MessageCategory.COMPLIANCE:
        return None
    if text.is_event_cancelled and text.message_type != MessageType.EVENT_CANCELLED:
        return "the event was cancelled"
    if text.is_match_cancelled:
        return "the match was cancelled"
    if text.is_kind_off:
        return "the event does not send this kind of text"
    if text.has_opted_out:
        return "the person opted out (STOP)"
    if text.contractor_id and text.event_id and not text.has_consented:
        return "the person has not agreed to texts"
    if text.has_peer_opted_out and text.message_type in _NEEDS_BOTH:
        return PEER_LEFT
    return None


def note_accepted(
    claim: Claim, *, ghl_message_id: str | None, ghl_contact_id: str | None, now: datetime
) -> tuple[bool, dict[str, Any] | None]:
    """Write down that n8n took this part: the text is sent, or its next part is due.

    Returns
    -------
    tuple
        Whether the claim still held or left the text held, and what the provider has reported.
    """
    values = {
        "id": claim.text.id,
        "token": claim.token,
        "part": claim.part,
        "now": now,
        # The column names the first part; reports name the others.
        "ghl_message_id": ghl_message_id if claim.part == 1 else None,
        "ghl_contact_id": ghl_contact_id,
    }
    written = db.execute_sql(_SENT if claim.is_last_part else _PART_SENT, values).fetchone()
    return (True, written[0]) if written else (False, None)


def finish(message_id: int, token: str | None, target: MessageStatus, **columns: object) -> bool:
    """Write the result of the attempt that holds the token; False when it no longer does."""
    return transition(
        message_id,
        MessageStatus.SENDING,
        target,
        EventMessage.claim_token == token,
        claim_token=None,
        lease_until=None,
        **columns,
    )


def note_introduced(message: EventMessage, *, content: str, now: datetime) -> None:
    """Say on the match when its first introduction went out, and how it read."""
    EventPeerMatch.update(introduction_sent_time=now, introduction_message=content).where(
        (EventPeerMatch.id == message.match_id) & EventPeerMatch.introduction_sent_time.is_null()
    ).execute()


def learn_contact(contractor_id: int, ghl_contact_id: str) -> None:
    """Keep which contact a person is at the provider; not while somebody else has their row.

    The next text learns it too, and the result of this one must not wait for a long import.
    """
    free = (
        Contractor.select(Contractor.id)
        .where(
            (Contractor.id == contractor_id)
            & Contractor.ghl_contact_id.is_null()
            & Contractor.erased_at.is_null()
        )
        .for_update("FOR NO KEY UPDATE SKIP LOCKED")
    )
    Contractor.update(ghl_contact_id=ghl_contact_id).where(
        Contractor.id.in_([row.id for row in free])
    ).execute()
