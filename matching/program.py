"""The linear program of a small room, handed to HiGHS.

HiGHS (Huangfu and Hall, Parallelizing the dual revised simplex method, Math. Programming
Computation 10, 2018) runs on one thread without a clock, so it is deterministic. After a cut it
goes on from the last basis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from matching.blossom import Columns, Cut
from matching.demand import Demand
from matching.encode import Floats, Ints


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    Attributes
    ----------
    x : (k,) float64 over all columns, 0 where a column was not in the program.
    row_duals : (rows,) float64; the first n belong to people.
    bound : proven by the solver for the program given, cuts included.
    """

    x: Floats
    row_duals: Floats
    bound: float


class _Silent(highspy.Highs):
    """HiGHS greets when callbacks are turned on, before it can be told not to; none are used."""

    def enableCallbacks(self) -> None:  # noqa: N802 the library's name
        """Be silent instead."""
        self.silent()


class Program:
    """A program over some of the columns; the others are 0."""

    def __init__(
        self, demand: Demand, columns: Columns, chosen: Ints, cuts: Sequence[Cut], most_left: int
    ) -> None:
        """Build it.

        Parameters
        ----------
        chosen : numbers of the columns that take part.
        most_left : how many people may be left out.
        """
        self.columns, self.chosen = columns, chosen
        self.highs: Any = _Silent()  # type: ignore[no-untyped-call]
        for name, value in (("threads", 1), ("presolve", "off")):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(_model(demand, columns, chosen, most_left))
        for cut in cuts:
            self.add(cut)

    def add(self, cut: Cut) -> None:
        """Add a row."""
        entries = cut.coefficients(self.columns, self.chosen)
        where = np.flatnonzero(entries).astype(np.int32)
        self.highs.addRow(cut.least, highspy.kHighsInf, len(where), where, entries[where])

    def relaxed(self) -> Answer:
        """Solve without asking for whole numbers."""
        self.highs.run()
        info = self.highs.getInfo()
        solution = self.highs.getSolution()
        x = np.zeros(len(self.columns.tail))
        x[self.chosen] = solution.col_value
        return Answer(x, np.array(solution.row_dual), info.objective_function_value)


def _model(demand: Demand, columns: Columns, chosen: Ints, most_left: int) -> Any:
    n, count = demand.n, len(chosen)
    is_left_out = chosen >= len(columns.tail) - n
    row = np.stack(
        (columns.tail[chosen], columns.head[chosen], np.where(is_left_out, n + 1, n)), axis=1
    )
    # The spare node n has no row; row n limits how many are left out.
    row = np.where(row == n, -1, np.where(row == n + 1, n, row))
    used = row >= 0
    model: Any = highspy.HighsLp()
    model.sense_ = highspy.ObjSense.kMaximize
    model.num_col_, model.num_row_ = count, n + 1
    model.col_cost_ = columns.worth[chosen]
    model.col_lower_, model.col_upper_ = np.zeros(count), columns.capacity[chosen]
    model.row_lower_ = np.append(demand.room.astype(np.float64), -highspy.kHighsInf)
    model.row_upper_ = np.append(demand.room.astype(np.float64), float(most_left))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.append(0, np.cumsum(used.sum(axis=1))).astype(np.int32)
    model.a_matrix_.index_ = row[used].astype(np.int32)
    model.a_matrix_.value_ = np.ones(int(used.sum()))
    return model
