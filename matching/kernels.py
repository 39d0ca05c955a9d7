"""Compiled loops over pairs of people: what they score, and which are worth keeping.

A score is the sum of five table entries, added in the order of `matching.score.total_score`, so it
is the same float to the last bit. People ("columns") stand in groups of one focus code, group g at
`starts[g]`; `ceiling[a, g]` is a focus product that no pair of groups a and g exceeds, and
`rest[i, f]` the largest product that person i reaches with anybody in factor f. Adding them in the
same order gives a ceiling for person i and group g, because float addition is monotone, and a group
whose ceiling is too low is skipped. Cost: five look-ups, mostly from L1 cache, per pair looked at.
"""

from typing import Any, NamedTuple

import numpy as np

from matching.compiled import compiled

JITTER = 1e-10  # decides between equal scores; scores that differ at all differ by far more


class Layout(NamedTuple):
    """People as the loops see them; `Columns` in `matching.sweep` builds it, and tells the shapes.

    `codes` are (5, p), `company` is (n,) with -1 for none, `barred` are sorted keys of pairs.
    """

    codes: Any
    rest: Any
    ceiling: Any
    group: Any
    starts: Any
    people: Any
    company: Any
    barred: Any
    least: Any


@compiled
def jitter(key: Any) -> Any:
    """Hash a pair's number to 0..JITTER: splitmix64's finaliser, so neighbours become strangers."""
    mixed = np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64(mixed >> np.uint64(48)) * (JITTER / 65536)


@compiled
def _look_ups(tables: Any, row: Any) -> Any:
    """Take one person's line of each factor's table."""
    return (
        tables[0][row[0]],
        tables[1][row[1]],
        tables[2][row[2]],
        tables[3][row[3]],
        tables[4][row[4]],
    )


@compiled
def _total(lines: Any, codes: Any, j: int) -> Any:
    total = lines[0][codes[0, j]] + lines[1][codes[1, j]]
    total += lines[2][codes[2, j]]
    total += lines[3][codes[3, j]]
    return total + lines[4][codes[4, j]]


@compiled
def _ceiling(focus: float, rest: Any) -> Any:
    return focus + rest[0] + rest[1] + rest[2] + rest[3]


@compiled
def _may_meet(layout: Layout, i: Any, j: Any) -> Any:
    """Tell whether two people are different, of different companies and not kept apart by name."""
    company, barred = layout.company, layout.barred
    if i == j or (company[i] >= 0 and company[i] == company[j]):
        return False
    if len(barred) == 0:
        return True
    key = min(i, j) * len(company) + max(i, j)
    place = np.searchsorted(barred, key)
    return place == len(barred) or barred[place] != key


@compiled
def _insert(keys: Any, people: Any, totals: Any, key: float, person: int, total: float) -> None:
    """Put an entry into lists sorted by falling key, the last one falls out."""
    place = len(keys) - 1
    while place > 0 and keys[place - 1] < key:
        keys[place], people[place] = keys[place - 1], people[place - 1]
        totals[place] = totals[place - 1]
        place -= 1
    keys[place], people[place], totals[place] = key, person, total


@compiled
def eligible_pairs(
    rows: Any, row_codes: Any, tables: Any, layout: Layout, first: Any, second: Any, score: Any
) -> Any:
    """Count pairs with both ends among the columns, each once, and list them while there is room.

    `rows` are positions among the columns; the lower position counts the pair.
    """
    count = 0
    for r in range(len(rows)):
        i = layout.people[rows[r]]
        own, lines = layout.group[i], _look_ups(tables, row_codes[r])
        for g in range(own, len(layout.starts) - 1):
            if _ceiling(layout.ceiling[own, g], layout.rest[i]) < layout.least:
                continue
            for j in range(max(layout.starts[g], rows[r] + 1), layout.starts[g + 1]):
                total = _total(lines, layout.codes, j)
                if total >= layout.least and _may_meet(layout, i, layout.people[j]):
                    if count < len(first):
                        first[count], second[count] = i, layout.people[j]
                        score[count] = total
                    count += 1
    return count


@compiled
def best_of(
    rows: Any, row_codes: Any, tables: Any, layout: Layout, partner: Any, score: Any
) -> None:
    """Fill each row's best partners, best first; -1 where there is none.

    Parameters
    ----------
    rows : positions among the columns. partner, score : (len(rows), k), filled here.
    """
    n, least = len(layout.company), layout.least
    keys = np.empty(partner.shape[1])
    order = np.zeros(len(layout.starts) - 1, dtype=np.int64)
    ordered = -1
    for r in range(len(rows)):
        i = layout.people[rows[r]]
        own, lines = layout.group[i], _look_ups(tables, row_codes[r])
        if own != ordered:
            order = np.argsort(-layout.ceiling[own], kind="mergesort")
            ordered = own
        keys[:] = least - JITTER
        partner[r, :] = -1
        for g in order:
            most = _ceiling(layout.ceiling[own, g], layout.rest[i])
            if most < least or most + JITTER < keys[-1]:
                break
            for j in range(layout.starts[g], layout.starts[g + 1]):
                total = _total(lines, layout.codes, j)
                if total < least or total + JITTER <= keys[-1]:
                    continue
                other = layout.people[j]
                key = total + jitter(min(i, other) * n + max(i, other))
                if key > keys[-1] and _may_meet(layout, i, other):
                    _insert(keys, partner[r], score[r], key, other, total)


@compiled
def beyond_of(
    rows: Any,
    row_codes: Any,
    tables: Any,
    layout: Layout,
    prices: Any,
    dear: Any,
    margin: float,
    partner: Any,
    score: Any,
    more: Any,
) -> None:
    """Fill each row's pairs that score more than both prices less `margin`, from the cheaper side.

    Columns stand by rising price, `dear`, within their group, so that the search ends where prices
    take the ceiling. What finds no place in `partner` adds to `more`, as far as it beats them.
    """
    keys = np.empty(partner.shape[1])
    for r in range(len(rows)):
        i = layout.people[rows[r]]
        own, lines = layout.group[i], _look_ups(tables, row_codes[r])
        mine = prices[i] - margin
        keys[:] = 0.0
        partner[r, :] = -1
        for g in range(len(layout.starts) - 1):
            most = _ceiling(layout.ceiling[own, g], layout.rest[i])
            if most < layout.least or most - mine <= prices[i]:
                continue
            begin, end = layout.starts[g], layout.starts[g + 1]
            begin += np.searchsorted(dear[begin:end], prices[i])
            for j in range(begin, end):
                if dear[j] >= most - mine:
                    break
                other, total = layout.people[j], _total(lines, layout.codes, j)
                gain = total - dear[j] - mine
                is_twice = dear[j] == prices[i] and other <= i
                if total < layout.least or gain <= 0 or is_twice or not _may_meet(layout, i, other):
                    continue
                if gain > keys[-1]:
                    more[r] += max(0.0, keys[-1] - margin)
                    _insert(keys, partner[r], score[r], gain, other, total)
                else:
                    more[r] += max(0.0, gain - margin)
