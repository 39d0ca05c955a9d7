"""Generating stores the planned day, replaces the one before, and moves the schedule along."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest

from models import agenda
from models.agenda_item import EventAgendaItem, ItemType
from models.base import db
from models.event import AgendaStatus, Event, EventSpeaker, EventSponsor, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.factories import make_event, make_message, make_speaker

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TOMORROW = NOW.date() + timedelta(days=1)


def event_with(speakers, **columns):
    event = make_event(NOW, **{"date": TOMORROW, **columns})
    for _ in range(speakers):
        make_speaker(event)
    return event


def lunch_of(items):
    return next(item for item in items if item.item_type == ItemType.LUNCH)


def stored(event):
    return list(
        EventAgendaItem.select(EventAgendaItem.item_type, EventAgendaItem.start_time)
        .where(EventAgendaItem.event == event)
        .order_by(EventAgendaItem.id)
        .tuples()
    )


def test_generating_stores_the_day_and_schedules_matching_before_lunch():
    event = event_with(5, timezone="America/Chicago")
    EventSponsor.insert(event=event, name="Sprout").execute()
    items = agenda.generate_agenda(event, now=NOW)
    lunch = lunch_of(items)
    assert lunch.start_time == datetime.combine(TOMORROW, time(18, 30), UTC)
    assert event.agenda_status == AgendaStatus.GENERATED
    assert event.matching_status == MatchingStatus.SCHEDULED
    assert event.matching_status_reason is None
    assert event.matching_at == lunch.start_time - timedelta(minutes=15)
    assert event.introductions_at == lunch.start_time + timedelta(minutes=5)
    assert (event.starts_at, event.ends_at) == (items[0].start_time, items[-1].end_time)
    assert Event.get_by_id(event.id).__data__ == event.__data__
    assert [item.speaker_id for item in items if item.speaker_id] == [
        speaker.id for speaker in event.speakers.order_by(EventSpeaker.id)
    ]
    showcase = next(item for item in items if item.item_type == ItemType.SPONSOR_SESSION)
    assert showcase.sponsor.name == "Sprout"
    assert (showcase.start_time, showcase.end_time) == (lunch.start_time, lunch.end_time)


def test_generating_again_replaces_the_agenda_and_follows_the_new_lunch():
    event = event_with(1)
    first = agenda.generate_agenda(event, now=NOW)
    make_speaker(event, session_start=time(11, 30))
    second = agenda.generate_agenda(event, now=NOW)
    assert lunch_of(first).start_time.time() == time(12, 0)
    assert lunch_of(second).start_time.time() == time(12, 15)
    assert event.matching_at.time() == time(12, 0)
    assert len(stored(event)) == len(second)


def test_without_speakers_nothing_is_changed():
    event = event_with(1)
    agenda.generate_agenda(event, now=NOW)
    before = stored(event), Event.get_by_id(event.id).__data__
    EventSpeaker.delete().execute()
    with pytest.raises(agenda.NoSpeakersError, match="The event has no speakers"):
        agenda.generate_agenda(event, now=NOW, accelerated_lunch_in=timedelta(seconds=30))
    assert (stored(event), Event.get_by_id(event.id).__data__) == before


def test_an_unknown_time_zone_is_a_clear_error():
    event = event_with(1, timezone="Mars/Olympus")
    with pytest.raises(agenda.UnknownZoneError, match="'Mars/Olympus' is not a known time zone"):
        agenda.generate_agenda(event, now=NOW)


@pytest.mark.parametrize("lunch_in", [None, timedelta(seconds=30)])
def test_past_events_are_refused_by_the_date_in_their_own_zone(lunch_in):
    just_after_midnight = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    event = event_with(2, date=just_after_midnight.date() - timedelta(days=1))
    with pytest.raises(agenda.PastEventError, match="The event is over"):
        agenda.generate_agenda(event, now=just_after_midnight, accelerated_lunch_in=lunch_in)
    assert stored(event) == []
    Event.update(timezone="America/Los_Angeles").execute()
    assert agenda.generate_agenda(event, now=just_after_midnight, accelerated_lunch_in=lunch_in)


def test_a_rehearsal_runs_a_day_in_minutes_around_the_lunch_it_was_asked_for():
    event = event_with(5, timezone="Asia/Tokyo", date=TOMORROW + timedelta(days=9))
    items = agenda.generate_agenda(event, now=NOW, accelerated_lunch_in=timedelta(seconds=30))
    lunch = lunch_of(items)
    assert lunch.start_time == NOW + timedelta(seconds=30)
    assert lunch.end_time - lunch.start_time == timedelta(seconds=60)
    assert items[0].start_time == lunch.start_time - timedelta(seconds=270)
    assert event.time_scale == 60
    assert event.date == TOMORROW
    assert event.matching_at == NOW + timedelta(seconds=15)
    assert event.introductions_at == NOW + timedelta(seconds=35)
    assert event.ends_at == items[-1].end_time == lunch.start_time + timedelta(seconds=210)


def test_generating_after_a_rehearsal_runs_at_the_normal_pace_again():
    event = event_with(3, date=NOW.date())
    agenda.generate_agenda(event, now=NOW, accelerated_lunch_in=timedelta(seconds=30))
    later = NOW + timedelta(hours=1)
    assert event.is_over(later)
    items = agenda.generate_agenda(event, now=later)
    assert event.time_scale == 1
    assert lunch_of(items).start_time.time() == time(12, 30)
    assert event.introductions_at - event.matching_at == timedelta(minutes=20)


def test_introductions_that_wait_follow_a_new_agenda():
    event = event_with(1)
    agenda.generate_agenda(event, now=NOW)
    Event.update(matching_status=MatchingStatus.COMPLETED).execute()
    text = make_message(event.introductions_at, event=event, status=MessageStatus.QUEUED)
    make_speaker(event, session_start=time(11, 30))
    agenda.generate_agenda(event, now=NOW)
    moved = EventMessage.get_by_id(text.id)
    assert moved.scheduled_time == text.scheduled_time + timedelta(minutes=15)
    assert (moved.status, moved.expires_at) == (MessageStatus.SCHEDULED, event.ends_at)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, True),
        ({"agenda_status": AgendaStatus.GENERATED}, True),
        ({"agenda_status": AgendaStatus.CONFIRMED}, False),
        ({"date": NOW.date()}, True),
        ({"date": NOW.date() - timedelta(days=1)}, False),
        ({"cancelled_at": NOW}, False),
        ({"time_scale": 60, "ends_at": NOW + timedelta(minutes=1)}, False),
        ({"time_scale": 60, "ends_at": NOW - timedelta(minutes=1)}, True),
    ],
)
def test_an_agenda_is_made_unasked_only_while_nobody_minds(columns, expected):
    event = event_with(1, **columns)
    assert agenda.should_generate(event, now=NOW) is expected


def test_no_agenda_is_made_unasked_without_speakers():
    assert agenda.should_generate(event_with(0), now=NOW) is False


@pytest.mark.commits
def test_two_who_add_a_speaker_at_once_end_with_one_agenda_that_has_both():
    event = event_with(1)
    both_have_added = threading.Barrier(2, timeout=20)
    failures = []

    def add_and_generate():
        try:
            with db.connection_context(), db.atomic():
                make_speaker(event)
                both_have_added.wait()
                agenda.generate_agenda(Event.get_by_id(event.id), now=NOW)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=add_and_generate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    items = stored(event)
    assert [kind for kind, _ in items].count(ItemType.SESSION) == 3
    assert [kind for kind, _ in items].count(ItemType.LUNCH) == 1
