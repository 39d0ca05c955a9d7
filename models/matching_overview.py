"""Owns what is read to show an event's matching: its matches, their people, texts and last run.

However many matches there are, each function is one query.
"""

from collections.abc import Iterable
from typing import Any

from models.contractor import Contractor
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import MessageType
from models.peer_match import EventPeerMatch


def last_run(event_id: int) -> MatchingRun | None:
    """Return the newest run of an event, finished or not."""
    run: MatchingRun | None = (
        MatchingRun.select()
        .where(MatchingRun.event == event_id)
        .order_by(MatchingRun.started_at.desc(), MatchingRun.id.desc())
        .first()
    )
    return run


def matches_with_people(event_id: int) -> list[EventPeerMatch]:
    """Return the matches of an event with both contractors loaded, in the order they were made."""
    first, second = Contractor.alias(), Contractor.alias()
    return list(
        EventPeerMatch.select(EventPeerMatch, first, second)
        .join(first, on=(EventPeerMatch.contractor1 == first.id), attr="contractor1")
        .switch(EventPeerMatch)
        .join(second, on=(EventPeerMatch.contractor2 == second.id), attr="contractor2")
        .where(EventPeerMatch.event == event_id)
        .order_by(EventPeerMatch.id)
    )


def introductions(event_id: int) -> dict[tuple[int, int], dict[str, Any]]:
    """Return the newest introduction of each match and contractor; a retry replaces the first."""
    rows = (
        EventMessage.select(
            EventMessage.id,
            EventMessage.match,
            EventMessage.contractor,
            EventMessage.status,
            EventMessage.scheduled_time,
            EventMessage.actual_send_time,
            EventMessage.error_message,
        )
        .where(
            (EventMessage.event == event_id)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
        )
        .order_by(EventMessage.id)
        .dicts()
    )
    return {(row["match"], row["contractor"]): row for row in rows}


def covered(matches: Iterable[EventPeerMatch]) -> int:
    """Count the people who have at least one match that is not cancelled."""
    live = [match for match in matches if match.cancelled_at is None]
    return len({person.id for match in live for person in (match.contractor1, match.contractor2)})
