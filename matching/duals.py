"""What the duals of a small room's program prove, whoever found them.

For any y free, z >= 0 and l >= 0, weak duality gives for every choice x that keeps the cuts

    worth.x  <=  sum_i y_i c_i - sum_k z_k h_k + l L + sum_e u_e max(0, r_e),
    r_e = worth_e - (A'y)_e - l [e is an s] + (G'z)_e,

with A x = c the places, G x >= h the cuts, at most L people left out, and the last sum over *all*
columns, whether they took part or not. A cut adds its dual to the columns that leave its set, and
takes it from those in F. So r_e is at most what it is without cuts plus the duals of all sets that
hold either end; only columns that this lifts far enough are looked at cut by cut.
"""

import math
from collections.abc import Sequence

import numpy as np

from matching.blossom import Columns, Cut
from matching.demand import Demand
from matching.encode import Floats
from matching.program import Answer, reduced_worth

LOOSE = 0.05  # columns further than this below their prices are not told apart


def verdict(
    demand: Demand, columns: Columns, cuts: Sequence[Cut], answer: Answer, most_left: int
) -> tuple[Floats, float]:
    """Reduced worth of every column, (k,) float64, and the bound that the duals prove.

    Where it is below -LOOSE, the true worth may be lower still.
    """
    n = demand.n
    y, limit = answer.row_duals[:n], max(0.0, float(answer.row_duals[n]))
    z = np.maximum(0.0, -answer.row_duals[n + 1 :])
    reduced = reduced_worth(columns, y)
    reduced[len(reduced) - n :] -= limit
    lift = np.zeros(n + 1)
    for cut, dual in zip(cuts, z.tolist(), strict=True):
        lift += dual * cut.inside
    ceiling = reduced + lift[columns.tail] + lift[columns.head]
    close = np.flatnonzero(ceiling > -LOOSE)
    exact = reduced[close]
    for cut, dual in zip(cuts, z.tolist(), strict=True):
        if dual:
            exact += dual * cut.coefficients(columns, close)
    ceiling[close] = exact
    parts = np.concatenate(
        (
            y * demand.room,
            -z * np.array([cut.least for cut in cuts]),
            columns.capacity * np.maximum(0.0, ceiling),
        )
    )
    return ceiling, math.fsum([*parts[parts != 0].tolist(), limit * most_left])
