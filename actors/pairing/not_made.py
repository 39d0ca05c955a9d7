"""Owns why a required pair was not made, for the report of a run or a trial."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from actors.pairing.pair_limits import Met, room_taken, shared_phones
from actors.pairing.pool import UNREADABLE
from matching import BatchResult
from models.contractor import Contractor
from models.eligibility import why_not
from models.pair_rule import IdPair, PairRules

WHY = {
    "unregistered": "is not registered for the event",
    "unconsented": "has not agreed to texts",
    "unreachable": "has no usable phone",
    "opted_out": "has sent STOP",
    "absent": "is not checked in",
    # Checked in after the run had read who is here: the next one has them.
    "eligible": "came too late for this run",
}
FULL = "has as many introductions as one person can have"
READABLE_NOT = "has a profile that cannot be read"
SHARED_PHONE = "they share a phone"


@dataclass(frozen=True)
class NotMade:
    """A required pair, and why it was not made: what `who` is or lacks; None: both of them."""

    contractor1_id: int
    contractor2_id: int
    who: int | None
    why: str


def not_made(
    event_id: int,
    people: Mapping[int, Contractor],
    met: Met,
    ruled: PairRules,
    result: BatchResult,
    max_matches: int,
) -> list[dict[str, Any]]:
    """Return the required pairs that a result lacks and why, ready for JSON."""
    made = {(int(pair.contractor1_id), int(pair.contractor2_id)) for pair in result.pairs}
    lacking = [pair for pair in ruled.to_make if pair not in made]
    if not lacking:
        return []
    absent = {person for pair in lacking for person in pair if person not in people}
    reasons = why_not(event_id, absent) if absent else {}
    taken = room_taken([*met, *((*pair, True) for pair in made & set(ruled.required))])
    unreadable = {
        int(person.contractor_id)
        for person in result.unmatched
        if person.reason.startswith(UNREADABLE)
    }
    shared = shared_phones(people.values())

    def about(pair: IdPair) -> NotMade:
        for person in pair:
            if person in reasons:
                return NotMade(*pair, person, WHY[reasons[person]])
        if pair in shared:
            return NotMade(*pair, None, SHARED_PHONE)
        for person in pair:
            if person in unreadable:
                return NotMade(*pair, person, READABLE_NOT)
        full = next((person for person in pair if taken[person] >= max_matches), None)
        return NotMade(*pair, full, FULL)

    return [asdict(about(pair)) for pair in lacking]


def sentences(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the report in words, with the names as they are now; one query, none for nothing."""
    lines = list(lines)
    ids = {line[side] for line in lines for side in ("contractor1_id", "contractor2_id")}
    if not ids:
        return []
    found = Contractor.select().where(Contractor.id.in_(list(ids)))
    names = {person.id: person.full_name or person.company_name for person in found}

    def name(key: int) -> str:
        return names.get(key) or f"Contractor {key}"

    return [
        f"Required but not possible: {name(line['contractor1_id'])} and "
        f"{name(line['contractor2_id'])}, because "
        f"{name(line['who']) + ' ' if line['who'] is not None else ''}{line['why']}."
        for line in lines
    ]
