"""Eligible pairs of a big room, drawn as they are needed: groups whose ceiling is low are skipped.

People with the same focus areas (and alike in having a title) form a group. The focus product of
two groups plus the largest product of every other factor, summed in the order of the score, is a
ceiling that no pair of them exceeds (float addition is monotone). A person's best pairs are found
by visiting groups by falling ceiling until nothing better can follow, and pairs that beat the
prices u_i + u_j exist only between groups whose ceiling does. Cost: O(pairs looked at); everybody
in one group, or more distinct focus lists than a table holds, costs O(n^2) time but never memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.candidates import Beyond
from matching.encode import Floats, Ints
from matching.pool import Edges, Pool, Progress, best_first, blocks, joined

_ROWS = 256
_FIRST_COLUMNS = 256
_MOST_COLUMNS = 2048
_PRICE_STEP = 0.1  # people of one block have prices this close
_MOST_BEYOND = 8  # pairs drawn per person and pass; the others only add to the bound
_JITTER = 1e-10  # decides between equal scores, so that not everybody draws the same few people


@dataclass(frozen=True)
class GroupedPairs:
    """Pairs open to choice between the given people, who have places; fixed ones are barred.

    Attributes
    ----------
    people : (p,) int64, sorted by group; group g begins at `starts[g]`.
    group : (n,) int64. ceiling : (groups, groups) float64.
    """

    pool: Pool
    people: Ints
    starts: Ints
    group: Ints
    ceiling: Floats

    @property
    def n(self) -> int:
        """People in the room."""
        return self.pool.n

    def best(self, k: int, progress: Progress | None = None) -> Edges:
        """List the pairs that are among the best k of either of their people, best first."""
        parts = []
        done = 0
        for group in range(len(self.ceiling)):
            members = self.people[self.starts[group] : self.starts[group + 1]]
            for start in range(0, len(members), _ROWS):
                rows = members[start : start + _ROWS]
                parts.append(self._best_of(rows, np.roll(members, -start), group, k))
                done += len(rows)
                if progress:
                    progress(done, self.n)
        edges = joined(parts)
        _, once = np.unique(edges.keys(self.n), return_index=True)
        edges = edges.where(once)
        exact = self.pool.room.totals_of(edges.first, edges.second)
        return best_first(Edges(edges.first, edges.second, exact), self.n)

    def beyond(self, prices: Floats) -> Beyond:
        """List the pairs that score more than the prices of their two people."""
        parts, more = [], 0.0
        ordered = self.people[np.lexsort((prices[self.people], self.group[self.people]))]
        key = self.group[ordered] * 1000.0 + prices[ordered]
        for rows in _alike(ordered, key):
            lowest = prices[rows[0]]
            limit = self.ceiling[self.group[rows[0]]] - lowest
            near = np.flatnonzero(limit > lowest)
            begin = np.searchsorted(key, near * 1000.0 + lowest)
            end = np.searchsorted(key, near * 1000.0 + limit[near], side="right")
            end = np.maximum(begin, end)
            columns = ordered[_ranges(begin, end)]
            for some in blocks(rows, len(columns)):
                edges, rest = self._beyond_of(some, columns, prices)
                parts.append(edges)
                more += rest
        return Beyond(joined(parts), more)

    def of(self, people: Sequence[int]) -> Edges:
        """List all pairs of the given people."""
        parts = []
        for rows in blocks(np.array(people, dtype=np.int64), len(self.people)):
            totals, allowed = self.pool.block(rows, self.people)
            row, column = np.nonzero(allowed)
            parts.append(_edges(rows[row], self.people[column], totals[row, column]))
        edges = joined(parts)
        _, once = np.unique(edges.keys(self.n), return_index=True)
        return edges.where(once)

    def _best_of(self, rows: Ints, own: Ints, group: int, k: int) -> Edges:
        score = np.full((len(rows), k), -1.0)
        partner = np.zeros((len(rows), k), dtype=np.int64)
        open_ = np.arange(len(rows))  # whose list may still get better
        for columns, next_ceiling in self._by_ceiling(own, group):
            totals, allowed = self.pool.block(rows[open_], columns)
            mixed = (rows[open_][:, None] * 40503 ^ columns * 30011) & 0xFFFF
            totals += mixed * (_JITTER / 0x10000)
            totals[~allowed] = -1.0
            place = np.argpartition(-totals, min(k, len(columns)) - 1, axis=1)[:, :k]
            found = np.take_along_axis(totals, place, axis=1)
            both = np.concatenate((score[open_], found), axis=1)
            people = np.concatenate((partner[open_], columns[place]), axis=1)
            best = np.argpartition(-both, k - 1, axis=1)[:, :k]
            score[open_] = np.take_along_axis(both, best, axis=1)
            partner[open_] = np.take_along_axis(people, best, axis=1)
            open_ = open_[score[open_].min(axis=1) < next_ceiling]
            if not len(open_):
                break
        row, place = np.nonzero(score >= 0)
        return _edges(rows[row], partner[row, place], score[row, place])

    def _by_ceiling(self, own: Ints, group: int) -> Iterator[tuple[Ints, float]]:
        """Yield columns in growing chunks, with the ceiling of whoever comes next."""
        ceiling = self.ceiling[group]
        others = np.flatnonzero((ceiling >= self.pool.least) & (np.arange(len(ceiling)) != group))
        others = others[np.argsort(-ceiling[others], kind="stable")]
        heights = np.append(ceiling[others], -np.inf)
        sizes = np.cumsum(self.starts[others + 1] - self.starts[others])
        done, most = 0, _FIRST_COLUMNS
        if ceiling[group] >= self.pool.least:
            for start in range(0, len(own), _MOST_COLUMNS):
                rest = start + _MOST_COLUMNS < len(own)
                yield own[start : start + _MOST_COLUMNS], ceiling[group] if rest else heights[0]
        while done < len(others):
            before = sizes[done - 1] if done else 0
            end = max(done + 1, int(np.searchsorted(sizes, before + most)))
            some = others[done:end]
            columns = self.people[_ranges(self.starts[some], self.starts[some + 1])]
            if len(columns):  # a group may have nobody with a place
                yield columns, float(heights[end])
            done, most = end, min(2 * most, _MOST_COLUMNS)

    def _beyond_of(self, rows: Ints, columns: Ints, prices: Floats) -> tuple[Edges, float]:
        totals, allowed = self.pool.block(rows, columns)
        gain = totals - prices[rows][:, None] - prices[columns]
        mine, theirs = prices[rows][:, None], prices[columns]
        later = (theirs > mine) | ((theirs == mine) & (columns > rows[:, None]))
        row, column = np.nonzero(allowed & later & (gain > 0))
        worth = gain[row, column]
        order = np.lexsort((-worth, row))
        row, column, worth = row[order], column[order], worth[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        drawn = rank < _MOST_BEYOND
        more = float(worth[~drawn].sum())
        row, column = row[drawn], column[drawn]
        return _edges(rows[row], columns[column], totals[row, column]), more


def grouped_pairs(pool: Pool, people: Ints) -> GroupedPairs:
    """Group the people of a pool."""
    focus, *others = pool.room.factors
    group = focus.codes
    ceiling = np.full((1, 1), focus.ceiling) if focus.table is None else focus.table.copy()
    if focus.table is None:
        group = np.zeros_like(group)
    for factor in others:
        ceiling = ceiling + factor.ceiling
    ordered = people[np.argsort(group[people], kind="stable")]
    starts = np.searchsorted(group[ordered], np.arange(len(ceiling) + 1))
    return GroupedPairs(pool, ordered, starts, group, ceiling)


def _edges(rows: Ints, columns: Ints, totals: Floats) -> Edges:
    return Edges(np.minimum(rows, columns), np.maximum(rows, columns), totals)


def _alike(ordered: Ints, key: Floats) -> Iterator[Ints]:
    """Split people into runs of one group and nearly one price."""
    start = 0
    while start < len(ordered):
        end = int(np.searchsorted(key, key[start] + _PRICE_STEP, side="right"))
        end = min(end, start + _ROWS)
        yield ordered[start:end]
        start = end


def _ranges(begin: Ints, end: Ints) -> Ints:
    """Concatenate the ranges begin..end."""
    length = end - begin
    shift = np.repeat(end - np.cumsum(length), length)
    return shift + np.arange(int(length.sum()))
