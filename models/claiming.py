"""Owns taking one text for sending and writing how that ended, each in as few statements as it can.

None of these opens a transaction; the caller does. The SQL is written out, because this is what
every single text costs, and building it anew took more time than PostgreSQL did.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg2.extras import Json

from models.base import db
from models.message_status import UNSOLICITED, MessageType
from models.on_a_phone import listed, perhaps_left_at
from models.prepared import Prepared

PERSON_LOCK = 0x70657273  # "pers"
INTRODUCTIONS = (MessageType.INTRODUCTION.value, MessageType.TEST_INTRODUCTION.value)


class Text(NamedTuple):
    """One outbound text with all that decides whether, to whom and how it is sent.

    `read_at` is the one moment at which all that is decided. `is_first` and `introductions` are
    known only where the words depend on them: an introduction that is not worded yet. `template`
    are the event's own words for this kind of text, if it has any. `enough_until`: this person has
    had, or may have had, so many unsolicited texts that another has to wait; a prompt that somebody
    asked for by LATER never waits. `is_paused`: nothing of its event leaves but answers to STOP,
    START and HELP. `awaits_approval`: an introduction that has not begun to leave, and that nobody
    has approved.
    """

    id: int
    event_id: int | None
    contractor_id: int | None
    match_id: int | None
    message_type: str
    message_category: str | None
    status: str
    scheduled_time: datetime | None
    due: datetime | None
    expires_at: datetime | None
    attempts: int
    content: str | None
    data: Any
    send_key: str
    reply_number: int | None
    part_texts: list[str] | None
    parts_sent: int
    is_doubtful: bool
    delivery_report: dict[str, Any] | None
    phone: str | None
    first_name: str | None
    person_contact_id: str | None
    row_contact_id: str | None
    ghl_location_id: str | None
    event_name: str | None
    sender_name: str | None
    geographic: float | None
    is_event_cancelled: bool
    is_match_cancelled: bool
    has_opted_out: bool
    has_consented: bool
    others_in_the_air: int
    others_lease_until: datetime | None
    is_first: bool | None
    introductions: int | None
    has_peer_opted_out: bool
    enough_until: datetime | None
    template: str | None
    is_kind_off: bool
    is_paused: bool
    awaits_approval: bool
    request_id: str | None
    read_at: datetime


# The columns stand in the order of `Text`. Planning this took ten times as long as running it.
_READ = Prepared(
    "integer, timestamptz, integer",
    """
SELECT t.id, t.event_id, t.contractor_id, t.match_id, t.message_type, t.message_category, t.status,
    t.scheduled_time, coalesce(t.next_attempt_at, t.scheduled_time) AS due, t.expires_at,
    t.attempts, t.message_content AS content, t.personalization_data AS data,
    t.send_key::text AS send_key, t.reply_number, t.part_texts, t.parts_sent, t.is_doubtful,
    t.delivery_report, p.phone, c.first_name, c.ghl_contact_id AS person_contact_id,
    t.ghl_contact_id AS row_contact_id, t.ghl_location_id, e.name AS event_name,
    coalesce(nullif(e.from_name, ''), e.name) AS sender_name,
    m.match_criteria -> 'geographic' AS geographic,
    e.cancelled_at IS NOT NULL AS is_event_cancelled,
    m.cancelled_at IS NOT NULL OR EXISTS (
        SELECT FROM contractors o
        WHERE o.id IN (m.contractor1_id, m.contractor2_id) AND o.erased_at IS NOT NULL
    ) AS is_match_cancelled,
    EXISTS (
        SELECT 1 FROM sms_opt_outs o WHERE o.phone = p.phone AND o.lifted_at IS NULL
    ) AS has_opted_out,
    EXISTS (
        SELECT 1 FROM event_attendees a
        WHERE a.event_id = t.event_id AND a.contractor_id = t.contractor_id AND a.sms_opt_in
    ) AS has_consented,
    air.texts AS others_in_the_air, air.lease_until AS others_lease_until,
    CASE WHEN w.is_to_be_worded THEN NOT EXISTS (
        SELECT 1 FROM event_messages o
        WHERE o.event_id = t.event_id AND o.contractor_id = t.contractor_id
            AND o.message_type = 'peer_match_introduction'
            AND o.status IN ('sent', 'delivered', 'responded')
    ) END AS is_first,
    CASE WHEN w.is_to_be_worded THEN (
        SELECT count(*) FROM event_messages o
        WHERE o.event_id = t.event_id AND o.contractor_id = t.contractor_id
            AND o.message_type = 'peer_match_introduction'
            AND o.status NOT IN ('failed', 'cancelled')
    ) END AS introductions,
    m.id IS NOT NULL AND EXISTS (
        SELECT 1 FROM contractors o JOIN sms_opt_outs x ON x.phone = o.phone
        WHERE o.id IN (m.contractor1_id, m.contractor2_id) AND o.id <> t.contractor_id
            AND x.lifted_at IS NULL
    ) AS has_peer_opted_out,
    enough.until AS enough_until,
    own.template, NOT coalesce(own.is_on, true) AS is_kind_off,
    e.paused_at IS NOT NULL AND e.cancelled_at IS NULL
        AND coalesce(t.message_category, '') <> 'compliance' AS is_paused,
    t.message_type = 'peer_match_introduction' AND t.parts_sent = 0 AND NOT t.is_doubtful
        AND e.approved_at IS NULL AND CASE e.approval
            WHEN 'required' THEN true
            WHEN 'until_deadline' THEN n.read_at < t.scheduled_time
                + e.approval_wait_minutes * interval '1 minute' / e.time_scale
            ELSE false
        END AS awaits_approval,
    t.request_id,
    n.read_at
