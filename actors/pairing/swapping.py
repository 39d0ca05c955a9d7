"""Owns giving somebody another partner: the old match goes, the new one comes, or neither."""

import logging
from dataclasses import dataclass
from datetime import datetime

from actors.pairing import swap_options, swap_room
from actors.pairing.introductions import schedule_introductions
from actors.pairing.match_storing import store_matches
from actors.pairing.pool import profile_of
from actors.pairing.swap_options import Option
from actors.pairing.swap_room import Swapping
from matching import Pair, describe_pair
from models import matching_claim, steering, swaps
from models.base import db
from models.event import Event
from models.pair_rule import IdPair, ordered
from models.peer_match import EventPeerMatch

RUNNING = "Matching is running at this moment. Try again when it is done."
LEFT = "A text of this match has left or is leaving, so the partner stays."
REQUIRED = "This pair is required. Remove that rule first."
GONE = "The event was cancelled or is over."
FULL = (
    "Whoever stays has as many introductions as one person can have: the other one of this match "
    "sent STOP, and it takes up no place any more."
)
UNREACHABLE = "Whoever stays can not be matched any more: not checked in, or no longer texted."

log = logging.getLogger(__name__)


class NotPossible(Exception):
    """The partner can not be swapped; the message says why, and nothing was changed."""


class Moved(Exception):
    """It would not be what the page said any more; nothing was changed."""


@dataclass(frozen=True)
class Swapped:
    """What a swap did: ids of the matches called off and made, and how many texts of each."""

    cancelled: list[int]
    made: list[int]
    texts_cancelled: int
    texts_planned: int


def begin(match: EventPeerMatch, stays: int, *, now: datetime) -> Swapping:
    """Read what a swap is chosen from.

    Raises
    ------
    NotPossible
        When nobody can be swapped in this match, whoever comes instead.
    """
    event: Event = match.event
    if event.cancelled_at is not None or event.is_over(now):
        raise NotPossible(GONE)
    if not swaps.is_unsent(match):
        raise NotPossible(LEFT)
    if matching_claim.running(event.id) is not None:
        raise NotPossible(RUNNING)
    swapping = swap_room.read(event, match, stays)
    if (match.contractor1_id, match.contractor2_id) in swapping.ruled.required:
        raise NotPossible(REQUIRED)
    if stays not in swapping.people:
        raise NotPossible(UNREACHABLE)
    if not swapping.stands(match) and swapping.taken[stays] >= swapping.rules.max_matches:
        raise NotPossible(FULL)
    return swapping


def choose(swapping: Swapping, partner: int) -> Option | None:
    """Return what it takes to have this partner instead; None when it can not be."""
    unsent = swaps.unsent_of(swapping.match.event_id, [partner])
    return swap_options.option(swapping, partner, unsent.get(partner, []))


def stamp(option: Option) -> str:
    """Return a choice as one word, to see later whether it is still the same."""
    gives_up = option.gives_up.id if option.gives_up else "-"
    also = f"{option.also[0]}/{option.also[1].match_score}" if option.also else "-"
    return f"{option.partner}/{option.score.match_score};{gives_up};{also};{option.difference}"


def swap(
    match_id: int, stays: int, partner: int, *, was: str, reason: str, now: datetime
) -> Swapped:
    """Carry out what `stamp` named, in one transaction.

    The event comes first, which keeps matching and other swaps out; then the texts, so that one
    which is being claimed either left before, and nothing happens, or is cancelled unsent.

    Raises
    ------
    NotPossible, Moved
        Nothing was changed then.
    """
    with db.atomic():
        match: EventPeerMatch = EventPeerMatch.get_by_id(match_id)
        event = matching_claim.lock_event(match.event_id)
        if event is None:
            raise NotPossible(GONE)
        # As it is now that the event is ours.
        swapping = begin(EventPeerMatch.get_by_id(match_id), stays, now=now)
        option = choose(swapping, partner)
        if option is None or stamp(option) != was:
            raise Moved
        done = _exchange(event, swapping, option, reason=reason, now=now)
    fields = {"event_id": event.id, "cancelled": done.cancelled, "made": done.made}
    log.info("partners swapped", extra=fields)
    return done


def _exchange(
    event: Event, swapping: Swapping, option: Option, *, reason: str, now: datetime
) -> Swapped:
    called_off = [swapping.match.id, *([option.gives_up.id] if option.gives_up else [])]
    waiting = swaps.lock_unsent(called_off)
    if waiting is None:
        raise NotPossible(LEFT)
    cancelled = sum(steering.cancel_match(key, reason=reason, now=now) for key in called_off)
    pairs = [ordered(swapping.stays, option.partner), *([option.also[0]] if option.also else [])]
    stored = store_matches(event, None, [_pair(swapping, pair) for pair in pairs])
    if len(stored) < len(pairs):
        raise Moved
    made = [match.id for match in stored]
    planned = schedule_introductions(event, made, now=now, leave_at=waiting.leave_at)
    swaps.keep_back(made, waiting)
    return Swapped(called_off, made, cancelled, planned)


def _pair(swapping: Swapping, pair: IdPair) -> Pair:
    first, second = (profile_of(swapping.people[key]) for key in pair)
    return describe_pair(first, second, swapping.rules)
