"""Adds the conversation: where a match stands, what is said once, the inbox, an event's own words."""

from typing import Any

EVENTS = """
ALTER TABLE events
    ADD COLUMN weights JSONB,
    ADD COLUMN refills BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN reminder_minutes INTEGER NOT NULL DEFAULT 15,
    ADD COLUMN reminder_reveals_yes BOOLEAN NOT NULL DEFAULT false,
    ADD CONSTRAINT reminder_minutes_range CHECK (reminder_minutes BETWEEN 1 AND 240);
CREATE TABLE event_texts (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    message_type VARCHAR(255) NOT NULL,
    is_on BOOLEAN NOT NULL DEFAULT true,
    template TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX event_texts_event_id_message_type ON event_texts (event_id, message_type);
"""

MATCHES = """
ALTER TABLE event_peer_matches
    ADD COLUMN state VARCHAR(255) NOT NULL DEFAULT 'open',
    ADD COLUMN contractor1_responded_at TIMESTAMPTZ,
    ADD COLUMN contractor2_responded_at TIMESTAMPTZ,
    ADD COLUMN later_at TIMESTAMPTZ,
    ADD COLUMN connected_at TIMESTAMPTZ,
    ADD COLUMN contractor1_met BOOLEAN,
    ADD COLUMN contractor2_met BOOLEAN,
    ADD COLUMN contractor1_met_at TIMESTAMPTZ,
    ADD COLUMN contractor2_met_at TIMESTAMPTZ,
    ADD COLUMN follow_up_at TIMESTAMPTZ,
    ADD CONSTRAINT state_known
        CHECK (state IN ('open', 'later', 'connected', 'declined', 'met_already'));
CREATE INDEX event_peer_matches_settled ON event_peer_matches (contractor1_id, contractor2_id)
    WHERE state IN ('declined', 'met_already', 'connected');
CREATE INDEX event_peer_matches_follow_up ON event_peer_matches (follow_up_at)
    WHERE follow_up_at IS NOT NULL;
"""

MESSAGES = """
ALTER TABLE event_messages
    ADD COLUMN occasion VARCHAR(255),
    ADD COLUMN inbox_reason TEXT,
    ADD COLUMN inbox_done_at TIMESTAMPTZ;
CREATE INDEX event_messages_inbox ON event_messages (id)
    WHERE inbox_reason IS NOT NULL AND inbox_done_at IS NULL;
CREATE UNIQUE INDEX event_messages_one_occasion ON event_messages (contractor_id, occasion)
    WHERE occasion IS NOT NULL AND retry_of_id IS NULL;
"""


def up(migrator: Any, db: Any) -> None:
    for statement in (EVENTS, MATCHES, MESSAGES):
        db.execute_sql(statement)
