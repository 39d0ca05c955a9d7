"""The bulk path and `score_pair` give the same float, not merely a close one."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Profile, Rules
from matching.factors import encode
from matching.normalize import traits_of
from matching.pool import CELLS_PER_BLOCK, blocks, least_total
from matching.profile import CRITERIA
from matching.score import criteria_of, rounded, total_score, weights_of
from tests.unit.matching.rooms import room, rooms

shares = st.lists(st.integers(0, 50), min_size=5, max_size=5).filter(any)


def assert_agreement(people: list[Profile], rules: Rules) -> None:
    traits = [traits_of(person) for person in people]
    weights = weights_of(rules)
    everyone = np.arange(len(people))
    bulk = encode(traits, weights, rules.max_same_market_miles).totals(everyone, everyone)
    for (i, a), (j, b) in permutations(enumerate(traits), 2):
        total = total_score(
            criteria_of(a, b, rules.max_same_market_miles),
            weights,
            has_titles=bool(a.title and b.title),
        )
        assert bulk[i, j] == total


@given(people=rooms, parts=st.one_of(st.none(), shares))
@settings(max_examples=150, deadline=None)
def test_bulk_scores_equal_pair_scores_to_the_last_bit(
    people: list[Profile], parts: list[int] | None
) -> None:
    weights = dict(zip(CRITERIA, np.array(parts) / sum(parts), strict=True)) if parts else None
    assert_agreement(people, Rules(weights=weights))


def test_bulk_scores_agree_in_a_room_of_common_values() -> None:
    assert_agreement(room(120), Rules())


def test_many_distinct_values_agree_without_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.factors._LARGEST_TABLE", 3)
    assert_agreement(room(40), Rules())


@given(
    least=st.one_of(
        st.floats(0, 1, allow_subnormal=False), st.integers(0, 100).map(lambda c: c / 100)
    )
)
def test_least_total_is_the_first_float_that_rounds_high_enough(least: float) -> None:
    total = least_total(least)
    assert rounded(total) >= least
    assert rounded(math.nextafter(total, -math.inf)) < least


@pytest.mark.parametrize("n", [0, 1, 2, 1000, 3000])
def test_blocks_cover_every_row_once_within_their_size(n: int) -> None:
    parts = list(blocks(np.arange(n), n))
    assert [row for part in parts for row in part.tolist()] == list(range(n))
    assert all(len(part) * n <= CELLS_PER_BLOCK for part in parts)
