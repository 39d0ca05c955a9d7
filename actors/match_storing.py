"""Owns what is kept of a batch: the chosen pairs as rows, and the rules it ran by."""

from dataclasses import asdict
from typing import Any

from matching import BatchResult, Rules
from models.event import Event
from models.matching_run import MatchingRun
from models.peer_match import EventPeerMatch


def store_matches(event: Event, run: MatchingRun, result: BatchResult) -> list[EventPeerMatch]:
    """Store the chosen pairs and return those that were not there yet."""
    rows = [
        {
            "event": event.id,
            "run": run.id,
            "contractor1": pair.contractor1_id,
            "contractor2": pair.contractor2_id,
            "match_type": pair.match_type,
            "match_criteria": dict(pair.match_criteria),
            "match_score": str(pair.match_score),
            "match_reason": pair.match_reason,
        }
        for pair in result.pairs
    ]
    if not rows:
        return []
    return list(
        EventPeerMatch.insert_many(rows).on_conflict_ignore().returning(EventPeerMatch).execute()
    )


def describe_rules(rules: Rules) -> dict[str, Any]:
    """Return the rules as JSON for the run's row."""
    described = asdict(rules)
    described["weights"] = dict(rules.weights) if rules.weights else None
    return described
