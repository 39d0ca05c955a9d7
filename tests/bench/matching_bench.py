"""Matching alone, warm: seconds, coverage and gap, beside a plain loop over every pair."""

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import combinations

from matching import Profile, Rules, match_batch, score_pair
from tests.population import population

FIELDS = (
    "id", "company_name", "focus_areas", "service_area", "revenue_tier", "annual_revenue",
    "team_size", "services_offered", "job_title",
)  # fmt: skip
# People to seeds, and the goal in seconds and as a share of the bound.
SIZES = {300: 20, 1000: 5, 2000: 5, 10_000: 1, 100_000: 1}
GOALS = {300: 0.1, 1000: 0.5, 2000: 0.35, 10_000: 2.5, 100_000: 40.0}
LOOP_SIZES = (300, 1000)
_MEASURE = (
    "import resource, statistics, time\n"
    "from tests.bench.matching_bench import profiles\n"
    "from matching import match_batch\n"
    "match_batch(profiles(50, 0))\n"
    "wall, cpu, gaps, full = [], [], [], []\n"
    "for seed in range({seeds}):\n"
    "    people = profiles({people}, seed)\n"
    "    started = time.process_time()\n"
    "    certificate = match_batch(people).certificate\n"
    "    cpu.append(time.process_time() - started)\n"
    "    wall.append(certificate.seconds)\n"
    "    gaps.append(certificate.gap)\n"
    "    full.append(certificate.covered == certificate.max_coverable)\n"
    "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
    "print('RESULT', statistics.median(wall), max(wall), statistics.median(cpu), peak,\n"
    "      max(gaps), all(full))\n"
)


def profiles(people: int, seed: int) -> list[Profile]:
    """Return that many invented people, the same for the same seed."""
    return [Profile(**{key: row[key] for key in FIELDS}) for row in population(people, seed)]


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    started = time.perf_counter()
    match_batch(profiles(50, 0))
    yield f"first call, 50 people: {time.perf_counter() - started:.3f} s"
    yield (
        f"{'people':>7} {'seeds':>5} {'median s':>9} {'worst s':>8} {'cpu s':>7} {'goal s':>7} "
        f"{'ratio':>6} {'peak MB':>8} {'worst gap %':>12} {'all covered':>12}"
    )
    medians = {}
    for people, seeds in SIZES.items():
        median, worst, cpu, peak, gap, full = _in_a_process_of_its_own(people, seeds)
        medians[people] = float(median)
        goal = GOALS[people]
        yield (
            f"{people:>7} {seeds:>5} {medians[people]:>9.3f} {float(worst):>8.3f} "
            f"{float(cpu):>7.3f} {goal:>7} {goal / medians[people]:>6.2f} {peak:>8} "
            f"{100 * float(gap):>12.4f} {full:>12}"
        )
    for people in LOOP_SIZES:
        seconds_of_loop = _loop(profiles(people, 0))
        yield (
            f"a plain loop scoring every pair of {people}: {seconds_of_loop:.2f} s, "
            f"{seconds_of_loop / medians[people]:.0f} times ours"
        )


def _in_a_process_of_its_own(people: int, seeds: int) -> list[str]:
    """Measure warm runs where the peak of memory is theirs alone."""
    code = _MEASURE.format(people=people, seeds=seeds)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    return line.split()[1:]


def _loop(people: list[Profile]) -> float:
    started = time.perf_counter()
    rules = Rules()
    for first, second in combinations(people, 2):
        score_pair(first, second, rules)
    return time.perf_counter() - started
