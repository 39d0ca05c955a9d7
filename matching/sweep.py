"""Runs a kernel over a room: people laid out for it, rows dealt to two threads, block by block."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from matching.encode import Floats, Ints
from matching.kernels import Layout
from matching.pool import Pool, Progress

Result = TypeVar("Result")
_THREADS = 2
_ROWS = 256  # per block, so that the lines of factors without a table stay small


@dataclass(frozen=True)
class Columns:
    """Some people of a pool, grouped for `matching.kernels`, which explains the terms.

    Attributes
    ----------
    people : (p,) int64, sorted by group; group g begins at `starts[g]`.
    group : (n,) int64. ceiling : (groups, groups) float64.
    rest : (n, 4) float64, the largest product of each person in every factor but focus.
    """

    pool: Pool
    people: Ints
    starts: Ints
    group: Ints
    ceiling: Floats
    rest: Floats

    @cached_property
    def layout(self) -> Layout:
        """Lay all of it out for kernels."""
        pool = self.pool
        codes = np.stack([factor.codes[self.people] for factor in pool.room.factors])
        company = pool.room.company if pool.keeps_colleagues_apart else np.full(pool.n, -1)
        return Layout(
            # Unsigned numbers spare the loops a test for negative ones.
            codes.astype(np.uint32),
            self.rest,
            self.ceiling,
            self.group,
            self.starts,
            self.people,
            company,
            pool.barred,
            pool.least,
        )

    def ordered_by(self, worth: Floats) -> "Columns":
        """Put the people of each group in rising order of their worth, (n,) float64."""
        order = np.lexsort((worth[self.people], self.group[self.people]))
        people = self.people[order]
        return Columns(self.pool, people, self.starts, self.group, self.ceiling, self.rest)


def columns_of(pool: Pool, people: Ints) -> Columns:
    """Group people by focus code; all are one group where that has no table."""
    focus, *others = pool.room.factors
    group = focus.codes if focus.table is not None else np.zeros_like(focus.codes)
    ceiling = focus.table if focus.table is not None else np.full((1, 1), focus.ceiling)
    ordered = people[np.argsort(group[people], kind="stable")]
    starts = np.searchsorted(group[ordered], np.arange(len(ceiling) + 1))
    rest = np.stack([factor.most_of_each() for factor in others], axis=1)
    return Columns(pool, ordered, starts, group, ceiling, rest)


def sweep(
    columns: Columns,
    task: Callable[[Ints, Ints, tuple[Floats, ...], Layout], Result],
    progress: Progress | None = None,
) -> list[Result]:
    """Call ``task(rows, row_codes, tables, columns.layout)`` until all rows had their turn.

    `rows` are positions among the columns; the results come in a fixed order.
    """
    results: list[Result] = []
    n, count = columns.pool.n, len(columns.people)
    with ThreadPoolExecutor(_THREADS) as threads:
        for start in range(0, count, _ROWS):
            rows = np.arange(start, min(start + _ROWS, count))
            codes, tables = columns.pool.room.lines(columns.people[rows])

            def share(
                first: int, rows: Ints = rows, codes: Ints = codes, tables: Any = tables
            ) -> Result:
                mine = slice(first, None, _THREADS)
                return task(rows[mine], codes[mine], tables, columns.layout)

            results += threads.map(share, range(_THREADS))
            if progress:
                progress(n - count + int(rows[-1]) + 1, n)
    return results
