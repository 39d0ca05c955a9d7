"""Moments are given at least one gap apart, as early as they can be."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from actors.planning.pace import Pace

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 5000), max_size=60), st.integers(1, 50))
def test_moments_are_never_closer_than_the_gap_nor_before_their_time(
    offsets: list[int], per_second: int
) -> None:
    pace = Pace(per_second)
    moments = []
    for offset in offsets:
        earliest = START + timedelta(milliseconds=offset)
        moment = pace.first_free(earliest)
        assert moment >= earliest
        pace.take(moment)
        moments.append(moment)
    moments.sort()
    gap = timedelta(seconds=1) / per_second
    assert all(b - a >= gap for a, b in zip(moments, moments[1:], strict=False))


def test_a_burst_is_spread_without_holes() -> None:
    pace = Pace(4)
    moments = []
    for _ in range(8):
        moments.append(pace.first_free(START))
        pace.take(moments[-1])
    assert moments == [START + timedelta(milliseconds=250) * n for n in range(8)]


def test_a_moment_far_ahead_leaves_the_present_free() -> None:
    pace = Pace(4)
    pace.take(START + timedelta(seconds=5))
    assert pace.first_free(START) == START


def test_what_is_past_is_forgotten() -> None:
    pace = Pace(1)
    pace.take(START)
    pace.forget_before(START + timedelta(seconds=10))
    assert pace.first_free(START) == START
