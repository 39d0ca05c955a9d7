"""An independent verdict on a result: it shares no code with the solver, only `score_pair`."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

from matching import BatchResult, Profile, Rules, score_pair


def check(
    profiles: Sequence[Profile],
    rules: Rules,
    result: BatchResult,
    *,
    barred: Collection[tuple] = (),
    required: Collection[tuple] = (),
    capacity: Mapping | None = None,
) -> None:
    """Assert every promise of a batch that can be seen from outside."""
    by_id = {person.id: person for person in profiles}
    pairs = [(pair.contractor1_id, pair.contractor2_id) for pair in result.pairs]
    assert pairs == sorted(set(pairs)), "pairs come once, in order"
    assert all(first < second for first, second in pairs)
    demanded = {tuple(sorted(pair)) for pair in required}
    assert demanded <= set(pairs)
    assert not {tuple(sorted(pair)) for pair in barred} & set(pairs)
    for pair in result.pairs:
        a, b = by_id[pair.contractor1_id], by_id[pair.contractor2_id]
        score = score_pair(b, a, rules)
        assert score.match_score == pair.match_score
        assert score.match_criteria == pair.match_criteria
        assert score.match_type == pair.match_type
        assert pair.match_reason[:1].strip()
        if (a.id, b.id) not in demanded:
            assert pair.match_score >= rules.min_score
            if rules.exclude_same_company and a.company_name:
                assert a.company_name != b.company_name
    counts = Counter(who for pair in pairs for who in pair)
    if rules.strategy != "top_k":
        for who, count in counts.items():
            assert count <= (capacity or {}).get(who, rules.max_matches)
    _check_certificate(profiles, result, counts)


def _check_certificate(profiles: Sequence[Profile], result: BatchResult, counts: Counter) -> None:
    certificate = result.certificate
    assert certificate.people == len(profiles)
    assert certificate.covered == len(counts)
    assert certificate.pairs == len(result.pairs)
    left = [person.contractor_id for person in result.unmatched]
    assert left == sorted({person.id for person in profiles} - set(counts))
    assert all(person.reason for person in result.unmatched)
    rounded = sum(pair.match_score for pair in result.pairs)
    assert abs(certificate.total_score - rounded) <= 0.0051 * len(result.pairs)
    best = {
        who: max(
            pair.match_score
            for pair in result.pairs
            if who in (pair.contractor1_id, pair.contractor2_id)
        )
        for who in counts
    }
    assert certificate.worst_best_score == min(best.values(), default=None)
    if certificate.strategy != "top_k":
        assert certificate.gap >= 0
        assert certificate.total_score <= certificate.upper_bound
        if certificate.max_coverable is not None:
            assert certificate.covered <= certificate.max_coverable


def most_coverable(edges: Sequence[tuple[int, int]], room: Mapping[int, int]) -> int:
    """Try every set of pairs: the most people with a partner, within everybody's room."""
    best = 0
    for size in range(len(edges) + 1):
        for chosen in combinations(edges, size):
            counts = Counter(who for pair in chosen for who in pair)
            if all(count <= room[who] for who, count in counts.items()):
                best = max(best, len(counts))
    return best


def best_covering(
    edges: Mapping[tuple[int, int], float], room: Mapping[int, int]
) -> tuple[int, float]:
    """Try every set of pairs: most people covered, then the largest total, within all rooms."""
    best = (0, 0.0)
    for size in range(len(edges) + 1):
        for chosen in combinations(edges, size):
            counts = Counter(who for pair in chosen for who in pair)
            if all(count <= room[who] for who, count in counts.items()):
                best = max(best, (len(counts), sum(edges[pair] for pair in chosen)))
    return best
