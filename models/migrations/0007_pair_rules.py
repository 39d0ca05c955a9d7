"""Adds what an organiser rules about a pair, and what a run could not make of it."""

from typing import Any

RULES = """
CREATE TABLE event_pair_rules (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    contractor1_id INTEGER NOT NULL REFERENCES contractors (id) ON DELETE CASCADE,
    contractor2_id INTEGER NOT NULL REFERENCES contractors (id) ON DELETE CASCADE,
    rule VARCHAR(255) NOT NULL,
    reason TEXT,
    made_by VARCHAR(255) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT lower_id_first CHECK (contractor1_id < contractor2_id),
    CONSTRAINT rule_known CHECK (rule IN ('forbid', 'require'))
);
CREATE UNIQUE INDEX event_pair_rules_event_id_contractor1_id_contractor2_id
    ON event_pair_rules (event_id, contractor1_id, contractor2_id);
CREATE INDEX event_pair_rules_contractor1_id ON event_pair_rules (contractor1_id);
CREATE INDEX event_pair_rules_contractor2_id ON event_pair_rules (contractor2_id);
"""

RUNS = """
ALTER TABLE matching_runs ADD COLUMN not_made JSONB NOT NULL DEFAULT '[]';
"""


def up(migrator: Any, db: Any) -> None:
    for statement in (RULES, RUNS):
        db.execute_sql(statement)
