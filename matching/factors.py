"""The five factors in bulk: weighted products looked up by the codes of distinct values.

Everyone's value of a factor is one of K distinct ones, so the product ``weight x factor`` of a pair
is an entry of a (K, K) table, and a block of scores is five look-ups and four additions. Products
and sums are formed in the order of `matching.score.total_score`, in float64, so that both give the
same float to the last bit; a property test holds them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.compare import (
    Compare,
    compare_focus,
    compare_places,
    compare_services,
    compare_sizes,
    compare_titles,
)
from matching.encode import (
    Floats,
    Ints,
    company_codes,
    distinct,
    encode_places,
    encode_sets,
    encode_sizes,
    encode_titles,
)
from matching.normalize import Traits
from matching.score import Weights

_LARGEST_TABLE = 3200  # K; a table of K x K float64 is then at most 82 MB
_ROWS = 256  # a table is built in strips, so that only the table itself is large


@dataclass(frozen=True)
class Factor:
    """One weighted factor of n people.

    Attributes
    ----------
    codes : (n,) int64, each person's distinct value.
    compare : (rows, columns) of codes to a (len(rows), len(columns)) float64 block of products.
    table : all products, (K, K) float64; None where K is too large, then each block is computed.
    ceiling : no product is larger.
    """

    codes: Ints
    compare: Compare
    table: Floats | None
    ceiling: float

    def products(self, rows: Ints, columns: Ints) -> Floats:
        """Weighted factor of each row person with each column person."""
        row_codes, column_codes = self.codes[rows], self.codes[columns]
        if self.table is None:
            return self.compare(row_codes, column_codes)
        products: Floats = self.table[row_codes[:, None], column_codes]
        return products

    def most_of_each(self) -> Floats:
        """Largest product of each person with anybody, (n,) float64; or one that none exceeds."""
        if self.table is None or not len(self.table):
            return np.full(len(self.codes), self.ceiling)
        most: Floats = self.table.max(axis=1)[self.codes]
        return most

    def lines(self, rows: Ints) -> tuple[Ints, Floats]:
        """Give lines of products with every code, (lines, K), and the number of each row's own."""
        if self.table is not None:
            return self.codes[rows], self.table
        codes, number = np.unique(self.codes[rows], return_inverse=True)
        return number, self.compare(codes, np.arange(self.codes.max() + 1))


@dataclass(frozen=True)
class Encoded:
    """A room of n people, rows in the order of the traits given.

    `factors` are in the order of the sum, focus areas first. `company` is (n,) int64, -1 when none
    is known.
    """

    n: int
    factors: tuple[Factor, ...]
    company: Ints

    def totals(self, rows: Ints, columns: Ints) -> Floats:
        """Score each row against each column: (len(rows), len(columns)) float64, unrounded."""
        totals = self.factors[0].products(rows, columns)
        for factor in self.factors[1:]:
            totals += factor.products(rows, columns)
        return totals

    def lines(self, rows: Ints) -> tuple[Ints, tuple[Floats, ...]]:
        """Give the rows' line numbers, (len(rows), 5), and each factor's lines, for kernels."""
        numbers, lines = zip(*(factor.lines(rows) for factor in self.factors), strict=True)
        return np.stack(numbers, axis=1), lines


def encode(
    traits: Sequence[Traits], weights: Weights, same_market_miles: float | None = None
) -> Encoded:
    """Encode a room. Cost: linear in the people, plus the square of the distinct values."""
    titled = distinct([(frozenset(person.focus), person.title is not None) for person in traits])
    places = distinct([person.place for person in traits])
    sizes = distinct([(p.revenue_given, p.revenue, p.team) for p in traits])
    services = distinct([frozenset(person.services) for person in traits])
    titles = distinct([person.title for person in traits])
    focus = encode_sets([sorted(areas) for areas, _ in titled[0]])
    has_title = np.array([has for _, has in titled[0]], dtype=np.bool_)
    compare: tuple[tuple[Ints, Compare], ...] = (
        (titled[1], compare_focus(focus, has_title, weights)),
        (places[1], compare_places(encode_places(places[0], same_market_miles), weights.values[1])),
        (sizes[1], compare_sizes(encode_sizes(sizes[0]), weights.values[2])),
        (
            services[1],
            compare_services(encode_sets([sorted(s) for s in services[0]]), weights.values[3]),
        ),
        (titles[1], compare_titles(encode_titles(titles[0]), weights.values[4])),
    )
    largest = (max(weights.values[0], weights.focus_without_title), *weights.values[1:])
    factors = tuple(_factor(*pair, most) for pair, most in zip(compare, largest, strict=True))
    return Encoded(len(traits), factors, company_codes(traits))


def _factor(codes: Ints, compare: Compare, largest: float) -> Factor:
    everyone = np.arange(codes.max(initial=-1) + 1)
    if len(everyone) > _LARGEST_TABLE:
        return Factor(codes, compare, None, largest)
    table = np.empty((len(everyone), len(everyone)))
    for start in range(0, len(everyone), _ROWS):
        strip = everyone[start : start + _ROWS]
        table[strip] = compare(strip, everyone)
    return Factor(codes, compare, table, float(table.max(initial=0.0)))
