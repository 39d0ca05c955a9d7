"""Owns what matching is given: profiles, rules, limits, and who has met whom."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

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

IdPair = tuple[int, int]


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
    *,
    progress: Callable[[int, int], None] | None = None,
) -> BatchResult:
    """Match a room without disturbing what is there.

    Somebody whose profile holds a value that cannot be read safely is left out and named among
    the unmatched, so that one bad row never costs everybody their lunch.
    """
    profiles = {key: profile_of(person) for key, person in people.items()}
    met = list(met)
    try:
        return _match(people, profiles, rules, met, progress)
    except InvalidProfile:
        unreadable = _unreadable(profiles.values(), rules)
        readable = {key: value for key, value in profiles.items() if key not in unreadable}
        result = _match(people, readable, rules, met, progress)
        left_out = [Unmatched(key, reason) for key, reason in unreadable.items()]
        return replace(result, unmatched=[*result.unmatched, *left_out])


def _match(
    people: Mapping[int, Contractor],
    profiles: Mapping[int, Profile],
    rules: Rules,
    met: list[tuple[int, int, bool]],
    progress: Callable[[int, int], None] | None,
) -> BatchResult:
    present = [people[key] for key in profiles]
    limits = limits_for(present, met, rules.max_matches)
    return match_batch(profiles.values(), rules, progress=progress, **limits)


def _unreadable(profiles: Iterable[Profile], rules: Rules) -> dict[int, str]:
    blank = Profile(id=0)
    found = {}
    for profile in profiles:
        try:
            score_pair(profile, blank, rules)
        except InvalidProfile as error:
            found[int(profile.id)] = f"the profile cannot be read: {error}"
    return found


def limits_for(
    people: list[Contractor], met: list[tuple[int, int, bool]], max_matches: int
) -> dict[str, Any]:
    """Return the keyword arguments that keep a batch from disturbing what is there.

    Nobody is matched with the same person again, nor with somebody who shares their phone, and
    whoever has introductions already has room for that many fewer.
    """
    ids = {person.id for person in people}
    taken: dict[int, int] = defaultdict(int)
    already: list[IdPair] = []
    for first, second, stands in met:
        if first in ids and second in ids:
            already.append((first, second))
        for person in (first, second):
            taken[person] += stands
    return {
        "already_matched": already,
        "forbidden": _shared_phones(people),
        "capacity": {
            person: max(0, max_matches - count)
            for person, count in taken.items()
            if person in ids and count
        },
    }


def _shared_phones(people: Iterable[Contractor]) -> list[IdPair]:
    owners: dict[str, list[int]] = defaultdict(list)
    for person in people:
        owners[person.phone].append(person.id)
    return [pair for ids in owners.values() if len(ids) > 1 for pair in combinations(ids, 2)]
