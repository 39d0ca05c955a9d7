"""Owns what past answers say about an event's weights: a proposal, and what it would have done."""

from collections.abc import Mapping
from dataclasses import dataclass

from actors.pairing.pool import match_people, rules_of
from actors.wording.percents import rounded
from matching import BatchResult, LearnedWeights, MatchingError, PairOutcome, learn_weights, liked
from matching.profile import CRITERIA, DEFAULT_WEIGHTS
from models.eligibility import eligible_contractors
from models.event import Event, MatchingStatus
from models.outcomes import Answered, answered, connected_pairs

PAST_EVENTS = 3
MOST_PEOPLE = 1000


@dataclass(frozen=True)
class PastEvent:
    """How a past event would have been matched: pairs, of which the two ways share some.

    `good`: of the pairs that did connect, how many each way would have made.
    """

    name: str
    pairs: int
    shared: int
    connected: int
    good_before: int
    good_after: int


@dataclass(frozen=True)
class Proposal:
    """The weights that an event has now, those that were learned, and what would have differed."""

    current: Mapping[str, float]
    learned: LearnedWeights
    past: list[PastEvent]

    @property
    def is_better(self) -> bool:
        """Whether pairs that were held out are ranked better than by the usual weights."""
        found = self.learned
        return found.auc is not None and found.prior_auc is not None and found.auc > found.prior_auc

    @property
    def is_new(self) -> bool:
        """Whether applying it would change anything."""
        return self.learned.reason is None and rounded(self.learned.weights) != self.current


def propose(event: Event) -> Proposal:
    """Return what past answers speak for; nothing is stored."""
    learned = learn_weights(filter(None, map(_outcome, answered())))
    current = dict(event.weights or DEFAULT_WEIGHTS)
    past = [] if learned.reason else _past_events(event, rounded(learned.weights))
    return Proposal(current, learned, past)


def _outcome(row: Answered) -> PairOutcome | None:
    ratings = [int(text) if text and text.isdecimal() else None for text in row[3:5]]
    known = liked((row.response1, row.response2), ratings)
    is_whole = set(CRITERIA) <= set(row.criteria)
    return (
        PairOutcome(row.criteria, known, row.has_titles) if known is not None and is_whole else None
    )


def _past_events(event: Event, weights: Mapping[str, float]) -> list[PastEvent]:
    """Match the people of the last few events anew, both ways."""
    events = (
        Event.select()
        .where(
            (Event.matching_status == MatchingStatus.COMPLETED)
            & Event.cancelled_at.is_null()
            & (Event.date <= event.date)
        )
        .order_by(Event.date.desc(), Event.id.desc())
        .limit(PAST_EVENTS)
    )
    found = [_past_event(past, weights) for past in events]
    return [past for past in found if past is not None]


def _past_event(event: Event, weights: Mapping[str, float]) -> PastEvent | None:
    people = {person.id: person for person in eligible_contractors(event.id)}
    if not 2 <= len(people) <= MOST_PEOPLE:
        return None
    try:
        before = _pairs(match_people(people, rules_of(event), []))
        after = _pairs(match_people(people, rules_of(event, {"weights": weights}), []))
    except MatchingError:
        return None
    connected = connected_pairs(event.id)
    return PastEvent(
        name=event.name,
        pairs=len(after),
        shared=len(before & after),
        connected=len(connected),
        good_before=len(before & connected),
        good_after=len(after & connected),
    )


def _pairs(result: BatchResult) -> set[tuple[int, int]]:
    return {(int(pair.contractor1_id), int(pair.contractor2_id)) for pair in result.pairs}
