"""Owns who is not to be matched with whom again, and whose introductions still take up room."""

from models.base import db

# Those of this event, and at other events those that were settled between two who attend this one:
# connected, declined, or met before they were introduced.
_PAIRS = """
    SELECT m.contractor1_id, m.contractor2_id,
        m.cancelled_at IS NULL AND m.state NOT IN ('declined', 'met_already')
        AND (m.state = 'connected' OR NOT EXISTS (
            SELECT 1 FROM contractors c
            JOIN sms_opt_outs x ON x.phone = c.phone AND x.lifted_at IS NULL
            WHERE c.id IN (m.contractor1_id, m.contractor2_id)))
    FROM event_peer_matches m WHERE m.event_id = %(event_id)s
    UNION
    SELECT m.contractor1_id, m.contractor2_id, false
    FROM event_attendees first
    JOIN event_peer_matches m ON m.contractor1_id = first.contractor_id
        AND m.state IN ('declined', 'met_already', 'connected') AND m.event_id <> %(event_id)s
    JOIN event_attendees second ON second.contractor_id = m.contractor2_id
        AND second.event_id = %(event_id)s
    WHERE first.event_id = %(event_id)s
"""


def pairs_at(event_id: int) -> list[tuple[int, int, bool]]:
    """Return every pair that an event may not make, and whether it takes up room there.

    Room is taken by an introduction that stands: neither cancelled, nor declined, nor of two who
    had met already, nor left open by somebody who has opted out.
    """
    return list(db.execute_sql(_PAIRS, {"event_id": event_id}).fetchall())
