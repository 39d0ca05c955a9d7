"""The linear program of a small room, handed to HiGHS.

HiGHS (Huangfu and Hall, Parallelizing the dual revised simplex method, Math. Programming
Computation 10, 2018) runs on one thread without a clock, so it is deterministic. It begins with a
basis made from prices that are nearly right, and after a cut or a draw goes on from the last one.
"""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from matching.blossom import Columns, Cut
from matching.demand import Demand
from matching.encode import Floats, Ints

_TIE = 1e-6  # a column this close to its price is worth it


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
    """A program over some of the columns; the others are 0.

    Attributes
    ----------
    chosen : numbers of the columns that take part, in the order of HiGHS's own.
    cuts : the inequalities so far.
    """

    def __init__(self, demand: Demand, columns: Columns, chosen: Ints, most_left: int) -> None:
        """Build it.

        Parameters
        ----------
        most_left : how many people may be left out.
        """
        self.columns, self.n = columns, demand.n
        self.chosen = chosen[:0]
        self.cuts: list[Cut] = []
        self.highs: Any = _Silent()  # type: ignore[no-untyped-call]
        for name, value in (("threads", 1), ("presolve", "off")):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(_rows(demand, most_left))
        self.draw(chosen)

    def draw(self, numbers: Ints) -> None:
        """Let further columns take part; they begin at 0, and the basis stays what it was."""
        row, column, value = self._entries(numbers)
        self.highs.addCols(
            len(numbers),
            self.columns.worth[numbers],
            np.zeros(len(numbers)),
            self.columns.capacity[numbers],
            len(row),
            np.searchsorted(column, np.arange(len(numbers))).astype(np.int32),
            row.astype(np.int32),
            value,
        )
        self.chosen = np.concatenate((self.chosen, numbers))

    def add(self, cut: Cut) -> None:
        """Add a row."""
        entries = cut.coefficients(self.columns, self.chosen)
        where = np.flatnonzero(entries).astype(np.int32)
        self.highs.addRow(cut.least, highspy.kHighsInf, len(where), where, entries[where])
        self.cuts.append(cut)

    def drop_slack(self) -> None:
        """Remove the cuts that do not hold the last solution back."""
        values = np.array(self.highs.getSolution().row_value)[self.n + 1 :]
        is_slack = values > np.array([cut.least for cut in self.cuts]) + _TIE
        rows = np.flatnonzero(is_slack).astype(np.int32) + np.int32(self.n + 1)
        self.highs.deleteRows(len(rows), rows)
        self.cuts = [cut for cut, slack in zip(self.cuts, is_slack, strict=True) if not slack]

    def begin_at(self, prices: Floats) -> None:
        """Start the first solution from (n,) float64 prices of people, which should be good ones.

        Columns that are worth their prices form the basis (HiGHS drops those that depend on others
        and fills up with rows), dearer ones are empty, cheaper ones full.
        """
        reduced = reduced_worth(self.columns, prices)[self.chosen]
        status = highspy.HighsBasisStatus
        basis: Any = highspy.HighsBasis()
        basis.valid = basis.alien = True
        names = (status.kLower, status.kBasic, status.kUpper)
        side = np.where(reduced > _TIE, 2, np.where(reduced < -_TIE, 0, 1))
        basis.col_status = [names[number] for number in side.tolist()]
        basis.row_status = [*[status.kLower] * self.n, status.kBasic]
        self.highs.setBasis(basis)

    def relaxed(self) -> Answer:
        """Solve without asking for whole numbers."""
        self.highs.run()
        info = self.highs.getInfo()
        solution = self.highs.getSolution()
        x = np.zeros(len(self.columns.tail))
        x[self.chosen] = solution.col_value
        return Answer(x, np.array(solution.row_dual), info.objective_function_value)

    def _entries(self, numbers: Ints) -> tuple[Ints, Ints, Floats]:
        """List (row, place in `numbers`, value), by place: people, who is left out, the cuts."""
        tail, head = self.columns.tail[numbers], self.columns.head[numbers]
        places = np.arange(len(numbers))
        paired = head < self.n
        left_out = np.flatnonzero(numbers >= len(self.columns.tail) - self.n)
        parts = [
            (tail, places, np.ones(len(numbers))),
            (head[paired], places[paired], np.ones(int(paired.sum()))),
            (np.full(len(left_out), self.n), left_out, np.ones(len(left_out))),
        ]
        for number, cut in enumerate(self.cuts, self.n + 1):
            value = cut.coefficients(self.columns, numbers)
            where = np.flatnonzero(value)
            parts.append((np.full(len(where), number), where, value[where]))
        row, place, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        order = np.argsort(place, kind="stable")
        return row[order], place[order], value[order]


def reduced_worth(columns: Columns, prices: Floats) -> Floats:
    """Worth of every column beyond its people's prices, (k,) float64; the spare node is free."""
    with_spare = np.append(prices, 0.0)
    worth: Floats = columns.worth - with_spare[columns.tail] - with_spare[columns.head]
    return worth


def _rows(demand: Demand, most_left: int) -> Any:
    """Build the program without columns: everybody's places, and how many may be left out."""
    room = demand.room.astype(np.float64)
    model: Any = highspy.HighsLp()
    model.sense_ = highspy.ObjSense.kMaximize
    model.num_col_, model.num_row_ = 0, demand.n + 1
    model.row_lower_ = np.append(room, -highspy.kHighsInf)
    model.row_upper_ = np.append(room, float(most_left))
    return model
