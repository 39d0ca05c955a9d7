"""Owns whom somebody could be introduced to instead, and what that would cost the room.

Nothing here is stored.
"""

from dataclasses import dataclass

from actors.pairing.swap_room import Swapping
from matching import PairScore
from models import swaps
from models.pair_rule import IdPair, ordered
from models.peer_match import EventPeerMatch

LOOKED_AT = 60
SHOWN = 12


@dataclass(frozen=True)
class Option:
    """Somebody to meet instead.

    Attributes
    ----------
    score : PairScore
        Of the new pair.
    gives_up : EventPeerMatch or None
        The match that the new partner, who has no place left, would lose.
    also : tuple or None
        Who is left over from both matches meets instead: the pair and its score.
    difference : float
        The event's total score afterwards, less the one before.
    """

    partner: int
    score: PairScore
    gives_up: EventPeerMatch | None
    also: tuple[IdPair, PairScore] | None
    difference: float


def options(swapping: Swapping) -> list[Option]:
    """Return the dozen of partners that cost the room least, of the sixty that fit best."""
    scored = [(key, swapping.score(swapping.stays, key)) for key in swapping.people]
    fitting = [(key, score) for key, score in scored if score is not None]
    fitting.sort(key=lambda one: (-one[1].match_score, one[0]))
    looked_at = [key for key, _ in fitting[:LOOKED_AT]]
    unsent = swaps.unsent_of(swapping.match.event_id, looked_at)
    found = [option(swapping, key, unsent.get(key, [])) for key in looked_at]
    possible = [one for one in found if one is not None]
    possible.sort(key=lambda one: (-one.difference, -one.score.match_score, one.partner))
    return possible[:SHOWN]


def option(swapping: Swapping, partner: int, theirs: list[EventPeerMatch]) -> Option | None:
    """Return what it takes to have this partner instead; None when it can not be.

    Parameters
    ----------
    theirs : the partner's matches that could be called off to make a place.
    """
    score = swapping.score(swapping.stays, partner)
    if score is None:
        return None
    if swapping.taken[partner] < swapping.rules.max_matches:
        difference = round(score.match_score - _worth(swapping, swapping.match), 2)
        return Option(partner, score, None, None, difference)
    found = [
        _in_exchange(swapping, partner, score, match)
        for match in theirs
        if swapping.stands(match)
        and (match.contractor1_id, match.contractor2_id) not in swapping.ruled.required
    ]
    return max(found, key=lambda one: one.difference, default=None)


def _in_exchange(
    swapping: Swapping, partner: int, score: PairScore, match: EventPeerMatch
) -> Option:
    first, second = match.contractor1_id, match.contractor2_id
    left_over = second if first == partner else first
    also = swapping.score(swapping.leaves, left_over)
    gained = score.match_score + (also.match_score if also else 0.0)
    lost = _worth(swapping, swapping.match) + _worth(swapping, match)
    return Option(
        partner,
        score,
        match,
        (ordered(swapping.leaves, left_over), also) if also else None,
        round(gained - lost, 2),
    )


def _worth(swapping: Swapping, match: EventPeerMatch) -> float:
    """Return what a match adds to the event's total."""
    return float(match.match_score) if swapping.stands(match) else 0.0
