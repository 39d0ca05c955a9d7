"""Owns what a run or a swap reads before it matches, and what a run's row says afterwards."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from actors.pairing.match_storing import StoredMatch, describe_rules
from actors.pairing.not_made import not_made
from actors.pairing.pair_limits import Met
from actors.pairing.pool import rules_of
from matching import BatchResult, Rules
from models.contractor import Contractor
from models.eligibility import eligible_contractors
from models.event import Event
from models.pair_rule import PairRules, rules_at
from models.pairs import pairs_at


@dataclass(frozen=True)
class Room:
    """Who is here and can be matched, what is there already, and what is to be obeyed."""

    event_id: int
    people: Mapping[int, Contractor]
    met: Met
    ruled: PairRules
    rules: Rules


def read_room(event: Event) -> Room:
    """Read it all, with no lock held."""
    return Room(
        event_id=event.id,
        people={person.id: person for person in eligible_contractors(event.id)},
        met=pairs_at(event.id),
        ruled=rules_at(event.id),
        rules=rules_of(event),
    )


def described(
    room: Room, checked_in: int, result: BatchResult, matches: Collection[StoredMatch]
) -> dict[str, Any]:
    """Return the columns of a run that tell what it was given and what it found."""
    covered = {person for first, second, stands in room.met if stands for person in (first, second)}
    covered |= {person for pair in matches for person in (pair.contractor1_id, pair.contractor2_id)}
    return {
        "rules": describe_rules(room.rules),
        "pool": checked_in,
        "eligible": len(room.people),
        "covered": len(covered & room.people.keys()),
        "matches_created": len(matches),
        "total_score": result.certificate.total_score,
        "upper_bound": result.certificate.upper_bound,
        "gap": result.certificate.gap,
        "certificate": asdict(result.certificate),
        "unmatched": [asdict(person) for person in result.unmatched],
        "not_made": not_made(
            room.event_id, room.people, room.met, room.ruled, result, room.rules.max_matches
        ),
    }
