"""Bulk scores in blocks, and the pairs worth considering.

The arithmetic mirrors `matching.score` operation by operation in float64, so that both round alike;
a property test holds them together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching import score
from matching.encode import Encoded, Flags, Floats, Ints, Sets
from matching.profile import Rules
from matching.score import Weights

_CELLS_PER_BLOCK = 1 << 18  # small enough for the arrays of one block to stay in cache
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Edges:
    """Pairs of row numbers, best first.

    Attributes
    ----------
    first, second : (m,) int64 with ``first < second``.
    total : (m,) float64, unrounded scores, never increasing.
    """

    first: Ints
    second: Ints
    total: Floats

    def where(self, keep: NDArray[np.bool_]) -> "Edges":
        """Keep only the marked pairs; `keep` is (m,)."""
        return Edges(self.first[keep], self.second[keep], self.total[keep])


def eligible_edges(
    room: Encoded,
    weights: Weights,
    rules: Rules,
    barred: Ints,
    progress: Progress | None = None,
) -> Edges:
    """Find every allowed pair whose rounded score reaches the threshold.

    Parameters
    ----------
    barred : (b,) int64 keys ``first * n + second`` of pairs that may not be.
    progress : called with (people scored, n) after each block.

    Equal scores are ordered by a hash of the pair, so that nobody gains by a low number. Cost:
    O(n^2) time, O(block + eligible pairs) memory.
    """
    parts: list[tuple[Ints, Ints, Floats]] = []
    for rows in blocks(room.n):
        columns = np.arange(rows[0], room.n)
        totals = block_totals(room, weights, rows, columns)
        keep = (columns > rows[:, None]) & (round_half_up(totals) >= float(rules.min_score))
        if rules.exclude_same_company:
            keep &= ~colleagues(room, rows, columns)
        row, column = np.nonzero(keep)
        parts.append((rows[row], columns[column], totals[row, column]))
        if progress:
            progress(int(rows[-1]) + 1, room.n)
    empty = np.empty(0, dtype=np.int64)
    parts.append((empty, empty, np.empty(0)))
    first, second, total = (np.concatenate(column) for column in zip(*parts, strict=True))
    edges = Edges(first, second, total)
    return _best_first(edges.where(~np.isin(first * room.n + second, barred)), room.n)


def blocks(n: int) -> Iterator[Ints]:
    """Split rows 0..n-1 into runs that keep a block of scores small."""
    step = max(1, _CELLS_PER_BLOCK // max(1, n))
    for start in range(0, n, step):
        yield np.arange(start, min(n, start + step))


def block_totals(room: Encoded, weights: Weights, rows: Ints, columns: Ints) -> Floats:
    """Score each row against each column: (len(rows), len(columns)) float64, unrounded."""
    has_titles = (room.title[rows] >= 0)[:, None] & (room.title[columns] >= 0)
    focus = np.where(has_titles, weights.values[0], weights.focus_without_title)
    totals = focus * _focus(room.focus, rows, columns)
    totals += weights.values[1] * _separation(room, rows, columns)
    totals += weights.values[2] * _scale(room, rows, columns)
    totals += weights.values[3] * _services(room.services, rows, columns)
    totals += weights.values[4] * _titles(room, has_titles, rows, columns)
    return totals


def round_half_up(totals: Floats) -> Floats:
    """Round as `score.rounded` does."""
    rounded: Floats = np.floor(totals * 100 + 0.5) / 100
    return rounded


def colleagues(room: Encoded, rows: Ints, columns: Ints) -> Flags:
    """Mark pairs of people whose company is known and the same."""
    company = room.company[rows][:, None]
    same: Flags = (company == room.company[columns]) & (company >= 0)
    return same


def _best_first(edges: Edges, n: int) -> Edges:
    key = (edges.first * n + edges.second).astype(np.uint64)
    # splitmix64's finaliser: cheap, and neighbours in become strangers out.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        key = (key ^ (key >> np.uint64(shift))) * np.uint64(factor)
    order = np.lexsort((key, -edges.total))
    return Edges(edges.first[order], edges.second[order], edges.total[order])


def _shared(sets: Sets, rows: Ints, columns: Ints) -> Floats:
    # Counts are far below 2^24, where float32 stops being exact.
    return (sets.shared[rows] @ sets.shared[columns].T).astype(np.float64)


def _focus(sets: Sets, rows: Ints, columns: Ints) -> Floats:
    shared = _shared(sets, rows, columns)
    union = sets.size[rows][:, None] + sets.size[columns] - shared
    return shared / np.maximum(union, 1)


def _services(sets: Sets, rows: Ints, columns: Ints) -> Floats:
    a, b = sets.size[rows][:, None], sets.size[columns]
    overlap = _shared(sets, rows, columns) / np.maximum(np.maximum(a, b), 1)
    return np.where((a > 0) & (b > 0), overlap, score.UNKNOWN_SERVICES)


def _separation(room: Encoded, rows: Ints, columns: Ints) -> Floats:
    places = room.places
    if not len(places.has_state):
        return np.full((len(rows), len(columns)), score.UNKNOWN_PLACE)
    here, back = np.unique(places.of_person[rows], return_inverse=True)
    share_state = places.states[here] @ places.states.T > 0
    table = np.where(share_state, score.SAME_STATE, score.OTHER_STATE)
    table[~(places.has_state[here][:, None] & places.has_state)] = score.UNRELATED_TEXT
    for row, place in enumerate(here):
        table[row, places.within[place]] = score.TEXT_WITHIN_TEXT
        table[row, place] = score.SAME_PLACE
    there = places.of_person[columns]
    result: Floats = table[back][:, there]
    result[(places.of_person[rows] < 0)[:, None] | (there < 0)] = score.UNKNOWN_PLACE
    return result


def _scale(room: Encoded, rows: Ints, columns: Ints) -> Floats:
    given = room.revenue_given[rows][:, None] & room.revenue_given[columns]
    known = room.revenue_known[rows][:, None] & room.revenue_known[columns]
    revenue = _stepped(room.revenue, rows, columns, score.REVENUE_STEPS, score.REVENUE_FARTHEST)
    revenue = np.where(known, revenue, score.UNREADABLE_REVENUE) * given
    teams = room.team_known[rows][:, None] & room.team_known[columns]
    team = _stepped(room.team, rows, columns, score.TEAM_STEPS, score.TEAM_FARTHEST) * teams
    count = given.astype(np.int64) + teams
    return np.where(count > 0, (revenue + team) / np.maximum(count, 1), score.UNKNOWN_SCALE)


def _stepped(
    sizes: Floats,
    rows: Ints,
    columns: Ints,
    steps: tuple[tuple[float, float], ...],
    farthest: float,
) -> Floats:
    a, b = sizes[rows][:, None], sizes[columns]
    difference = np.abs(a - b) / ((a + b) / 2)
    values = np.array([value for _, value in steps] + [farthest])
    limits = np.array([limit for limit, _ in steps])
    result: Floats = values[np.searchsorted(limits, difference, side="right")]
    return result


def _titles(room: Encoded, has_titles: Flags, rows: Ints, columns: Ints) -> Floats:
    same = room.title[rows][:, None] == room.title[columns]
    family = _shared(room.families, rows, columns) > 0
    word = _shared(room.words, rows, columns) > 0
    likeness = np.where(family, score.SAME_FAMILY, np.where(word, score.SHARED_WORD, 0.0))
    return np.where(same, score.SAME_TITLE, likeness) * has_titles
