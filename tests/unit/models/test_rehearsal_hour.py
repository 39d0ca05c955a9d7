"""A rehearsal's texts name the hour that its people live by."""

from datetime import UTC, date, datetime, timedelta

from models.event import Event
from models.rehearsal_day import doors_open, hour_of

STARTS = datetime(2026, 11, 12, 15, 30, tzinfo=UTC)


def test_a_real_event_keeps_its_hours() -> None:
    event = Event(date=date(2026, 11, 12), timezone="America/Chicago", starts_at=STARTS)
    assert hour_of(event, STARTS) == STARTS


def test_a_second_of_a_rehearsal_is_a_minute_of_its_day() -> None:
    event = Event(
        date=date(2026, 11, 12), timezone="America/Chicago", starts_at=STARTS, time_scale=60
    )
    assert hour_of(event, STARTS) == doors_open(event)
    moment = STARTS + timedelta(seconds=90)
    assert hour_of(event, moment) == doors_open(event) + timedelta(minutes=90)


def test_a_rehearsal_without_an_agenda_has_no_hours_of_its_own() -> None:
    event = Event(date=date(2026, 11, 12), timezone="America/Chicago", time_scale=60)
    assert hour_of(event, STARTS) == STARTS
