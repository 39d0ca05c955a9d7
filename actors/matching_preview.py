"""Owns what an organiser asks of matching: run it now, or show what it would do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from actors.pool import match_people, pairs_at, rules_of
from matching import BatchResult, MatchingError, Pair
from models import matching_claim
from models.base import db
from models.contractor import Contractor
from models.eligibility import eligible_contractors, registered_contractors
from models.event import Event

CHECKED_IN = "checked_in"
REGISTERED = "registered"
SCOPES = (CHECKED_IN, REGISTERED)
SHOWN_PAIRS = 10


class NotPossible(Exception):
    """Matching can not run at this event now; the message says why."""


class BadRules(Exception):
    """The rules to try out can not be meant; the message says which."""


def request_run(event_id: int, *, now: datetime) -> datetime:
    """Plan a run for now, which adds what is missing and disturbs nothing that is there.

    Opens a transaction; the planner finds the row within a second.

    Raises
    ------
    NotPossible
        When there is no such event, or it is over or cancelled.
    """
    with db.atomic():
        event = matching_claim.lock_event(event_id)
        if event is None:
            raise NotPossible(f"There is no event {event_id}.")
        if event.cancelled_at is not None:
            raise NotPossible("The event was cancelled.")
        if event.is_over(now):
            raise NotPossible("The event is over.")
        Event.update(top_up_at=now, wake_sent_at=None).where(Event.id == event_id).execute()
    return now


def preview(
    event_id: int,
    *,
    scope: str = CHECKED_IN,
    max_matches: int | None = None,
    min_score: float | None = None,
    weights: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Match without storing anything and describe the result, ready for JSON.

    Parameters
    ----------
    scope : str
        `checked_in`: those whom a run would match now; `registered`: everybody who agreed to
        texts, here or not.

    Raises
    ------
    NotPossible
        When there is no such event.
    BadRules
        When scope, limits or weights can not be meant.
    """
    event: Event | None = Event.get_or_none(Event.id == event_id)
    if event is None:
        raise NotPossible(f"There is no event {event_id}.")
    if scope not in SCOPES:
        raise BadRules(f"scope is {CHECKED_IN} or {REGISTERED}")
    found = eligible_contractors if scope == CHECKED_IN else registered_contractors
    people = {person.id: person for person in found(event_id)}
    try:
        rules = rules_of(
            event, {"max_matches": max_matches, "min_score": min_score, "weights": weights}
        )
        result = match_people(people, rules, pairs_at(event_id))
    except MatchingError as error:
        raise BadRules(str(error)) from error
    return _describe(event, scope, result, people)


def _describe(
    event: Event, scope: str, result: BatchResult, people: dict[int, Contractor]
) -> dict[str, Any]:
    best_first = sorted(result.pairs, key=lambda pair: -pair.match_score)
    return {
        "event_id": event.id,
        "scope": scope,
        "people": len(people),
        "covered": result.certificate.covered,
        "matches": len(result.pairs),
        "introductions": 2 * len(result.pairs),
        "certificate": asdict(result.certificate),
        "score_distribution": _histogram(result.pairs),
        "top_pairs": [_show(pair, people) for pair in best_first[:SHOWN_PAIRS]],
        "bottom_pairs": [_show(pair, people) for pair in best_first[::-1][:SHOWN_PAIRS]],
        "unmatched": [
            {
                "contractor_id": person.contractor_id,
                "name": people[int(person.contractor_id)].full_name,
                "reason": person.reason,
            }
            for person in result.unmatched
        ],
    }


def _histogram(pairs: list[Pair]) -> dict[str, int]:
    """Count pairs by score, in steps of 0.05 named by their lower end."""
    steps = Counter(int(round(pair.match_score * 100)) // 5 * 5 for pair in pairs)
    return {f"{step / 100:.2f}": steps[step] for step in sorted(steps)}


def _show(pair: Pair, people: dict[int, Contractor]) -> dict[str, Any]:
    shown = asdict(pair)
    shown["match_criteria"] = dict(pair.match_criteria)
    for side in ("contractor1", "contractor2"):
        shown[f"{side}_name"] = people[shown[f"{side}_id"]].full_name
    return shown
