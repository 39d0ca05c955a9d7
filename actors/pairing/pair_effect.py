"""Owns what ruling about a pair would change: who is introduced, how well, and what stands against.

Nothing here is stored.
"""

from dataclasses import dataclass, replace

from actors.pairing.own_result import own_result
from actors.pairing.pair_limits import Met, fitting, room_taken, shared_phones
from actors.pairing.pool import match_people, profile_of, rules_of
from matching import BatchResult, InvalidProfile, PairScore, score_pair
from matching.normalize import traits_of
from matching.score import SAME_PLACE
from models.contractor import Contractor
from models.eligibility import eligible_contractors, registered_contractors
from models.event import Event
from models.pair_rule import IdPair, PairRules, Rule, rules_at
from models.pairs import pairs_at


@dataclass(frozen=True)
class Plan:
    """What a matching would make: pairs, people with one at least, unrounded total."""

    pairs: int
    covered: int
    total: float


@dataclass(frozen=True)
class Effect:
    """A matching of everybody in question as it is, and with the ruling.

    Attributes
    ----------
    is_here : bool
        Whether those who are checked in were matched; else everybody registered, since too few
        are here.
    people : int
        How many were matched.
    is_made, would_be : bool
        Whether the pair is among those made, now and with the ruling.
    """

    is_here: bool
    people: int
    is_made: bool
    would_be: bool
    now: Plan
    then: Plan


def ruled_with(ruled: PairRules, pair: IdPair, rule: Rule | None) -> PairRules:
    """Return the rules of an event with this one in place of what was ruled about the pair."""
    forbidden = {other for other in ruled.forbidden if other != pair}
    required = [other for other in ruled.required if other != pair]
    if rule is Rule.FORBID:
        forbidden.add(pair)
    elif rule is Rule.REQUIRE:
        required.append(pair)
    return replace(ruled, forbidden=tuple(sorted(forbidden)), required=tuple(required))


def effect(event: Event, pair: IdPair, rule: Rule | None) -> Effect:
    """Match twice and compare; None takes back what is ruled."""
    here = eligible_contractors(event.id)
    is_here = len(here) > 1
    people = {one.id: one for one in (here if is_here else registered_contractors(event.id))}
    met, ruled, rules = pairs_at(event.id), rules_at(event.id), rules_of(event)
    as_it_is = own_result(people, rules, met, ruled)
    changed = ruled_with(ruled, pair, rule)
    then = as_it_is if changed == ruled else match_people(people, rules, met, changed)
    return Effect(
        is_here=is_here,
        people=len(people),
        is_made=_has(as_it_is, pair),
        would_be=_has(then, pair),
        now=_plan(as_it_is),
        then=_plan(then),
    )


def score(event: Event, first: Contractor, second: Contractor) -> PairScore | None:
    """Return how well two people fit by the event's rules; None when a profile is unreadable."""
    try:
        return score_pair(profile_of(first), profile_of(second), rules_of(event))
    except InvalidProfile:
        return None


def are_colleagues(first: Contractor, second: Contractor) -> bool:
    """Whether matching takes the two for people of one company."""
    try:
        one, other = traits_of(profile_of(first)).company, traits_of(profile_of(second)).company
    except InvalidProfile:
        return False
    return one is not None and one == other


def are_in_one_market(found: PairScore) -> bool:
    """Whether the two may compete for the same customers."""
    return found.match_criteria["geographic"] == SAME_PLACE


def share_a_phone(first: Contractor, second: Contractor) -> bool:
    """Whether a text to the one would reach the other."""
    return bool(first.phone) and bool(shared_phones([first, second]))


def without_room(event: Event, pair: IdPair) -> list[int]:
    """Return whose places are taken by what stands and by what was required before."""
    met: Met = pairs_at(event.id)
    ruled = ruled_with(rules_at(event.id), pair, None)
    everybody = {person for other in ruled.required for person in other}
    required = fitting(ruled, everybody, [], met, event.max_matches)
    taken = room_taken([*met, *((*other, True) for other in required)])
    return [person for person in pair if taken[person] >= event.max_matches]


def _has(result: BatchResult, pair: IdPair) -> bool:
    return any((made.contractor1_id, made.contractor2_id) == pair for made in result.pairs)


def _plan(result: BatchResult) -> Plan:
    found = result.certificate
    return Plan(found.pairs, found.covered, found.total_score)