FROM event_messages t
CROSS JOIN LATERAL (SELECT coalesce($2, clock_timestamp()) AS read_at) n
LEFT JOIN events e ON e.id = t.event_id
LEFT JOIN event_peer_matches m ON m.id = t.match_id
LEFT JOIN contractors c ON c.id = t.contractor_id
CROSS JOIN LATERAL (
    SELECT nullif(CASE WHEN t.contractor_id IS NULL THEN t.phone ELSE c.phone END, '') AS phone
) p
CROSS JOIN LATERAL (
    SELECT coalesce(t.message_content, '') = ''
        AND t.message_type IN ('peer_match_introduction', 'test_introduction') AS is_to_be_worded,
        t.message_type = 'break_prompt' AND coalesce(CASE WHEN t.contractor_id = m.contractor1_id
            THEN m.contractor1_response ELSE m.contractor2_response END, '') = 'later'
            AS is_asked_for
) w
LEFT JOIN event_texts own ON own.event_id = t.event_id AND own.message_type =
    CASE WHEN w.is_to_be_worded THEN 'peer_match_introduction' ELSE t.message_type END
CROSS JOIN LATERAL (
    SELECT count(*) AS texts, max(o.lease_until) AS lease_until FROM event_messages o
    WHERE o.contractor_id = t.contractor_id AND o.status = 'sending' AND o.id <> t.id
) air
CROSS JOIN LATERAL (
    SELECT interval '1 hour' / coalesce(e.time_scale, 1) AS hour
) h
LEFT JOIN LATERAL (
    SELECT {left_at} + h.hour AS until FROM event_messages o
    WHERE t.message_type IN ({unsolicited}) AND t.parts_sent = 0 AND NOT w.is_asked_for
        AND o.contractor_id = t.contractor_id
        AND o.message_type IN ({unsolicited}) AND o.id <> t.id
        AND {left_at} > n.read_at - h.hour
    ORDER BY {left_at} DESC OFFSET $3 - 1 LIMIT 1
) enough ON true
WHERE t.id = $1
""",
    unsolicited=listed(UNSOLICITED),
    left_at=perhaps_left_at("o", "n.read_at"),
)
# Materialised, so that the person is locked after the text and never before it.
_LOCK = """
WITH locked AS MATERIALIZED (
    SELECT contractor_id FROM event_messages WHERE id = %s FOR UPDATE
)
SELECT pg_advisory_xact_lock(%s, contractor_id) FROM locked
"""
_TAKE = """
UPDATE event_messages SET status = 'sending', attempts = attempts + 1, lease_until = %(until)s,
    claim_token = %(token)s, message_content = %(content)s, part_texts = %(parts)s,
    phone = %(phone)s, wake_at = NULL
WHERE id = %(id)s
"""


@dataclass(frozen=True)
class Claim:
    """A text that this process, and no other, is sending: the next of its parts."""

    text: Text
    token: str
    content: str
    part_texts: list[str]

    @property
    def part(self) -> int:
        """Which part it is, from 1."""
        return self.text.parts_sent + 1

    @property
    def is_last_part(self) -> bool:
        return self.part >= len(self.part_texts)


def lock(message_id: int) -> bool:
    """Lock one text, and then whom it is for; False when there is no such text.

    Two texts to one person are decided one after the other. What they wait for is not the
    person's row, which a long import would keep from every sender.
    """
    return db.execute_sql(_LOCK, (message_id, PERSON_LOCK)).fetchone() is not None


def read(message_id: int, *, now: datetime | None, per_hour: int) -> Text:
    """Return a text as it is; after `lock`, as it is once it is locked.

    Parameters
    ----------
    per_hour : int
        How many unsolicited texts a person may have within an hour of the event's time.
    now : datetime or None
        What to decide by in place of the database's own time.
    """
    return Text._make(_READ.execute(message_id, now, per_hour).fetchone())


def take(text: Text, *, content: str, part_texts: list[str], lease: timedelta) -> Claim:
    """Claim a locked text for sending; the token proves the claim when the result is written."""
    token = str(uuid.uuid4())
    values = {
        "id": text.id,
        "token": token,
        "until": text.read_at + lease,
        "content": content,
        "parts": Json(part_texts) if len(part_texts) > 1 else None,
        "phone": text.phone,
    }
    db.execute_sql(_TAKE, values)
    return Claim(text, token, content, part_texts)
