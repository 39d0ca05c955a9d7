"""Owns what is kept of a batch: the chosen pairs as rows, and the rules it ran by."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple

from matching import Pair, Rules
from models.base import db
from models.event import Event

# One parameter for all pairs: building thousands of rows of SQL took longer than storing them.
# Whoever was erased while the room was matched is not in it any more.
_STORE = """
    INSERT INTO event_peer_matches (event_id, run_id, contractor1_id, contractor2_id, match_type,
        match_criteria, match_score, match_reason)
    SELECT %(event_id)s, %(run_id)s, pair.*
    FROM jsonb_to_recordset(%(pairs)s) AS pair (contractor1_id int, contractor2_id int,
        match_type text, match_criteria jsonb, match_score numeric, match_reason text)
    WHERE NOT EXISTS (
        SELECT FROM contractors c WHERE c.erased_at IS NOT NULL
            AND c.id IN (pair.contractor1_id, pair.contractor2_id))
    ON CONFLICT (event_id, contractor1_id, contractor2_id) DO NOTHING
    RETURNING id, contractor1_id, contractor2_id
"""


class StoredMatch(NamedTuple):
    """A pair that was not there before."""

    id: int
    contractor1_id: int
    contractor2_id: int


def store_matches(event: Event, run_id: int | None, pairs: Iterable[Pair]) -> list[StoredMatch]:
    """Store the chosen pairs and return those that were not there yet.

    `run_id` is None for what a person chose.
    """
    rows = [
        {
            "contractor1_id": pair.contractor1_id,
            "contractor2_id": pair.contractor2_id,
            "match_type": pair.match_type,
            "match_criteria": dict(pair.match_criteria),
            "match_score": pair.match_score,
            "match_reason": pair.match_reason,
        }
        for pair in pairs
    ]
    cursor = db.execute_sql(
        _STORE, {"event_id": event.id, "run_id": run_id, "pairs": json.dumps(rows)}
    )
    return [StoredMatch(*row) for row in cursor.fetchall()]


def describe_rules(rules: Rules) -> dict[str, Any]:
    """Return the rules as JSON for the run's row."""
    described = asdict(rules)
    described["weights"] = dict(rules.weights) if rules.weights else None
    return described
