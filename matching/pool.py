"""Which pairs may be, and what they score: blocks of the room, never the whole of it at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.encode import Flags, Floats, Ints
from matching.factors import Encoded
from matching.profile import Rules
from matching.score import rounded

CELLS_PER_BLOCK = 1 << 17  # small enough for the arrays of one block to stay in cache
_JITTER = 1e-10
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Edges:
    """Pairs of row numbers.

    Attributes
    ----------
    first, second : (m,) int64 with ``first < second``.
    total : (m,) float64, unrounded scores.
    """

    first: Ints
    second: Ints
    total: Floats

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.total)

    def where(self, keep: Flags | Ints) -> "Edges":
        """Keep only the marked or listed pairs."""
        return Edges(self.first[keep], self.second[keep], self.total[keep])

    def keys(self, n: int) -> Ints:
        """Give each pair one number, (m,) int64, unique among n people."""
        return self.first * n + self.second


@dataclass(frozen=True)
class Pool:
    """The room and what may be paired in it.

    Attributes
    ----------
    least : smallest unrounded total whose rounded score reaches the threshold.
    keeps_colleagues_apart : whether people of one company may not be paired.
    barred : (b,) int64 keys ``first * n + second`` of pairs that may not be, sorted.
    """

    room: Encoded
    least: float
    keeps_colleagues_apart: bool
    barred: Ints

    @property
    def n(self) -> int:
        """People in the room."""
        return self.room.n

    def block(self, rows: Ints, columns: Ints) -> tuple[Floats, Flags]:
        """Score rows against columns and mark the pairs that are allowed and reach the threshold.

        Both are (len(rows), len(columns)); nobody is allowed with themselves. Columns come once.
        """
        totals = self.room.totals(rows, columns)
        allowed = totals >= self.least
        allowed &= rows[:, None] != columns
        if self.keeps_colleagues_apart:
            allowed &= ~self.colleagues(rows, columns)
        if len(self.barred):
            row, column = np.nonzero(allowed)
            first, second = np.minimum(rows[row], columns[column]), rows[row] + columns[column]
            keys = first * self.n + (second - first)
            is_barred = np.isin(keys, self.barred)
            allowed[row[is_barred], column[is_barred]] = False
        return totals, allowed

    def colleagues(self, rows: Ints, columns: Ints) -> Flags:
        """Mark pairs of people whose company is known and the same."""
        company = self.room.company[rows][:, None]
        same: Flags = (company == self.room.company[columns]) & (company >= 0)
        return same

    def without(self, keys: Ints) -> "Pool":
        """Bar further pairs."""
        barred = np.union1d(self.barred, keys)
        return Pool(self.room, self.least, self.keeps_colleagues_apart, barred)


def pool_of(room: Encoded, rules: Rules, barred: Ints) -> Pool:
    """Join room and rules."""
    least = least_total(float(rules.min_score))
    return Pool(room, least, rules.exclude_same_company, np.sort(barred))


def least_total(min_score: float) -> float:
    """Find the smallest float whose rounded score, ``floor(100 x + 1/2) / 100``, is enough.

    Rounding never decreases, so comparing with this number is comparing the rounded score.
    """
    below, enough = -1.0, 2.0
    while True:
        middle = (below + enough) / 2
        if middle in (below, enough):
            return enough
        if rounded(middle) < min_score:
            below = middle
        else:
            enough = middle


def blocks(rows: Ints, columns: int) -> Iterator[Ints]:
    """Split rows into runs that keep a block of that many columns small."""
    step = max(1, CELLS_PER_BLOCK // max(1, columns))
    for start in range(0, len(rows), step):
        yield rows[start : start + step]


def joined(parts: list[Edges]) -> Edges:
    """Put lists of pairs behind one another."""
    empty = np.empty(0, dtype=np.int64)
    columns = zip(
        *((e.first, e.second, e.total) for e in [*parts, Edges(empty, empty, np.empty(0))]),
        strict=True,
    )
    first, second, total = (np.concatenate(column) for column in columns)
    return Edges(first, second, total)


def scrambled(keys: Ints) -> NDArray[np.uint64]:
    """Hash each pair's number."""
    key = keys.astype(np.uint64)
    # splitmix64's finaliser: cheap, and neighbours in become strangers out.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        key = (key ^ (key >> np.uint64(shift))) * np.uint64(factor)
    return key


def best_first(edges: Edges, n: int) -> Edges:
    """Sort by falling score, equal ones by a hash of the pair."""
    # Scores that differ at all differ by far more than the hash can add.
    mixed = (scrambled(edges.keys(n)) >> np.uint64(48)).astype(np.float64) * (_JITTER / 65536)
    return edges.where(np.argsort(-(edges.total + mixed), kind="stable"))
