"""Adds approving introductions before they leave, and a pause of an event that lasts."""

from typing import Any

EVENTS = """
ALTER TABLE events
    ADD COLUMN paused_at TIMESTAMPTZ,
    ADD COLUMN paused_by VARCHAR(255),
    ADD COLUMN approval VARCHAR(255) NOT NULL DEFAULT 'off',
    ADD COLUMN approval_wait_minutes INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN approved_at TIMESTAMPTZ,
    ADD COLUMN approved_by VARCHAR(255),
    ADD CONSTRAINT approval_known CHECK (approval IN ('off', 'required', 'until_deadline')),
    ADD CONSTRAINT approval_wait_minutes_range CHECK (approval_wait_minutes BETWEEN 0 AND 240);
"""

# The planner looks each second which of them wait no longer.
MESSAGES = """
CREATE INDEX event_messages_approval ON event_messages (event_id, scheduled_time)
    WHERE status = 'held' AND held_because = 'approval';
"""


def up(migrator: Any, db: Any) -> None:
    for statement in (EVENTS, MESSAGES):
        db.execute_sql(statement)
