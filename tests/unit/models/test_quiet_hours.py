"""Quiet hours run past midnight, and go by the recipient's clock."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from models.config_values import quiet_hours
from models.quiet_hours import QuietHours

CHICAGO = ZoneInfo("America/Chicago")  # six hours behind UTC in November
USUAL = QuietHours()


def at(hour: int, minute: int = 0, day: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHICAGO).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "is_quiet"),
    [(7, 59, True), (8, 0, False), (20, 59, False), (21, 0, True), (0, 0, True)],
)
def test_nights_are_quiet_by_the_recipients_clock(hour: int, minute: int, is_quiet: bool) -> None:
    assert USUAL.are_at(at(hour, minute), CHICAGO) is is_quiet


def test_a_text_of_the_evening_waits_for_the_morning() -> None:
    assert USUAL.end_after(at(22), CHICAGO) == at(8, day=13)
    assert USUAL.end_after(at(6), CHICAGO) == at(8)
    assert USUAL.end_after(at(12), CHICAGO) == at(12)


def test_the_next_quiet_begins_in_the_evening() -> None:
    assert USUAL.begin_after(at(12), CHICAGO) == at(21)
    assert USUAL.begin_after(at(21), CHICAGO) == at(21, day=13)


def test_quiet_may_also_lie_within_one_day() -> None:
    siesta = QuietHours(time(13), time(15))
    assert [siesta.are_at(at(hour), CHICAGO) for hour in (12, 13, 14, 15)] == [
        *(False, True, True, False)
    ]
    assert siesta.end_after(at(14), CHICAGO) == at(15)


def test_quiet_hours_end_at_the_right_moment_when_clocks_change() -> None:
    evening_before = datetime(2026, 10, 31, 22, tzinfo=CHICAGO).astimezone(UTC)
    assert USUAL.end_after(evening_before, CHICAGO).astimezone(CHICAGO).time() == time(8)


def test_the_setting_is_two_times() -> None:
    assert quiet_hours("22:30-07:15") == QuietHours(time(22, 30), time(7, 15))


@pytest.mark.parametrize("value", ["21-8-3", "night", "21:00", "25:00-08:00"])
def test_a_malformed_setting_says_what_it_must_be(value: str) -> None:
    with pytest.raises(ValueError, match="two times"):
        quiet_hours(value)
