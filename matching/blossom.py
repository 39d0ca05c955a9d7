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
_NONE = -1


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
    """A relaxed solution, seen through its f fractional columns; whole ones weigh nothing.

    Attributes
    ----------
    tail, head : (f,) int64.
    weight : (f,) float64, how far each is from empty or full.
    flip : (f,) float64, what it adds to put one into F, or out of it, to change the parity.
    full : (l,) int64, the columns more than half full: the best F, but for the parity.
    is_odd : (n,) bool, whether c_i and the capacities of full columns at i have an odd sum. The
        columns within S count twice, so the sum over S has the parity of c(S) + u(F).
    """

    tail: Ints
    head: Ints
    weight: Floats
    flip: Floats
    full: Ints
    is_odd: Flags


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
        crossing = self.inside[columns.tail[chosen]] != self.inside[columns.head[chosen]]
        entries: Floats = crossing.astype(np.float64)
        is_full = np.zeros(len(columns.tail), dtype=np.bool_)
        is_full[self.full] = True
        entries[is_full[chosen]] = -1.0
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

    All sets are weighed at once over the fractional columns. A whole column weighs nothing, and
    flipping one costs 1, which is no longer violated. Cost: O(sets x fractional columns).
    """
    weight = np.minimum(x, columns.capacity - x)
    fractional = np.flatnonzero(weight > WHOLE)
    if not len(fractional):
        return []
    point = _point(columns, room, x, fractional)
    sets = np.array([*_components(point), *_levels(prices), *_light(point)])
    inside = np.concatenate((sets, np.zeros((len(sets), 1), dtype=np.bool_)), axis=1)
    crossing = inside[:, point.tail] != inside[:, point.head]
    left_side = crossing @ point.weight
    flips = np.where(crossing, point.flip, np.inf)
    needs_flip = (sets @ point.is_odd.astype(np.float32)) % 2 == 0
    left_side[needs_flip] += flips[needs_flip].min(axis=1, initial=np.inf)
    flipped = np.where(needs_flip, fractional[flips.argmin(axis=1)], _NONE)
    return [
        _cut(columns, point, inside[number], int(flipped[number]))
        for number in np.flatnonzero(left_side < 1 - _VIOLATED).tolist()
    ]


def _point(columns: Columns, room: Ints, x: Floats, fractional: Ints) -> _Point:
    n = len(room)
    some = columns.some(fractional)
    value = x[fractional]
    full = np.flatnonzero(2 * x > columns.capacity)
    ends = np.concatenate((columns.tail[full], columns.head[full]))
    places = room + np.bincount(ends, np.tile(columns.capacity[full], 2), n + 1)[:n]
    return _Point(
        some.tail,
        some.head,
        np.minimum(value, some.capacity - value),
        np.where(some.capacity % 2 == 1, np.abs(some.capacity - 2 * value), np.inf),
        full,
        places % 2 == 1,
    )


def _components(point: _Point) -> Iterator[Flags]:
    """Yield the connected components of fractional pairs: labels spread, and are halved."""
    n = len(point.is_odd)
    between = point.head < n
    tail, head = point.tail[between], point.head[between]
    label = np.arange(n)
    while (label[tail] != label[head]).any():
        lowest = np.minimum(label[tail], label[head])
        np.minimum.at(label, label[tail], lowest)
        np.minimum.at(label, label[head], lowest)
        label = label[label]
    for number in np.unique(label[tail]):
        yield label == number


def _levels(prices: Floats) -> Iterator[Flags]:
    for level in (-np.inf, *np.unique(prices.round(6))[:-1]):
        yield prices > level + WHOLE


def _light(point: _Point) -> Iterator[Flags]:
    return light_cuts(point.tail, point.head, point.weight, len(point.is_odd))


def _cut(columns: Columns, point: _Point, inside: Flags, flipped: int) -> Cut:
    full = point.full[inside[columns.tail[point.full]] != inside[columns.head[point.full]]]
    if flipped != _NONE:
        full = np.setxor1d(full, flipped)
    return Cut(inside, full, 1 - float(columns.capacity[full].sum()))
