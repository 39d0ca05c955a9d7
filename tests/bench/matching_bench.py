"""Matching alone, warm: seconds, coverage and gap, beside a plain loop over every pair."""

import statistics
import time
from collections.abc import Iterator
from itertools import combinations

from matching import Profile, Rules, match_batch, score_pair
from tests.population import population

FIELDS = (
    "id", "company_name", "focus_areas", "service_area", "revenue_tier", "annual_revenue",
    "team_size", "services_offered", "job_title",
)  # fmt: skip
SIZES = {300: 10, 1000: 3, 2000: 3}
LOOP_SIZES = (300,)


def profiles(people: int, seed: int) -> list[Profile]:
    """Return that many invented people, the same for the same seed."""
    return [Profile(**{key: row[key] for key in FIELDS}) for row in population(people, seed)]


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    started = time.perf_counter()
    match_batch(profiles(50, 0))
    yield f"first call, 50 people: {time.perf_counter() - started:.3f} s"
    yield f"{'people':>7} {'seeds':>5} {'median s':>9} {'worst s':>8} {'covered':>8} {'gap':>7}"
    medians = {}
    for people, seeds in SIZES.items():
        seconds, covered, gaps = [], [], []
        for seed in range(seeds):
            certificate = match_batch(profiles(people, seed)).certificate
            seconds.append(certificate.seconds)
            covered.append(certificate.covered / people)
            gaps.append(certificate.gap)
        medians[people] = statistics.median(seconds)
        yield (
            f"{people:>7} {seeds:>5} {medians[people]:>9.3f} {max(seconds):>8.3f} "
            f"{min(covered):>8.3f} {max(gaps):>7.4f}"
        )
    for people in LOOP_SIZES:
        seconds_of_loop = _loop(profiles(people, 0))
        yield (
            f"a plain loop scoring every pair of {people}: {seconds_of_loop:.2f} s, "
            f"{seconds_of_loop / medians[people]:.0f} times ours"
        )


def _loop(people: list[Profile]) -> float:
    started = time.perf_counter()
    rules = Rules()
    for first, second in combinations(people, 2):
        score_pair(first, second, rules)
    return time.perf_counter() - started
