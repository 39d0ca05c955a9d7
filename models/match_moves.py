"""Owns the guarded changes of a match's conversation, seen from one of its two people.

None of these opens a transaction; the caller does, and holds the match (`lock`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.peer_match import EventPeerMatch, MatchState, with_people

MATCH_LOCK = 0x6D617463  # "matc"
YES = "yes"


@dataclass(frozen=True)
class Seen:
    """A match as one of its people sees it: `me` and `peer`, and what each answered last."""

    match: EventPeerMatch
    me: Contractor
    peer: Contractor
    side: int

    @property
    def state(self) -> MatchState:
        return MatchState(self.match.state)

    @property
    def mine(self) -> str | None:
        return self.of(self.side, "response")

    @property
    def theirs(self) -> str | None:
        return self.of(3 - self.side, "response")

    def of(self, side: int, what: str) -> Any:
        """Return what the match keeps of one side: response, responded_at, met or met_at."""
        return getattr(self.match, f"contractor{side}_{what}")

    def seen_by_peer(self) -> "Seen":
        """Return the same match from the other side."""
        return Seen(self.match, self.peer, self.me, 3 - self.side)


def lock(match_ids: Iterable[int]) -> None:
    """Let one transaction at a time decide about these matches.

    Not by their rows: whoever records that an introduction left has its text first and then the
    match, and would wait for somebody who has the match and wants its texts.
    """
    wanted = sorted(set(match_ids))
    if wanted:
        db.execute_sql(
            "SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s) AS id", (MATCH_LOCK, wanted)
        )


def see(match_id: int, contractor_id: int | None) -> Seen | None:
    """Return a match from a person's side; None when it is cancelled or not that person's."""
    return next(iter(see_all([match_id], contractor_id)), None)


def see_all(match_ids: Iterable[int], contractor_id: int | None) -> list[Seen]:
    """Return matches from a person's side, as they were asked for.

    Not those that are cancelled, nor those with somebody who was erased.
    """
    wanted = list(match_ids)
    standing = EventPeerMatch.id.in_(wanted) & EventPeerMatch.cancelled_at.is_null()
    found = [
        Seen(match, match.contractor1, match.contractor2, 1)
        if contractor_id == match.contractor1_id
        else Seen(match, match.contractor2, match.contractor1, 2)
        for match in with_people().where(standing)
        if contractor_id in (match.contractor1_id, match.contractor2_id)
        and not match.is_with_erased
    ]
    return sorted(found, key=lambda seen: wanted.index(seen.match.id))


def answer(seen: Seen, *, state: MatchState, response: str, now: datetime) -> bool:
    """Write what a person answered and where that takes the match; False when it has moved on."""
    columns: dict[str, Any] = {
        "state": state,
        f"contractor{seen.side}_response": response,
        f"contractor{seen.side}_responded_at": now,
        "follow_up_at": now,
        "updated_at": now,
    }
    if state == MatchState.LATER and (response == MatchState.LATER or seen.state != state):
        # A YES to what waits for a break does not put it off once more.
        columns["later_at"] = now
    if state == MatchState.CONNECTED:
        columns |= {"connected_at": now, "connection_made": True}
    return _update(seen, columns)


_YES = (EventPeerMatch.contractor1_response == YES, EventPeerMatch.contractor2_response == YES)


def _open_with(wanted: Any) -> list[int]:
    rows = EventPeerMatch.select(EventPeerMatch.id).where(
        wanted
        & EventPeerMatch.cancelled_at.is_null()
        & EventPeerMatch.state.in_([MatchState.OPEN, MatchState.LATER])
    )
    return [row.id for row in rows]


def agreed(contractor_id: int) -> list[int]:
    """Return a person's matches to which both have said yes, and that are not connected."""
    is_theirs = (EventPeerMatch.contractor1 == contractor_id) | (
        EventPeerMatch.contractor2 == contractor_id
    )
    return _open_with(is_theirs & _YES[0] & _YES[1])


def said_yes(contractor_id: int, event_id: int) -> list[int]:
    """Return a person's matches of an event to which they said yes, and that are not connected."""
    is_theirs = ((EventPeerMatch.contractor1 == contractor_id) & _YES[0]) | (
        (EventPeerMatch.contractor2 == contractor_id) & _YES[1]
    )
    return _open_with(is_theirs & (EventPeerMatch.event == event_id))


def take_back(seen: Seen, *, now: datetime) -> bool:
    """Forget a person's yes, as if they had not answered."""
    columns = {
        f"contractor{seen.side}_response": None,
        f"contractor{seen.side}_responded_at": None,
        "updated_at": now,
    }
    return _update(seen, columns)


def propose_again(match: EventPeerMatch, *, now: datetime) -> None:
    """Say that a postponed introduction was proposed to its people anew."""
    EventPeerMatch.update(state=MatchState.OPEN, updated_at=now).where(
        (EventPeerMatch.id == match.id) & (EventPeerMatch.state == MatchState.LATER)
    ).execute()


def plan_meeting(match_id: int, *, at: datetime, place: str | None) -> None:
    """Note when and where the two could meet, unless the organiser has said so."""
    EventPeerMatch.update(meeting_scheduled=True, meeting_time=at, meeting_location=place).where(
        (EventPeerMatch.id == match_id) & ~EventPeerMatch.meeting_scheduled
    ).execute()


def note_met(seen: Seen, met: bool, *, now: datetime) -> bool:
    """Write whether a person met the other one; False for a repeat."""
    if seen.of(seen.side, "met") == met:
        return False
    columns = {
        f"contractor{seen.side}_met": met,
        f"contractor{seen.side}_met_at": now,
        "follow_up_at": now,
        "updated_at": now,
    }
    return _update(seen, columns)


def note_rating(seen: Seen, rating: int, *, now: datetime) -> None:
    """Write a person's rating, 1 to 10, and the mean of those that are there."""
    other = getattr(seen.match, f"feedback_contractor{3 - seen.side}")
    ratings = [rating, int(other)] if other and other.isdecimal() else [rating]
    columns = {
        f"feedback_contractor{seen.side}": str(rating),
        "pcr_score": sum(ratings) / len(ratings),
        "updated_at": now,
    }
    _update(seen, columns)


def due_for_follow_up(now: datetime, *, limit: int) -> list[int]:
    """Return matches at which it is time to look what comes next, the longest due first."""
    rows = (
        EventPeerMatch.select(EventPeerMatch.id)
        .where(EventPeerMatch.follow_up_at <= now)
        .order_by(EventPeerMatch.follow_up_at)
        .limit(limit)
    )
    return [row.id for row in rows]


def look_again(match_id: int, at: datetime | None) -> None:
    """Say when to look at a match next; None for never, unless something happens."""
    EventPeerMatch.update(follow_up_at=at).where(EventPeerMatch.id == match_id).execute()


def with_event(match_id: int) -> EventPeerMatch | None:
    """Return a match with its event and both people loaded, or None."""
    match: EventPeerMatch | None = (
        with_people(Event)
        .join_from(EventPeerMatch, Event)
        .where(EventPeerMatch.id == match_id)
        .first()
    )
    return match


def _update(seen: Seen, columns: dict[str, Any]) -> bool:
    """Write to the match as it was seen, and no other: an organiser may have changed it."""
    unchanged = (
        (EventPeerMatch.id == seen.match.id)
        & (EventPeerMatch.state == seen.state)
        & EventPeerMatch.cancelled_at.is_null()
    )
    return bool(EventPeerMatch.update(**columns).where(unchanged).execute())
