"""Each factor for whole blocks of distinct values: the bulk twin of `matching.score`."""

from collections.abc import Callable

import numpy as np

from matching import score
from matching.encode import Flags, Floats, Ints, Places, Sets, Sizes, Titles
from matching.score import Weights

Compare = Callable[[Ints, Ints], Floats]
"""(rows, columns) of distinct values to a (len(rows), len(columns)) float64 block of products."""


def _shared(sets: Sets, rows: Ints, columns: Ints) -> Floats:
    # Counts are far below 2^24, where float32 stops being exact. Values that one row alone holds
    # have no column, but are shared with itself.
    counts = (sets.shared[rows] @ sets.shared[columns].T).astype(np.float64)
    return np.where(rows[:, None] == columns, sets.size[rows][:, None], counts)


def compare_focus(sets: Sets, has_title: Flags, weights: Weights) -> Compare:
    """Jaccard index, times the weight that depends on whether both have a title."""

    def compare(rows: Ints, columns: Ints) -> Floats:
        shared = _shared(sets, rows, columns)
        union = sets.size[rows][:, None] + sets.size[columns] - shared
        both = has_title[rows][:, None] & has_title[columns]
        weight = np.where(both, weights.values[0], weights.focus_without_title)
        product: Floats = weight * (shared / np.maximum(union, 1))
        return product

    return compare


def compare_places(places: Places, weight: float) -> Compare:
    """How surely two people do not compete, as `score.separation`."""

    def compare(rows: Ints, columns: Ints) -> Floats:
        share_state = places.states[rows] @ places.states[columns].T > 0
        result = np.where(share_state, score.SAME_STATE, score.OTHER_STATE)
        result[~(places.has_state[rows][:, None] & places.has_state[columns])] = (
            score.UNRELATED_TEXT
        )
        for row, place in enumerate(rows.tolist()):
            result[row, np.isin(columns, places.within[place])] = score.TEXT_WITHIN_TEXT
            result[row, np.isin(columns, places.near[place])] = score.SAME_PLACE
        result[rows[:, None] == columns] = score.SAME_PLACE
        result[~(places.is_known[rows][:, None] & places.is_known[columns])] = score.UNKNOWN_PLACE
        return weight * result

    return compare


def compare_sizes(sizes: Sizes, weight: float) -> Compare:
    """Mean of the revenue and team comparisons, as `score.scale_likeness`."""

    def compare(rows: Ints, columns: Ints) -> Floats:
        given = sizes.revenue_given[rows][:, None] & sizes.revenue_given[columns]
        known = sizes.revenue_known[rows][:, None] & sizes.revenue_known[columns]
        steps = _stepped(sizes.revenue, rows, columns, score.REVENUE_STEPS, score.REVENUE_FARTHEST)
        revenue = np.where(known, steps, score.UNREADABLE_REVENUE) * given
        teams = sizes.team_known[rows][:, None] & sizes.team_known[columns]
        team = _stepped(sizes.team, rows, columns, score.TEAM_STEPS, score.TEAM_FARTHEST) * teams
        count = given.astype(np.int64) + teams
        mean = np.where(count > 0, (revenue + team) / np.maximum(count, 1), score.UNKNOWN_SCALE)
        return weight * mean

    return compare


def _stepped(
    sizes: Floats,
    rows: Ints,
    columns: Ints,
    steps: tuple[tuple[float, float], ...],
    farthest: float,
) -> Floats:
    a, b = sizes[rows][:, None], sizes[columns]
    difference = np.abs(a - b) / ((a + b) / 2)
    values = np.array([value for _, value in steps] + [farthest])
    limits = np.array([limit for limit, _ in steps])
    result: Floats = values[np.searchsorted(limits, difference, side="right")]
    return result


def compare_services(sets: Sets, weight: float) -> Compare:
    """Shared services over the longer list, as `score.service_overlap`."""

    def compare(rows: Ints, columns: Ints) -> Floats:
        a, b = sets.size[rows][:, None], sets.size[columns]
        overlap = _shared(sets, rows, columns) / np.maximum(np.maximum(a, b), 1)
        product: Floats = weight * np.where((a > 0) & (b > 0), overlap, score.UNKNOWN_SERVICES)
        return product

    return compare


def compare_titles(titles: Titles, weight: float) -> Compare:
    """Job titles, as `score.title_likeness`."""

    def compare(rows: Ints, columns: Ints) -> Floats:
        family = _shared(titles.families, rows, columns) > 0
        word = _shared(titles.words, rows, columns) > 0
        likeness = np.where(family, score.SAME_FAMILY, np.where(word, score.SHARED_WORD, 0.0))
        likeness[rows[:, None] == columns] = score.SAME_TITLE
        product: Floats = weight * (
            likeness * (titles.is_known[rows][:, None] & titles.is_known[columns])
        )
        return product

    return compare
