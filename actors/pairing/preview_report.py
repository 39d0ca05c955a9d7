"""Owns how a trial of matching is described: who is reached, how well, and who is left out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from matching import BatchResult, Pair, Rules
from matching.leftover import FULL, TOO_LOW
from matching.score import total_score, weights_of
from matching.texts import read_title
from models.contractor import Contractor

SHOWN_PAIRS = 10
SHOWN_FOUND = 10
_TOO_LOW = TOO_LOW.partition("{")[0]


def describe(
    result: BatchResult, own: BatchResult, people: Mapping[int, Contractor]
) -> dict[str, Any]:
    """Return the trial ready for JSON; `own` is what the event's own rules would do."""
    best_first = sorted(result.pairs, key=lambda pair: -pair.match_score)
    return {
        "people": len(people),
        **_totals(result),
        "introductions": 2 * len(result.pairs),
        "current_settings": _totals(own),
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


def beside(
    result: BatchResult, own: BatchResult, people: Mapping[int, Contractor], rules: Rules
) -> dict[str, Any]:
    """Return what makes a trial and the event's own rules comparable.

    Other weights measure with another yardstick, so `total_score` is what the trial's pairs are
    worth by the event's own `rules`; `shared` are the pairs that both make.
    """
    weights = weights_of(rules)
    total = sum(
        total_score(pair.match_criteria, weights, has_titles=_have_titles(pair, people))
        for pair in result.pairs
    )
    shared = _ids(result.pairs) & _ids(own.pairs)
    return {"total_score": round(total, 2), "shared": len(shared)}


def partners(
    who: str, result: BatchResult, people: Mapping[int, Contractor]
) -> list[dict[str, Any]]:
    """Return whom each person would meet whose name or company has `who` in it, ready for JSON.

    The first `SHOWN_FOUND` by name, each with the best partner first.
    """
    wanted = who.casefold()
    named = sorted(
        (person.full_name, person.id)
        for person in people.values()
        if wanted in f"{person.full_name}\n{person.company_name or ''}".casefold()
    )[:SHOWN_FOUND]
    met: dict[int, list[tuple[float, int]]] = {key: [] for _, key in named}
    for pair in result.pairs:
        first, second = int(pair.contractor1_id), int(pair.contractor2_id)
        for one, other in ((first, second), (second, first)):
            if one in met:
                met[one].append((pair.match_score, other))
    return [
        {
            "contractor_id": key,
            "name": name,
            "partners": [
                {"contractor_id": other, "name": people[other].full_name, "match_score": score}
                for score, other in sorted(met[key], key=lambda found: -found[0])
            ],
        }
        for name, key in named
    ]


def is_full(reason: str) -> bool:
    """Whether somebody got nobody because their introductions are as many as they can take."""
    return reason == FULL


def is_too_low(reason: str) -> bool:
    """Whether somebody got nobody because no score was high enough."""
    return reason.startswith(_TOO_LOW)


def summarise(result: BatchResult) -> dict[str, Any]:
    """Return what one way of choosing achieves, to lay beside another."""
    met = Counter(
        person for pair in result.pairs for person in (pair.contractor1_id, pair.contractor2_id)
    )
    return {
        **_totals(result),
        "strategy": result.certificate.strategy,
        "people": result.certificate.people,
        "gap": result.certificate.gap,
        "most_for_one_person": max(met.values(), default=0),
        "weakest_best": result.certificate.worst_best_score,
        "seconds": result.certificate.seconds,
    }


def _totals(result: BatchResult) -> dict[str, Any]:
    return {
        "covered": result.certificate.covered,
        "matches": len(result.pairs),
        "total_score": round(result.certificate.total_score, 2),
    }


def _histogram(pairs: Iterable[Pair]) -> dict[str, int]:
    """Count pairs by score, in steps of 0.05 named by their lower end."""
    steps = Counter(int(round(pair.match_score * 100)) // 5 * 5 for pair in pairs)
    return {f"{step / 100:.2f}": steps[step] for step in sorted(steps)}


def _show(pair: Pair, people: Mapping[int, Contractor]) -> dict[str, Any]:
    shown = asdict(pair)
    shown["match_criteria"] = dict(pair.match_criteria)
    for side in ("contractor1", "contractor2"):
        shown[f"{side}_name"] = people[shown[f"{side}_id"]].full_name
    return shown


def _ids(pairs: Iterable[Pair]) -> set[tuple[Any, Any]]:
    return {(pair.contractor1_id, pair.contractor2_id) for pair in pairs}


def _have_titles(pair: Pair, people: Mapping[int, Contractor]) -> bool:
    both = (people[int(key)] for key in (pair.contractor1_id, pair.contractor2_id))
    return all(read_title(person.job_title) for person in both)
