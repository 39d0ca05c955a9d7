"""Why somebody got nobody, in words for an organiser."""

from collections.abc import Iterator, Sequence

import numpy as np

from matching.encode import Flags, Floats
from matching.limits import Limits, RowPair
from matching.pool import Pool
from matching.profile import Rules
from matching.score import rounded

ALONE = "there was no one else in the room"
FULL = "already has as many introductions as they can take"
BOOKED = "everyone suitable was already fully booked"
ALL_COLLEAGUES = "only colleagues in the room"
ALL_MET = "already met everyone in the room"
ALL_FORBIDDEN = "kept apart from everyone in the room"
NOBODY_OPEN = "everyone in the room is a colleague, already met, or kept apart from them"
MET_SUITABLE = "already met everyone suitable"
FORBIDDEN_SUITABLE = "everyone suitable is to be kept apart from them"
TOO_LOW = "no one in the room reached the score of {wanted}; the best was {best:.2f}"
COLLEAGUES_SUITABLE = (
    "only colleagues reached the score of {wanted}; the best of the others was {best:.2f}"
)


def reasons(
    pool: Pool, limits: Limits, rules: Rules, pairs: list[RowPair]
) -> Iterator[tuple[int, str]]:
    """Yield (row, reason) for everybody without a pair, in order of row.

    Scores each of them once more against the room: O(unmatched x n).
    """
    alone = np.ones(pool.n, dtype=np.bool_)
    alone[[who for pair in pairs for who in pair]] = False
    met, forbidden = _partners(limits.met), _partners(limits.forbidden)
    room, everyone = limits.room(), np.arange(pool.n)
    for row in np.flatnonzero(alone).tolist():
        if pool.n == 1:
            yield row, ALONE
            continue
        here = np.array([row])
        totals, allowed = pool.block(here, everyone)
        if room[row] == 0:
            yield row, FULL
        elif allowed.any():
            yield row, BOOKED
        else:
            colleague = pool.colleagues(here, everyone)[0] & rules.exclude_same_company
            barred = [_mask(pool.n, partners.get(row, ())) for partners in (met, forbidden)]
            yield row, _no_option(row, totals[0], [*barred, colleague], pool.least, rules)


def _no_option(
    row: int, totals: Floats, barred: Sequence[Flags], least: float, rules: Rules
) -> str:
    others = np.arange(len(totals)) != row
    met, forbidden, colleague = (mask & others for mask in barred)
    is_open = others & ~(met | forbidden | colleague)
    if not is_open.any():
        named = ((met, ALL_MET), (colleague, ALL_COLLEAGUES), (forbidden, ALL_FORBIDDEN))
        return next((words for mask, words in named if mask[others].all()), NOBODY_OPEN)
    reach = totals >= least
    if (met & reach).any():
        return MET_SUITABLE
    if (forbidden & reach).any():
        return FORBIDDEN_SUITABLE
    words = COLLEAGUES_SUITABLE if (colleague & reach).any() else TOO_LOW
    wanted = float(rules.min_score)
    # Two decimals unless the threshold itself has more: 0.605 must not read as the best of 0.60.
    shown = f"{wanted:.2f}" if round(wanted, 2) == wanted else f"{wanted:g}"
    return words.format(wanted=shown, best=rounded(float(totals[is_open].max())))


def _partners(pairs: frozenset[RowPair]) -> dict[int, list[int]]:
    partners: dict[int, list[int]] = {}
    for first, second in pairs:
        partners.setdefault(first, []).append(second)
        partners.setdefault(second, []).append(first)
    return partners


def _mask(n: int, rows: Sequence[int]) -> Flags:
    mask = np.zeros(n, dtype=np.bool_)
    mask[np.array(rows, dtype=np.int64)] = True
    return mask
