"""Owns what came of introductions, as learning reads it."""

from typing import NamedTuple

from models.base import db

MOST = 20_000

# The newest first: what people like changes, and so does who comes.
_ANSWERED = """
    SELECT m.match_criteria, m.contractor1_response, m.contractor2_response,
        m.feedback_contractor1, m.feedback_contractor2,
        coalesce(trim(first.job_title), '') <> '' AND coalesce(trim(second.job_title), '') <> ''
    FROM event_peer_matches m
    JOIN contractors first ON first.id = m.contractor1_id
    JOIN contractors second ON second.id = m.contractor2_id
    WHERE m.cancelled_at IS NULL AND m.match_criteria <> '{}'
        AND num_nonnulls(m.contractor1_response, m.contractor2_response,
            m.feedback_contractor1, m.feedback_contractor2) > 0
    ORDER BY m.id DESC LIMIT %s
"""
_LIKED = """
    SELECT contractor1_id, contractor2_id FROM event_peer_matches
    WHERE event_id = %s AND state = 'connected' AND cancelled_at IS NULL
"""


class Answered(NamedTuple):
    """One introduction that somebody answered; ratings are text of 1 to 10, or None."""

    criteria: dict[str, float]
    response1: str | None
    response2: str | None
    rating1: str | None
    rating2: str | None
    has_titles: bool


def answered() -> list[Answered]:
    """Return the newest introductions that were answered, of all events, at most 20,000."""
    return [Answered(*row) for row in db.execute_sql(_ANSWERED, (MOST,)).fetchall()]


def connected_pairs(event_id: int) -> set[tuple[int, int]]:
    """Return the pairs of an event at which both said yes, the lower id first."""
    return set(db.execute_sql(_LIKED, (event_id,)).fetchall())
