"""Owns what an organiser asks of matching: run it now, or show what it would do."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from actors.pairing.not_made import not_made, sentences
from actors.pairing.own_result import own_result
from actors.pairing.pool import match_people, rules_of
from actors.pairing.preview_report import beside, describe, partners, summarise
from actors.pairing.preview_texts import count_texts
from matching import MatchingError
from models import matching_claim
from models.base import db
from models.eligibility import eligible_contractors, registered_contractors
from models.event import Event
from models.pair_rule import rules_at
from models.pairs import pairs_at

CHECKED_IN = "checked_in"
REGISTERED = "registered"
SCOPES = (CHECKED_IN, REGISTERED)
STRATEGIES = ("optimal", "greedy", "top_k")


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
    who: str = "",
    **changes: Any,
) -> dict[str, Any]:
    """Match without storing anything and describe the result, ready for JSON.

    Parameters
    ----------
    scope : str
        `checked_in`: those whom a run would match now; `registered`: everybody who agreed to
        texts, here or not.
    who : str
        Part of a name or company: the result says of everybody it fits whom they would meet.
    **changes
        Rules to try instead of the event's own: max_matches, min_score, weights, strategy. The
        result says beside it what the event's own rules would do.

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
    met, ruled = pairs_at(event_id), rules_at(event_id)
    tried = {name: value for name, value in changes.items() if value is not None}
    own_rules = rules_of(event)
    try:
        rules = rules_of(event, tried)
        result = match_people(people, rules, met, ruled) if rules != own_rules else None
    except MatchingError as error:
        raise BadRules(str(error)) from error
    own = own_result(people, own_rules, met, ruled)
    result = result or own
    return {
        "event_id": event.id,
        "scope": scope,
        **describe(result, own, people),
        "compared": beside(result, own, people, own_rules),
        **({"asked": partners(who, result, people)} if who else {}),
        "sms": count_texts(event, result.pairs, people),
        "required_not_made": sentences(
            not_made(event_id, people, met, ruled, result, rules.max_matches)
        ),
    }


def compare(event_id: int) -> list[dict[str, Any]]:
    """Match everybody who is eligible now from scratch, each way once, storing nothing.

    Raises
    ------
    NotPossible
        When there is no such event.
    """
    event: Event | None = Event.get_or_none(Event.id == event_id)
    if event is None:
        raise NotPossible(f"There is no event {event_id}.")
    people = {person.id: person for person in eligible_contractors(event_id)}
    ruled = replace(rules_at(event_id), matched=frozenset())
    return [
        summarise(match_people(people, rules_of(event, {"strategy": strategy}), [], ruled))
        for strategy in STRATEGIES
    ]
