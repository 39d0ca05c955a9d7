"""Owns planning introductions: two texts for each match, one for each of its people."""

from datetime import datetime

from models import approval, log_context, schedule, usefulness
from models.base import db
from models.event import Event
from models.message import EventMessage
from models.message_status import HeldBecause, MessageCategory, MessageStatus, MessageType

TEST_DATA = {
    "match_id": None,
    "peer_contractor_id": None,
    "peer_name": "Zeek Test",
    "peer_company": "Zeek Co",
    "peer_location": "Houston, TX",
    "match_reason": "both focused on controlling lead flow and hiring sales leadership",
    "match_score": 0.73,
}

# Each match is seen from both of its sides; `me` gets the text, `peer` is whom it is about.
# Whoever has introductions already goes on counting from their highest reply number. One that was
# cancelled while it was in doubt may be on the phone: it is not planned again.
_PLAN = """
    INSERT INTO event_messages (event_id, contractor_id, match_id, message_type, message_category,
        status, held_because, error_message, scheduled_time, expires_at, phone,
        personalization_data, reply_number, request_id)
    SELECT m.event_id, me.id, m.id, %(message_type)s, %(message_category)s,
        %(status)s, %(held_because)s, %(error_message)s, %(leave_at)s, %(expires_at)s, me.phone,
        jsonb_build_object(
            'match_id', m.id,
            'peer_contractor_id', peer.id,
            'peer_name', trim(peer.first_name || ' ' || peer.last_name),
            'peer_company', peer.company_name,
            'peer_location', peer.service_area,
            'match_reason', m.match_reason,
            'match_score', m.match_score),
        coalesce(taken.highest, 0) + row_number() OVER (PARTITION BY me.id ORDER BY m.id),
        %(request_id)s
    FROM event_peer_matches m
    CROSS JOIN LATERAL (
        VALUES (m.contractor1_id, m.contractor2_id), (m.contractor2_id, m.contractor1_id)
    ) AS side (me_id, peer_id)
    JOIN contractors me ON me.id = side.me_id
    JOIN contractors peer ON peer.id = side.peer_id
    LEFT JOIN (
        SELECT contractor_id, max(reply_number) AS highest FROM event_messages
        WHERE event_id = %(event_id)s AND message_type = %(message_type)s
        GROUP BY contractor_id
    ) taken ON taken.contractor_id = me.id
    WHERE m.id = ANY(%(match_ids)s)
        AND NOT EXISTS (
            SELECT 1 FROM event_messages earlier
            WHERE earlier.match_id = m.id AND earlier.contractor_id = me.id
                AND earlier.message_type = %(message_type)s
                AND earlier.status = 'cancelled'
                AND (earlier.is_doubtful OR earlier.parts_sent > 0))
    ORDER BY m.id, me.id
    ON CONFLICT (match_id, contractor_id, message_type)
        WHERE message_type = 'peer_match_introduction' AND status NOT IN ('failed', 'cancelled')
        DO NOTHING
"""

# Worded anew when it leaves; its key is a new one, so nothing of it may have left before.
_PLAN_ANEW = """
    INSERT INTO event_messages (event_id, contractor_id, match_id, message_type, message_category,
        status, held_because, error_message, scheduled_time, expires_at, phone,
        personalization_data, reply_number, retry_of_id, request_id)
    SELECT event_id, contractor_id, match_id, message_type, message_category,
        %(status)s, %(held_because)s, %(error_message)s, %(leave_at)s, %(expires_at)s, phone,
        personalization_data, reply_number, id, %(request_id)s
    FROM event_messages
    WHERE id = ANY(%(ids)s) AND status = 'failed' AND NOT is_doubtful AND parts_sent = 0
    ORDER BY id
    ON CONFLICT (match_id, contractor_id, message_type)
        WHERE message_type = 'peer_match_introduction' AND status NOT IN ('failed', 'cancelled')
        DO NOTHING
"""


def schedule_introductions(
    event: Event, match_ids: list[int], *, now: datetime, leave_at: datetime | None = None
) -> int:
    """Plan both texts of each match, for the moment the agenda gives; return how many.

    Those that come in place of others take the time of these, or now where that is past.

    The caller opens the transaction that also stores the matches, so that a match and its
    texts are there together or not at all. A text that is there already is left alone. One
    statement for all of them, since a batch of 2,000 people plans nearly 6,000 texts.
    """
    cursor = db.execute_sql(
        _PLAN,
        {
            "event_id": event.id,
            "match_ids": match_ids,
            "leave_at": max(leave_at or schedule.introductions_time(event, now=now), now),
            "expires_at": event.last_moment,
            "message_type": MessageType.INTRODUCTION.value,
            "message_category": MessageCategory.PEER_MATCHING.value,
            **_beginning(event),
        },
    )
    planned: int = cursor.rowcount
    return planned


def plan_anew(event: Event, ids: list[int], *, leave_at: datetime) -> int:
    """Plan failed introductions of an event once more, each as a new text; return how many.

    Those of which something may have left, and those that are planned already, are passed over.
    """
    values = {"ids": ids, "leave_at": leave_at, "expires_at": event.last_moment}
    values |= _beginning(event)
    planned: int = db.execute_sql(_PLAN_ANEW, values).rowcount
    return planned


def _beginning(event: Event) -> dict[str, str | None]:
    """Return the columns that a new introduction begins with: where asked for, until approved."""
    caused_by = {"request_id": log_context.request_id()}
    if not event.awaits_approval:
        began = {"status": MessageStatus.SCHEDULED, "held_because": None, "error_message": None}
        return {**caused_by, **began}
    return {
        **caused_by,
        "status": MessageStatus.HELD.value,
        "held_because": HeldBecause.APPROVAL.value,
        "error_message": approval.WAITS,
    }


def schedule_test(phone: str, *, now: datetime) -> int:
    """Plan one sample introduction to a phone that no event knows; return the message's id."""
    inserted: int = EventMessage.insert(
        message_type=MessageType.TEST_INTRODUCTION,
        message_category=MessageCategory.TEST,
        scheduled_time=now,
        expires_at=now + usefulness.A_TEST,
        phone=phone,
        personalization_data=TEST_DATA,
    ).execute()
    return inserted
