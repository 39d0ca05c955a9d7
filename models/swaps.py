"""Owns which matches can still be exchanged for others: those of which no text has left.

None of these opens a transaction; the caller does, and has the event's row locked.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from models.message import EventMessage
from models.message_status import (
    KEPT_BY_A_PERSON,
    WAITING,
    Direction,
    HeldBecause,
    MessageStatus,
)
from models.pair_rule import IdPair
from models.peer_match import EventPeerMatch, MatchState
from models.steering import awaits_approval

_OVER = (MessageStatus.FAILED, MessageStatus.CANCELLED)


@dataclass(frozen=True)
class Waiting:
    """What waits for some matches: when it should leave, and why a person keeps it, if one does."""

    leave_at: datetime | None
    held_because: str | None
    reason: str | None


def is_unsent(match: EventPeerMatch) -> bool:
    """Whether a match is open, something waits for it, and nothing of it can be on a phone."""
    is_open = match.cancelled_at is None and match.state == MatchState.OPEN
    return is_open and bool(_exchangeable(EventPeerMatch.id == match.id).count())


def unsent_of(event_id: int, people: Collection[int]) -> dict[int, list[EventPeerMatch]]:
    """Return by person the matches of these people that can be exchanged; one query."""
    keys = list(people)
    theirs = EventPeerMatch.contractor1.in_(keys) | EventPeerMatch.contractor2.in_(keys)
    found: dict[int, list[EventPeerMatch]] = defaultdict(list)
    for match in _exchangeable((EventPeerMatch.event == event_id) & theirs):
        for person in (match.contractor1_id, match.contractor2_id):
            found[person].append(match)
    return found


def scores_at(event_id: int) -> dict[IdPair, float]:
    """Return the score of every match of an event, by pair; one query."""
    rows = EventPeerMatch.select(
        EventPeerMatch.contractor1, EventPeerMatch.contractor2, EventPeerMatch.match_score
    ).where(EventPeerMatch.event == event_id)
    return {(first, second): float(score) for first, second, score in rows.tuples()}


def lock_unsent(match_ids: Collection[int]) -> Waiting | None:
    """Lock the texts of some matches, then the matches; None when one of them can not be exchanged.

    In that order, as whoever records that a text left has them. A text that somebody is about to
    claim waits for the caller's transaction, and is cancelled by then or still there.
    """
    keys = list(match_ids)
    texts = list(
        EventMessage.select()
        .where((EventMessage.match.in_(keys)) & (EventMessage.direction == Direction.OUTBOUND))
        .order_by(EventMessage.id)
        .for_update()
    )
    is_locked = EventPeerMatch.id.in_(keys)
    matches = EventPeerMatch.select().where(is_locked).order_by(EventPeerMatch.id).for_update()
    is_open = [m.cancelled_at is None and m.state == MatchState.OPEN for m in matches]
    if len(is_open) < len(keys) or not all(is_open) or any(map(_may_have_left, texts)):
        return None
    waiting = [text for text in texts if text.status not in _OVER]
    if {text.match_id for text in waiting} != set(keys):
        return None
    held = [text for text in waiting if text.status == MessageStatus.HELD]
    # Whoever held one by hand has not let it go by approving the rest.
    held.sort(key=lambda text: text.held_because != HeldBecause.PERSON)
    times = [text.scheduled_time for text in waiting if text.scheduled_time]
    return Waiting(
        leave_at=max(times, default=None),
        held_because=held[0].held_because if held else None,
        reason=held[0].error_message if held else None,
    )


def keep_back(match_ids: Collection[int], waiting: Waiting) -> None:
    """Let the texts of new matches wait for the person that those of the old ones waited for."""
    if waiting.held_because is None:
        return
    EventMessage.update(
        status=MessageStatus.HELD,
        held_because=waiting.held_because,
        error_message=waiting.reason,
        wake_at=None,
    ).where(
        EventMessage.match.in_(list(match_ids))
        & (EventMessage.status.in_(WAITING) | awaits_approval())
    ).execute()


def _exchangeable(wanted: Any) -> Any:
    text = EventMessage.alias()
    theirs = (text.match == EventPeerMatch.id) & (text.direction == Direction.OUTBOUND)
    left = text.select(SQL("1")).where(theirs & ~_surely_here(text))
    waits = text.select(SQL("1")).where(theirs & text.status.in_((*WAITING, MessageStatus.HELD)))
    return EventPeerMatch.select().where(
        wanted
        & (EventPeerMatch.state == MatchState.OPEN)
        & EventPeerMatch.cancelled_at.is_null()
        & fn.EXISTS(waits)
        & ~fn.EXISTS(left)
    )


def _surely_here(text: Any) -> Any:
    """Return the SQL of a text of which nothing has left, by the rule of `_may_have_left`."""
    is_kept = (text.status == MessageStatus.HELD) & fn.coalesce(text.held_because, "").in_(
        [because.value for because in KEPT_BY_A_PERSON]
    )
    is_waiting = text.status.in_((*WAITING, *_OVER)) | is_kept
    return is_waiting & ~text.is_doubtful & (text.parts_sent == 0)


def _may_have_left(text: EventMessage) -> bool:
    is_kept = text.status == MessageStatus.HELD and text.held_because in KEPT_BY_A_PERSON
    is_waiting = text.status in (*WAITING, *_OVER) or is_kept
    return not is_waiting or text.is_doubtful or text.parts_sent > 0
