"""The whole batch: check, normalise, score, choose, explain, certify.

Time O(n^2), memory O(n + eligible pairs). Until issue 3, ``optimal`` runs ``fewest_options_first``:
it covers as many people as can be (see `matching.cover`), but its total score is only as good as
the certificate's gap says.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from matching.candidates import Edges, Progress, eligible_edges
from matching.certify import bounds_of, certify
from matching.encode import Encoded, encode
from matching.explain import reason_for
from matching.leftover import reasons
from matching.limits import IdPairs, Limits, in_order, read_limits
from matching.normalize import Traits, traits_of
from matching.profile import BatchResult, ContractorId, Pair, Profile, Rules, Unmatched
from matching.score import Weights, criteria_of, match_type, rounded, total_score, weights_of
from matching.solve import Chosen, RowPair, Task, cover, fewest_options_first, greedy, top_k


@dataclass(frozen=True)
class _Room:
    people: list[Profile]
    traits: list[Traits]
    encoded: Encoded
    weights: Weights

    def total(self, pair: RowPair) -> float:
        a, b = (self.traits[who] for who in pair)
        return total_score(criteria_of(a, b), self.weights, has_titles=bool(a.title and b.title))

    def describe(self, pair: RowPair) -> Pair:
        a, b = (self.traits[who] for who in pair)
        criteria = criteria_of(a, b)
        return Pair(
            contractor1_id=self.people[pair[0]].id,
            contractor2_id=self.people[pair[1]].id,
            match_score=rounded(self.total(pair)),
            match_criteria=criteria,
            match_type=match_type(criteria),
            match_reason=reason_for(a, b),
        )


def match_batch(
    profiles: Iterable[Profile],
    rules: Rules = Rules(),  # noqa: B008 frozen, so one instance can serve every call
    *,
    already_matched: IdPairs = (),
    forbidden: IdPairs = (),
    required: IdPairs = (),
    capacity: Mapping[ContractorId, int] | None = None,
    progress: Progress | None = None,
) -> BatchResult:
    """Choose whom to introduce to whom; the order of every input is irrelevant.

    Parameters
    ----------
    profiles : the people in the room; fewer than two is a result, not an error.
    rules : what the organiser asks.
    already_matched, forbidden : pairs of ids that must not be chosen.
    required : pairs of ids that are in, whatever their score or company.
    capacity : id to that person's own number of places, instead of `rules.max_matches`;
        required pairs count against it, already matched ones do not.
    progress : called as ``progress(people_scored, people)`` after each block of people.

    Raises
    ------
    MatchingError
        One of its kinds (see `matching.errors`); the message names the value.
    """
    started = time.perf_counter()
    people = in_order(profiles)
    limits = read_limits(people, rules, already_matched, forbidden, required, capacity)
    room = _enter(people, rules)
    edges = eligible_edges(room.encoded, room.weights, rules, limits.barred_keys(), progress)
    return _conclude(room, rules, limits, edges, started)


def _enter(people: list[Profile], rules: Rules) -> _Room:
    weights = weights_of(rules)
    traits = [traits_of(person) for person in people]
    return _Room(people, traits, encode(traits), weights)


def _conclude(
    room: _Room, rules: Rules, limits: Limits, edges: Edges, started: float
) -> BatchResult:
    task = _task(len(room.people), edges, limits, rules)
    stars, most_covered = cover(task)
    bounds = bounds_of(task, [room.total(pair) for pair in task.fixed], stars, most_covered)
    chosen = _choose(task, rules.strategy, stars)
    left = reasons(room.encoded, task, limits, rules, room.weights, chosen.pairs)
    unmatched = [Unmatched(room.people[row].id, words) for row, words in left]
    pairs = [room.describe(pair) for pair in chosen.pairs]
    totals = [room.total(pair) for pair in chosen.pairs]
    seconds = time.perf_counter() - started
    certificate = certify(
        task, chosen, totals, bounds, eligible_pairs=len(edges.total), seconds=seconds
    )
    return BatchResult(pairs, certificate, unmatched)


def _task(n: int, edges: Edges, limits: Limits, rules: Rules) -> Task:
    fixed = sorted(limits.required)
    fixed_keys = np.array([first * n + second for first, second in fixed], dtype=np.int64)
    is_free = ~np.isin(edges.first * n + edges.second, fixed_keys)
    return Task(n, edges.where(is_free), fixed, limits.room(), rules.candidates_per_person)


def _choose(task: Task, strategy: str, stars: list[RowPair]) -> Chosen:
    if strategy == "greedy":
        return greedy(task)
    return top_k(task) if strategy == "top_k" else fewest_options_first(task, stars)
