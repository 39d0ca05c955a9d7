"""Generating stores the planned day, replaces the one before, and moves the schedule along."""

from datetime import timedelta

import pytest

from models import agenda
from models.agenda_item import ItemType
from models.event import AgendaStatus, MatchingStatus
from tests.factories import make_event, make_speaker


def test_generating_stores_the_day_and_schedules_matching_before_lunch(now):
    event = make_event(now, date=now.date() + timedelta(days=1))
    for _ in range(5):
        make_speaker(event)
    items = agenda.generate_agenda(event, now=now)
    lunch = next(item for item in items if item.item_type == ItemType.LUNCH)
    assert f"{lunch.start_time:%H:%M}-{lunch.end_time:%H:%M}" == "12:30-13:30"
    assert event.agenda_status == AgendaStatus.GENERATED
    assert event.matching_status == MatchingStatus.SCHEDULED
    assert event.matching_at == lunch.start_time - timedelta(minutes=15)
    assert event.introductions_at == lunch.start_time + timedelta(minutes=5)
    assert event.starts_at == items[0].start_time
    assert event.ends_at == items[-1].end_time


def test_without_speakers_nothing_is_changed(now):
    event = make_event(now)
    with pytest.raises(agenda.NoSpeakersError, match="no speakers"):
        agenda.generate_agenda(event, now=now)
    assert event.agenda_status == AgendaStatus.NONE
