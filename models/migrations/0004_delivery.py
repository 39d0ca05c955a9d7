"""Adds what delivery remembers of a text: its parts, its doubts, why it waits, and its turn."""

from typing import Any

COLUMNS = """
ALTER TABLE event_messages
    ADD COLUMN part_texts JSONB,
    ADD COLUMN parts_sent INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN is_doubtful BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN held_because VARCHAR(255),
    ADD COLUMN failures INTEGER NOT NULL DEFAULT 0,
    ADD CONSTRAINT held_because_known
        CHECK (held_because IN ('unknown', 'person', 'approval'));
UPDATE event_messages SET held_because = 'unknown', is_doubtful = true WHERE status = 'held';
"""

# The order in which texts that are due take turns, event by event; see EventMessage.urgency.
TURNS = """
CREATE INDEX event_messages_turns ON event_messages (
    event_id,
    (CASE message_category WHEN 'compliance' THEN 0 WHEN 'reply' THEN 0 WHEN 'notice' THEN 1
        WHEN 'follow_up' THEN 3 ELSE 2 END),
    (COALESCE(next_attempt_at, scheduled_time))
) WHERE status = 'scheduled';
"""

# One look at what needs a person, and at what can be pruned, without reading every text.
REST = """
CREATE INDEX event_messages_trouble ON event_messages (id) WHERE status IN ('failed', 'held');
CREATE INDEX event_messages_payloads ON event_messages (created_at)
    WHERE raw_payload IS NOT NULL;
CREATE INDEX event_messages_reports ON event_messages (created_at)
    WHERE (delivery_report #>> '{reports}') IS NOT NULL;
CREATE UNIQUE INDEX event_messages_one_notice
    ON event_messages (event_id, contractor_id, message_type)
    WHERE message_type = 'event_cancelled' AND status NOT IN ('failed', 'cancelled');
"""


def up(migrator: Any, db: Any) -> None:
    for statement in (COLUMNS, TURNS, REST):
        db.execute_sql(statement)
