"""Owns the last result of an event's own rules, so that one trial after another costs one match."""

from collections.abc import Mapping

from actors.pairing.pair_limits import Met
from actors.pairing.pool import match_people, profile_of
from matching import BatchResult, Rules
from models.contractor import Contractor
from models.pair_rule import NO_RULES, PairRules

# Replaced as a whole, so threads see the old pair or the new one, never halves of both.
_last: tuple[str, BatchResult] | None = None


def own_result(
    people: Mapping[int, Contractor], rules: Rules, met: Met, ruled: PairRules = NO_RULES
) -> BatchResult:
    """Match, or return what the same people, rules and pairs gave the last time.

    It is known by all that matching is given, written out, so nothing stale can come back.
    """
    global _last
    given = [(key, people[key].phone, profile_of(people[key])) for key in sorted(people)]
    obeyed = (ruled.forbidden, ruled.required, sorted(ruled.matched))
    known_by = repr((given, rules, sorted(met), obeyed))
    last = _last
    if last is None or last[0] != known_by:
        _last = last = (known_by, match_people(people, rules, met, ruled))
    return last[1]
