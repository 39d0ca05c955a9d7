"""Wall clocks read the same on every day in every zone, whatever the clocks did at night."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.agenda_item import ItemType
from models.agenda_plan import NoSuchTimeError, plan_day
from tests.unit.models.test_agenda_plan import planned, speakers, wall


@pytest.mark.parametrize(
    ("zone", "day", "registration_utc"),
    [
        ("America/Chicago", date(2026, 3, 7), "14:00"),
        ("America/Chicago", date(2026, 3, 8), "13:00"),
        ("America/Chicago", date(2026, 10, 31), "13:00"),
        ("America/Chicago", date(2026, 11, 1), "14:00"),
        ("America/Phoenix", date(2026, 7, 1), "15:00"),
        ("Europe/Berlin", date(2026, 3, 28), "07:00"),
        ("Europe/Berlin", date(2026, 3, 29), "06:00"),
        ("Europe/Berlin", date(2026, 10, 25), "07:00"),
        ("Asia/Kolkata", date(2026, 3, 8), "02:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "21:00"),
        ("Pacific/Kiritimati", date(2026, 3, 8), "18:00"),
    ],
)
def test_the_day_reads_the_same_on_the_wall(zone, day, registration_utc):
    people = speakers(*[None] * 6)
    items = plan_day(day, ZoneInfo(zone), people, [], 45)
    assert f"{items[0].start_time:%H:%M}" == registration_utc
    assert {item.start_time.tzinfo for item in items} == {UTC}
    assert wall(items, ZoneInfo(zone))[1:] == planned(people)
    assert {item.start_time.astimezone(ZoneInfo(zone)).date() for item in items} == {day}
    lunch = next(item for item in items if item.item_type == ItemType.LUNCH)
    assert lunch.end_time - lunch.start_time == timedelta(hours=1)


def test_an_own_time_that_the_clocks_skip_is_a_clear_error():
    with pytest.raises(NoSuchTimeError, match="02:30 does not exist on 2026-03-08 in America"):
        plan_day(date(2026, 3, 8), ZoneInfo("America/Chicago"), speakers("02:30"), [], 45)


def test_an_own_time_that_happens_twice_is_the_first_of_the_two():
    items = plan_day(
        date(2026, 11, 1), ZoneInfo("America/Chicago"), speakers("01:30-01:45"), [], 45
    )
    session = next(item for item in items if item.item_type == ItemType.SESSION)
    assert session.start_time == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert session.end_time - session.start_time == timedelta(minutes=15)
