"""Pairs of a big room, drawn as they are needed: groups whose ceiling is low are skipped.

People with the same focus areas (and alike in having a title) form a group. The focus product of
two groups plus a person's largest product of every other factor, summed in the order of the score,
is a ceiling that no pair of theirs in that group exceeds. A person's best pairs are found by
visiting groups by falling ceiling until nothing better can follow, and pairs that beat the prices
u_i + u_j exist only where the ceiling does. Cost: O(pairs looked at); everybody in one group, or
more distinct focus lists than a table holds, costs O(n^2) time but never memory. The loops are in
`matching.kernels`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching import kernels
from matching.candidates import Beyond
from matching.encode import Floats, Ints
from matching.pool import Edges, Pool, Progress, best_first, blocks, joined
from matching.sweep import Columns, columns_of, sweep

_MOST_BEYOND = 8  # pairs drawn per person and pass, at least; the others only add to the bound


@dataclass(frozen=True)
class GroupedPairs:
    """Pairs open to choice between people who have places; fixed ones are barred."""

    columns: Columns
    most_beyond: int = _MOST_BEYOND

    @property
    def n(self) -> int:
        """People in the room."""
        return self.columns.pool.n

    def best(self, k: int, progress: Progress | None = None) -> Edges:
        """List the pairs that are among the best k of either of their people, best first."""

        def task(rows: Ints, *lines: Any) -> Edges:
            partner, score = _slots(len(rows), k)
            kernels.best_of(rows, *lines, partner, score)
            return _edges(self.columns.people[rows], partner, score)

        edges = joined(sweep(self.columns, task, progress))
        _, once = np.unique(edges.keys(self.n), return_index=True)
        return best_first(edges.where(once), self.n)

    def beyond(self, prices: Floats, margin: float = 0.0) -> Beyond:
        """List the pairs that score more than the prices of their two people, less a margin."""
        columns = self.columns.ordered_by(prices)
        dear = prices[columns.people]

        def task(rows: Ints, *lines: Any) -> tuple[Edges, Floats]:
            partner, score = _slots(len(rows), self.most_beyond)
            more = np.zeros(len(rows))
            kernels.beyond_of(rows, *lines, prices, dear, margin, partner, score, more)
            return _edges(columns.people[rows], partner, score), more

        found = sweep(columns, task)
        return Beyond(joined([edges for edges, _ in found]), sum(m.sum() for _, m in found))

    def of(self, people: Sequence[int]) -> Edges:
        """List all pairs of the given people."""
        parts = []
        pool, columns = self.columns.pool, self.columns.people
        for rows in blocks(np.array(people, dtype=np.int64), len(columns)):
            totals, allowed = pool.block(rows, columns)
            row, column = np.nonzero(allowed)
            parts.append(_pairs(rows[row], columns[column], totals[row, column]))
        edges = joined(parts)
        _, once = np.unique(edges.keys(self.n), return_index=True)
        return edges.where(once)


def grouped_pairs(pool: Pool, people: Ints, k: int = _MOST_BEYOND) -> GroupedPairs:
    """Group the people of a pool, to draw about k pairs of each at a time."""
    return GroupedPairs(columns_of(pool, people), max(k, _MOST_BEYOND))


def count_and_list(
    pool: Pool, most: int, progress: Progress | None = None
) -> tuple[int, Edges | None]:
    """Count the pairs that are allowed and reach the threshold; list them if at most so many.

    They come best first, equal ones ordered by a hash of the pair, so that nobody gains by a low
    number. Cost: O(n^2) time, O(most) memory.
    """
    columns = columns_of(pool, np.arange(pool.n))
    count = 0

    def task(rows: Ints, *lines: Any) -> tuple[int, Edges]:
        room = max(0, min(most - count, len(rows) * pool.n)) + 1
        ends, score = np.empty((2, room), dtype=np.int64), np.empty(room)
        number = kernels.eligible_pairs(rows, *lines, ends[0], ends[1], score)
        listed = slice(min(number, room) if number + count <= most else 0)
        return number, _pairs(ends[0, listed], ends[1, listed], score[listed])

    found = sweep(columns, task, progress)
    count = sum(number for number, _ in found)
    if count > most:
        return count, None
    return count, best_first(joined([edges for _, edges in found]), pool.n)


def _slots(rows: int, k: int) -> tuple[Ints, Floats]:
    return np.empty((rows, k), dtype=np.int64), np.empty((rows, k))


def _edges(rows: Ints, partner: Ints, score: Floats) -> Edges:
    row, place = np.nonzero(partner >= 0)
    return _pairs(rows[row], partner[row, place], score[row, place])


def _pairs(a: Ints, b: Ints, totals: Floats) -> Edges:
    return Edges(np.minimum(a, b), np.maximum(a, b), totals)
