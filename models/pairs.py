"""Owns who is not to be matched with whom again, and whose introductions still take up room."""

from typing import Any

from models.base import db
from models.event import Event
from models.pair_rule import EventPairRule, IdPair
from models.peer_match import CLOSED_STATES, EventPeerMatch, MatchState

# Those of this event, and at other events those that were settled between two who attend this one:
# connected, declined, or met before they were introduced.
_PAIRS = """
    SELECT m.contractor1_id, m.contractor2_id,
        m.cancelled_at IS NULL AND m.state NOT IN ('declined', 'met_already')
        AND (m.state = 'connected' OR NOT EXISTS (
            SELECT 1 FROM contractors c
            LEFT JOIN sms_opt_outs x ON x.phone = c.phone AND x.lifted_at IS NULL
            WHERE c.id IN (m.contractor1_id, m.contractor2_id)
                AND (x.id IS NOT NULL OR c.erased_at IS NOT NULL)))
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
    had met already, nor left open by somebody who has opted out or was erased.
    """
    return list(db.execute_sql(_PAIRS, {"event_id": event_id}).fetchall())


def match_of(event_id: int, pair: IdPair) -> EventPeerMatch | None:
    """Return the match of a pair at an event, whatever became of it; the lower id first."""
    found: EventPeerMatch | None = EventPeerMatch.get_or_none(
        (EventPeerMatch.event == event_id) & _is_of(pair)
    )
    return found


def matches_ruled(event_id: int) -> dict[IdPair, EventPeerMatch]:
    """Return the matches of those pairs of an event that somebody ruled about; one query."""
    same_pair = (EventPairRule.contractor1 == EventPeerMatch.contractor1) & (
        EventPairRule.contractor2 == EventPeerMatch.contractor2
    )
    rows = EventPeerMatch.select().join(
        EventPairRule, on=(EventPairRule.event == EventPeerMatch.event) & same_pair
    )
    found = rows.where(EventPeerMatch.event == event_id)
    return {(match.contractor1_id, match.contractor2_id): match for match in found}


def settled_elsewhere(event_id: int, pair: IdPair) -> EventPeerMatch | None:
    """Return the last match at another event that settled it between the two, with its event."""
    settled = (*CLOSED_STATES, MatchState.CONNECTED)
    found: EventPeerMatch | None = (
        EventPeerMatch.select(EventPeerMatch, Event)
        .join(Event)
        .where(
            _is_of(pair) & (EventPeerMatch.event != event_id) & EventPeerMatch.state.in_(settled)
        )
        .order_by(EventPeerMatch.id.desc())
        .first()
    )
    return found


def _is_of(pair: IdPair) -> Any:
    return (EventPeerMatch.contractor1 == pair[0]) & (EventPeerMatch.contractor2 == pair[1])
