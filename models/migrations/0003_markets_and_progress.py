"""Adds how near two markets count as one, and how far a batch has come."""

from typing import Any

COLUMNS = """
ALTER TABLE events
    ADD COLUMN max_same_market_miles INTEGER DEFAULT 50,
    ADD CONSTRAINT max_same_market_miles_range CHECK (max_same_market_miles BETWEEN 1 AND 500);
ALTER TABLE matching_runs
    ADD COLUMN progress JSONB NOT NULL DEFAULT '{}';
"""


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(COLUMNS)
