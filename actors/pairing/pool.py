"""Owns what matching is given: profiles, rules, limits, and who has met whom."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from actors.pairing.pair_limits import Met, limits_for
from matching import (
    BatchResult,
    InvalidProfile,
    Profile,
    Rules,
    Unmatched,
    match_batch,
    score_pair,
)
from models.contractor import Contractor
from models.event import Event
from models.pair_rule import NO_RULES, PairRules

UNREADABLE = "the profile cannot be read"


def profile_of(person: Contractor) -> Profile:
    """Return what matching may know about a person."""
    return Profile(
        id=person.id,
        company_name=person.company_name,
        focus_areas=person.focus_areas or (),
        service_area=person.service_area,
        revenue_tier=person.revenue_tier,
        annual_revenue=person.annual_revenue,
        team_size=person.team_size,
        services_offered=person.services_offered or (),
        job_title=person.job_title,
    )


def rules_of(event: Event, changes: Mapping[str, Any] | None = None) -> Rules:
    """Return the event's rules, with `changes` to try out.

    Raises
    ------
    matching.InvalidRules
        A change is out of range; the message names it.
    """
    rules = {
        "max_matches": event.max_matches,
        "min_score": float(event.min_score),
        "max_same_market_miles": event.max_same_market_miles,
        "weights": event.weights,
    }
    rules.update({name: value for name, value in (changes or {}).items() if value is not None})
    return Rules(**rules)


def match_people(
    people: Mapping[int, Contractor],
    rules: Rules,
    met: Iterable[tuple[int, int, bool]],
    ruled: PairRules = NO_RULES,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> BatchResult:
    """Match a room without disturbing what is there, obeying what is ruled about its pairs.

    Somebody whose profile holds a value that cannot be read safely is left out and named among
    the unmatched, so that one bad row never costs everybody their lunch.
    """
    profiles = {key: profile_of(person) for key, person in people.items()}
    met = list(met)
    try:
        return _match(people, profiles, rules, met, ruled, progress)
    except InvalidProfile:
        unreadable = _unreadable(profiles.values(), rules)
        readable = {key: value for key, value in profiles.items() if key not in unreadable}
        result = _match(people, readable, rules, met, ruled, progress)
        left_out = [Unmatched(key, reason) for key, reason in unreadable.items()]
        return replace(result, unmatched=[*result.unmatched, *left_out])


def _match(
    people: Mapping[int, Contractor],
    profiles: Mapping[int, Profile],
    rules: Rules,
    met: Met,
    ruled: PairRules,
    progress: Callable[[int, int], None] | None,
) -> BatchResult:
    present = [people[key] for key in profiles]
    limits = limits_for(present, met, rules.max_matches, ruled)
    return match_batch(profiles.values(), rules, progress=progress, **limits)


def _unreadable(profiles: Iterable[Profile], rules: Rules) -> dict[int, str]:
    blank = Profile(id=0)
    found = {}
    for profile in profiles:
        try:
            score_pair(profile, blank, rules)
        except InvalidProfile as error:
            found[int(profile.id)] = f"{UNREADABLE}: {error}"
    return found
