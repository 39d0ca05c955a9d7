r"""Blossom inequalities: the linear relaxation of a small room, cut down to what can really be.

Everybody has exactly c_i places, filled by a pair (x_e, at most 1) or empty: t_i counts empty
places, at most c_i - 1 of them for a person whom every choice must cover, and s_i in {0, 1} is the
last place of a person who may be left out. With t_i and s_i drawn as edges to a spare node,
x(d(i)) = c_i for every person, and for any set S of people and any F within d(S) (the edges leaving
S) of which the capacities u satisfy  c(S) + u(F) odd,

    x(d(S) \ F) + sum over F of (u_e - x_e)  >=  1,

because the left side is a whole number with the parity of c(S) + u(F). These are the blossom
inequalities; with the bounds they describe the hull of all choices (Edmonds, Maximum matching and a
polyhedron with 0,1-vertices, J. Res. NBS 69B, 1965; for capacities: Letchford, Reinelt and Theis,
Odd minimum cut sets and b-matchings revisited, SIAM J. Discrete Math. 22, 2008). For a given S the
best F takes each edge that is more than half full, and one more or less if the parity is wrong.

Sets worth trying are the components of the fractional edges, and the people whose price exceeds a
level: the usual obstacle is a single place that cannot be paired anywhere among the dear ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.demand import Demand
from matching.encode import Flags, Floats, Ints
from matching.odd_sets import light_cuts
from matching.pool import Edges

WHOLE = 1e-6  # solver noise: values closer to a whole number are whole
_VIOLATED = 1e-4


@dataclass(frozen=True)
class Columns:
    """Variables: the pairs, then everybody's t, then everybody's s.

    Attributes
    ----------
    tail, head : (k,) int64; the spare node is n.
    capacity, worth : (k,) float64.
    """

    tail: Ints
    head: Ints
    capacity: Floats
    worth: Floats

    def some(self, numbers: Ints) -> "Columns":
        """Keep only the numbered columns."""
        return Columns(
            self.tail[numbers], self.head[numbers], self.capacity[numbers], self.worth[numbers]
        )


@dataclass(frozen=True)
class _Point:
    """A relaxed solution: the columns it uses, their numbers, everybody's places, the values."""

    columns: Columns
    numbers: Ints
    room: Ints
    x: Floats

    @property
    def weight(self) -> Floats:
        """How far each column is from empty or full."""
        return np.minimum(self.x, self.columns.capacity - self.x)


@dataclass(frozen=True)
class Cut:
    """One inequality: x(d(inside) without full) - x(full) >= least.

    `inside` is (n + 1,) bool, `full` the sorted column numbers of F.
    """

    inside: Flags
    full: Ints
    least: float

    @property
    def name(self) -> tuple[bytes, bytes]:
        """Tell cuts apart."""
        return self.inside.tobytes(), self.full.tobytes()

    def coefficients(self, columns: Columns, chosen: Ints) -> Floats:
        """Give the row's entries for the chosen columns, (len(chosen),) float64."""
        signs = np.where(np.isin(chosen, self.full), -1.0, 1.0)
        crossing = self.inside[columns.tail[chosen]] != self.inside[columns.head[chosen]]
        entries: Floats = signs * crossing
        return entries


def columns_of(demand: Demand, edges: Edges, *, may_leave_out: bool, worth: Floats) -> Columns:
    """Lay out the variables; `worth` is (m,) float64, what each pair is worth."""
    n, people = demand.n, np.arange(demand.n)
    must = demand.wants.astype(np.float64)
    spare = np.full(n, n)
    return Columns(
        tail=np.concatenate((edges.first, people, people)),
        head=np.concatenate((edges.second, spare, spare)),
        capacity=np.concatenate(
            (np.ones(len(edges)), demand.room - must, must * float(may_leave_out))
        ),
        worth=np.concatenate((worth, np.zeros(2 * n))),
    )


def violated_cuts(columns: Columns, room: Ints, x: Floats, prices: Floats) -> list[Cut]:
    """Find violated blossom inequalities; x is (k,), prices (n,) float64.

    Empty columns weigh nothing and are never in F, so only the others are looked at.
    """
    used = np.flatnonzero(x > WHOLE)
    point = _Point(columns.some(used), used, room, x[used])
    sets = (*_components(point), *_levels(prices), *_light(point))
    return [cut for people in sets for cut in _cut(point, people)]


def _components(point: "_Point") -> Iterator[Flags]:
    """Yield the connected components of fractional pairs: labels spread, and are halved."""
    columns = point.columns
    between = (point.weight > WHOLE) & (columns.head < len(point.room))
    tail, head = columns.tail[between], columns.head[between]
    label = np.arange(len(point.room))
    while (label[tail] != label[head]).any():
        lowest = np.minimum(label[tail], label[head])
        np.minimum.at(label, label[tail], lowest)
        np.minimum.at(label, label[head], lowest)
        label = label[label]
    for number in np.unique(label[tail]):
        yield label == number


def _levels(prices: Floats) -> Iterator[Flags]:
    for level in np.unique(prices.round(6))[:-1]:
        yield prices > level + WHOLE


def _light(point: "_Point") -> Iterator[Flags]:
    fractional = point.weight > WHOLE
    ends = point.columns.tail[fractional], point.columns.head[fractional]
    return light_cuts(*ends, point.weight[fractional], len(point.room))


def _cut(point: "_Point", people: Flags) -> Iterator[Cut]:
    inside = np.append(people, False)
    crossing = np.flatnonzero(inside[point.columns.tail] != inside[point.columns.head])
    value, capacity = point.x[crossing], point.columns.capacity[crossing]
    is_full = 2 * value > capacity
    left_side = point.weight[crossing].sum()
    if (point.room[people].sum() + capacity[is_full].sum()) % 2 == 0:
        cost = np.where(capacity % 2 == 1, np.abs(capacity - 2 * value), np.inf)
        if not len(cost):
            return
        cheapest = cost.argmin()
        is_full[cheapest] = ~is_full[cheapest]
        left_side += cost[cheapest]
    if left_side < 1 - _VIOLATED:
        full = point.numbers[crossing[is_full]]
        yield Cut(inside, full, 1 - float(capacity[is_full].sum()))
