"""The whole batch: check, normalise, score, choose, explain, certify."""

import time
from collections.abc import Iterable, Mapping

from matching.certify import certify
from matching.choose import choose
from matching.explain import reason_for
from matching.factors import encode
from matching.leftover import reasons
from matching.limits import IdPairs, RowPair, in_order, read_limits
from matching.normalize import Traits, traits_of_all
from matching.pool import Progress, pool_of
from matching.profile import BatchResult, ContractorId, Pair, Profile, Rules, Unmatched
from matching.score import Weights, criteria_of, match_type, rounded, total_score, weights_of


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
    weights = weights_of(rules)
    traits = traits_of_all(people)
    pool = pool_of(
        encode(traits, weights, rules.max_same_market_miles), rules, limits.barred_keys()
    )
    choice = choose(pool, limits, rules, progress)
    described = {
        pair: _describe(people, traits, weights, pair, rules.max_same_market_miles)
        for pair in choice.pairs
    }
    unmatched = [
        Unmatched(people[row].id, words)
        for row, words in reasons(pool, limits, rules, choice.pairs)
    ]
    certificate = certify(
        pool.n,
        choice,
        totals={pair: total for pair, (_, total) in described.items()},
        fixed=limits.required,
        seconds=time.perf_counter() - started,
    )
    pairs = [described[pair][0] for pair in choice.pairs]
    return BatchResult(pairs, certificate, unmatched)


def describe_pair(first: Profile, second: Profile, rules: Rules) -> Pair:
    """Score and explain one pair, as a batch does that introduces the two; nobody is chosen.

    Raises
    ------
    MatchingError
        When a profile or a rule can not be read (see `matching.errors`).
    """
    people = in_order((first, second))
    traits = traits_of_all(people)
    miles = rules.max_same_market_miles
    return _describe(people, traits, weights_of(rules), (0, 1), miles)[0]


def _describe(
    people: list[Profile],
    traits: list[Traits],
    weights: Weights,
    pair: RowPair,
    miles: float | None,
) -> tuple[Pair, float]:
    """Return the pair for people to read, and its unrounded score."""
    a, b = (traits[row] for row in pair)
    criteria = criteria_of(a, b, miles)
    total = total_score(criteria, weights, has_titles=bool(a.title and b.title))
    described = Pair(
        contractor1_id=people[pair[0]].id,
        contractor2_id=people[pair[1]].id,
        match_score=rounded(total),
        match_criteria=criteria,
        match_type=match_type(criteria),
        match_reason=reason_for(a, b),
    )
    return described, total
