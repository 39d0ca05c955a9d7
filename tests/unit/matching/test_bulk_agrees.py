"""The bulk path and `score_pair` give the same float, not merely a close one."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Profile, Rules
from matching.candidates import block_totals, blocks, round_half_up
from matching.encode import encode
from matching.normalize import traits_of
from matching.profile import CRITERIA
from matching.score import criteria_of, rounded, total_score, weights_of
from tests.unit.matching.rooms import room, rooms

shares = st.lists(st.integers(0, 50), min_size=5, max_size=5).filter(any)


def assert_agreement(people: list[Profile], rules: Rules) -> None:
    traits = [traits_of(person) for person in people]
    weights = weights_of(rules)
    everyone = np.arange(len(people))
    bulk = block_totals(encode(traits), weights, everyone, everyone)
    scores = round_half_up(bulk)
    for (i, a), (j, b) in permutations(enumerate(traits), 2):
        total = total_score(criteria_of(a, b), weights, has_titles=bool(a.title and b.title))
        assert bulk[i, j] == total
        assert scores[i, j] == rounded(total)


@given(people=rooms, parts=st.one_of(st.none(), shares))
@settings(max_examples=150, deadline=None)
def test_bulk_scores_equal_pair_scores_to_the_last_bit(
    people: list[Profile], parts: list[int] | None
) -> None:
    weights = dict(zip(CRITERIA, np.array(parts) / sum(parts), strict=True)) if parts else None
    assert_agreement(people, Rules(weights=weights))


def test_bulk_scores_agree_in_a_room_of_common_values() -> None:
    assert_agreement(room(120), Rules())


@pytest.mark.parametrize("n", [0, 1, 2, 1000, 400_000])
def test_blocks_cover_every_row_once_within_their_size(n: int) -> None:
    starts = []
    for block in blocks(min(n, 3000)):
        starts.extend(block.tolist())
        assert len(block) * min(n, 3000) <= 2**18 or len(block) == 1
    assert starts == list(range(min(n, 3000)))
