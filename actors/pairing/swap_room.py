"""Owns the room round one match whose partner could be another: who is here, what stands."""

from dataclasses import dataclass
from functools import cached_property

from actors.pairing.pair_limits import room_taken
from actors.pairing.pool import profile_of
from actors.pairing.room import Room, read_room
from matching import InvalidProfile, PairScore
from matching.normalize import Traits, traits_of
from matching.score import score_traits, weights_of
from models.contractor import Contractor
from models.event import Event
from models.pair_rule import IdPair, ordered
from models.peer_match import EventPeerMatch


@dataclass(frozen=True)
class Swapping(Room):
    """One match whose partner could be another, and the room as it is."""

    match: EventPeerMatch
    stays: int

    @property
    def leaves(self) -> int:
        """Whoever would lose their partner."""
        first, second = self.match.contractor1_id, self.match.contractor2_id
        return int(second if self.stays == first else first)

    @cached_property
    def taken(self) -> dict[int, int]:
        """How many introductions stand, by person."""
        return room_taken(self.met)

    def stands(self, match: EventPeerMatch) -> bool:
        """Whether a match takes up a place of its two: not when one of them sent STOP since."""
        return (match.contractor1_id, match.contractor2_id) in self._standing

    @cached_property
    def _standing(self) -> frozenset[IdPair]:
        return frozenset((first, second) for first, second, stands in self.met if stands)

    @cached_property
    def _known(self) -> dict[int, Traits | None]:
        return {}

    def traits(self, person: int) -> Traits | None:
        """Return what is known about somebody who is here; None when it can not be read."""
        if person not in self._known:
            self._known[person] = _traits(self.people.get(person))
        return self._known[person]

    @cached_property
    def barred(self) -> frozenset[IdPair]:
        """Pairs that were met before, or that somebody forbids."""
        return frozenset((first, second) for first, second, _ in self.met).union(
            self.ruled.forbidden
        )

    def score(self, one: int, other: int) -> PairScore | None:
        """Return the score of a pair that matching could make, else None."""
        if one == other or ordered(one, other) in self.barred:
            return None
        a, b = self.traits(one), self.traits(other)
        if a is None or b is None or self.people[one].phone == self.people[other].phone:
            return None
        if self.rules.exclude_same_company and a.company is not None and a.company == b.company:
            return None
        found = score_traits(a, b, weights_of(self.rules), self.rules.max_same_market_miles)
        return found if found.match_score >= self.rules.min_score else None


def read(event: Event, match: EventPeerMatch, stays: int) -> Swapping:
    """Read the room round a match, of which one person stays."""
    return Swapping(**vars(read_room(event)), match=match, stays=stays)


def _traits(person: Contractor | None) -> Traits | None:
    if person is None:
        return None
    try:
        return traits_of(profile_of(person))
    except InvalidProfile:
        return None
