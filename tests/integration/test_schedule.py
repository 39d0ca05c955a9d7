"""Matching and introductions follow lunch, whoever moves it and however, and then stand still."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from models import agenda_times, schedule
from models.agenda_item import EventAgendaItem, ItemType
from models.base import db
from models.event import Event, MatchingStatus
from tests.factories import make_agenda_item, make_event

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LUNCH = NOW + timedelta(hours=3)
LEAD, DELAY = timedelta(minutes=15), timedelta(minutes=5)
WAITING = [MatchingStatus.UNSCHEDULED, MatchingStatus.SCHEDULED, MatchingStatus.QUEUED]
MATCHED = [MatchingStatus.RUNNING, MatchingStatus.COMPLETED]
GIVEN_UP = [MatchingStatus.MISSED, MatchingStatus.FAILED]


def make_planned(status=MatchingStatus.SCHEDULED, lunch=LUNCH, **columns):
    """Return an event whose times agree with its agenda: a session, lunch and a closing."""
    event = make_event(NOW, **columns)
    make_agenda_item(event, lunch - timedelta(hours=2), ItemType.SESSION)
    make_agenda_item(event, lunch + timedelta(hours=1), ItemType.CLOSING)
    make_agenda_item(event, lunch)
    schedule.sync(event.id, now=NOW)
    Event.update(matching_status=status).where(Event.id == event).execute()
    return Event.get_by_id(event.id)


def move_lunch_in_plain_sql(event, **by):
    db.execute_sql(
        "UPDATE event_agenda_items SET start_time = start_time + %s, end_time = end_time + %s "
        "WHERE event_id = %s AND item_type = 'lunch'",
        (timedelta(**by), timedelta(**by), event.id),
    )


def version(event):
    """Return where the row's present version is stored; any write gives it another place."""
    return db.execute_sql("SELECT ctid FROM events WHERE id = %s", (event.id,)).fetchone()[0]


def remove(event, *types):
    EventAgendaItem.delete().where(
        (EventAgendaItem.event == event) & EventAgendaItem.item_type.in_(types)
    ).execute()


def test_the_times_hang_on_lunch_and_the_whole_day():
    event = make_planned()
    assert event.matching_at == LUNCH - LEAD
    assert event.introductions_at == LUNCH + DELAY
    assert event.starts_at == LUNCH - timedelta(hours=2)
    assert event.ends_at == LUNCH + timedelta(hours=2)


def test_the_first_of_two_lunches_counts():
    event = make_planned()
    make_agenda_item(event, LUNCH - timedelta(minutes=30))
    assert schedule.sync(event.id, now=NOW).matching_at == LUNCH - LEAD - timedelta(minutes=30)


@pytest.mark.parametrize(("scale", "lead", "delay"), [(60, 15, 5), (7, 20, 4), (3600, 1, 1)])
def test_a_rehearsal_divides_lead_and_delay(scale, lead, delay):
    event = make_planned(
        time_scale=scale, matching_lead_minutes=lead, introduction_delay_minutes=delay
    )
    microsecond = timedelta(microseconds=1)
    assert abs(event.matching_at - (LUNCH - timedelta(minutes=lead / scale))) <= microsecond
    assert abs(event.introductions_at - (LUNCH + timedelta(minutes=delay / scale))) <= microsecond
    assert schedule.drifted_event_ids(NOW) == []


@pytest.mark.parametrize("status", WAITING)
def test_moving_lunch_plans_matching_anew(status):
    event = make_planned(status)
    move_lunch_in_plain_sql(event, minutes=40)
    assert schedule.drifted_event_ids(NOW) == [event.id]
    moved = schedule.sync(event.id, now=NOW)
    assert moved.matching_status == MatchingStatus.SCHEDULED
    assert moved.matching_at == LUNCH - LEAD + timedelta(minutes=40)
    assert moved.introductions_at == LUNCH + DELAY + timedelta(minutes=40)


def test_a_queued_wake_up_stays_queued_when_something_else_moves():
    event = make_planned(MatchingStatus.QUEUED)
    make_agenda_item(event, LUNCH + timedelta(hours=5), ItemType.CLOSING)
    assert schedule.drifted_event_ids(NOW) == [event.id]
    synced = schedule.sync(event.id, now=NOW)
    assert synced.matching_status == MatchingStatus.QUEUED
    assert synced.ends_at == LUNCH + timedelta(hours=6)


@pytest.mark.parametrize("status", GIVEN_UP)
def test_lunch_moved_to_the_future_gives_matching_another_chance(status):
    event = make_planned(status, lunch=NOW - timedelta(hours=1), matching_status_reason="why")
    Event.update(matching_status_reason="It broke.").where(Event.id == event).execute()
    move_lunch_in_plain_sql(event, minutes=10)
    still_past = schedule.sync(event.id, now=NOW)
    assert (still_past.matching_status, still_past.matching_status_reason) == (status, "It broke.")
    move_lunch_in_plain_sql(event, hours=3)
    moved = schedule.sync(event.id, now=NOW)
    assert (moved.matching_status, moved.matching_status_reason) == ("scheduled", None)


@pytest.mark.parametrize("status", WAITING + GIVEN_UP)
def test_without_lunch_the_event_says_so_and_why(status):
    event = make_planned(status)
    remove(event, ItemType.LUNCH)
    assert schedule.drifted_event_ids(NOW) == [event.id]
    synced = schedule.sync(event.id, now=NOW)
    assert (synced.matching_at, synced.introductions_at) == (None, None)
    assert synced.matching_status == MatchingStatus.UNSCHEDULED
    assert synced.matching_status_reason == (
        "The agenda has no lunch, so there is no moment to match before."
    )
    make_agenda_item(event, LUNCH)
    again = schedule.sync(event.id, now=NOW)
    assert (again.matching_status, again.matching_status_reason) == ("scheduled", None)


def test_without_an_agenda_the_event_says_so():
    event = make_event(NOW)
    assert schedule.drifted_event_ids(NOW) == [event.id]
    synced = schedule.sync(event.id, now=NOW)
    assert synced.matching_status_reason == "There is no agenda yet."
    assert schedule.drifted_event_ids(NOW) == []


@pytest.mark.parametrize("status", MATCHED)
def test_after_matching_only_the_introductions_move_with_lunch(status):
    event = make_planned(status)
    move_lunch_in_plain_sql(event, minutes=40)
    moved = schedule.sync(event.id, now=NOW)
    assert moved.matching_status == status
    assert moved.matching_at == LUNCH - LEAD
    assert moved.introductions_at == LUNCH + DELAY + timedelta(minutes=40)


@pytest.mark.parametrize("status", MATCHED)
def test_lunch_deleted_after_matching_leaves_the_introductions_their_time(status):
    event = make_planned(status)
    remove(event, ItemType.LUNCH)
    synced = schedule.sync(event.id, now=NOW)
    assert synced.introductions_at == LUNCH + DELAY
    assert synced.matching_status == status
    assert synced.matching_status_reason == (
        "The agenda has no lunch, so introductions keep the time they have."
    )
    make_agenda_item(event, LUNCH)
    assert schedule.drifted_event_ids(NOW) == [event.id]
    assert schedule.sync(event.id, now=NOW).matching_status_reason is None


def test_a_reason_that_matching_gave_is_kept():
    event = make_planned(MatchingStatus.COMPLETED)
    reason = "Fewer than two people could be matched."
    Event.update(matching_status_reason=reason).execute()
    move_lunch_in_plain_sql(event, minutes=5)
    assert schedule.sync(event.id, now=NOW).matching_status_reason == reason
    assert schedule.drifted_event_ids(NOW) == []


def test_a_cancelled_event_is_left_alone():
    event = make_planned()
    Event.update(cancelled_at=NOW).execute()
    move_lunch_in_plain_sql(event, minutes=5)
    before = version(event)
    assert schedule.drifted_event_ids(NOW) == []
    schedule.sync(event.id, now=NOW)
    assert version(event) == before


def test_events_of_the_past_are_not_looked_at():
    event = make_planned()
    Event.update(date=NOW.date() - timedelta(days=2)).execute()
    move_lunch_in_plain_sql(event, minutes=5)
    assert schedule.drifted_event_ids(NOW) == []
    Event.update(date=NOW.date() - timedelta(days=1)).execute()
    assert schedule.drifted_event_ids(NOW) == [event.id]


AGENDAS = {
    "none": (),
    "no lunch": ((ItemType.SESSION, 1),),
    "lunch to come": ((ItemType.SESSION, 1), (ItemType.LUNCH, 3)),
    "lunch over": ((ItemType.SESSION, -5), (ItemType.LUNCH, -3)),
}
STORED = {
    "nothing": {},
    "other times": {
        "starts_at": NOW - timedelta(hours=9),
        "ends_at": NOW + timedelta(hours=9),
        "matching_at": NOW + timedelta(minutes=7),
        "introductions_at": NOW + timedelta(minutes=9),
        "matching_status_reason": "Something else.",
    },
    "a reason of ours": {"matching_status_reason": agenda_times.LUNCH_GONE},
}


@pytest.mark.parametrize(
    ("status", "agenda", "columns"), list(product(MatchingStatus, AGENDAS, STORED))
)
def test_an_event_is_at_rest_after_one_sync_in_every_state(status, agenda, columns):
    event = make_event(NOW, matching_status=status, **STORED[columns])
    for item_type, hours in AGENDAS[agenda]:
        make_agenda_item(event, NOW + timedelta(hours=hours), item_type)
    first = schedule.sync(event.id, now=NOW)
    before = version(event)
    assert schedule.drifted_event_ids(NOW) == []
    later = NOW + timedelta(hours=4)
    assert schedule.drifted_event_ids(later) == []
    assert schedule.sync(event.id, now=later).__data__ == first.__data__
    assert version(event) == before


@pytest.mark.parametrize(
    "column", ["starts_at", "ends_at", "matching_at", "introductions_at", "matching_status"]
)
def test_a_stored_time_that_was_changed_by_hand_is_put_right(column):
    event = make_planned()
    value = "unscheduled" if column == "matching_status" else NOW
    Event.update(**{column: value}).execute()
    assert schedule.drifted_event_ids(NOW) == [event.id]
    assert getattr(schedule.sync(event.id, now=NOW), column) == getattr(event, column)


def test_other_settings_of_lead_and_delay_move_the_times():
    event = make_planned()
    Event.update(matching_lead_minutes=30, introduction_delay_minutes=0).execute()
    assert schedule.drifted_event_ids(NOW) == [event.id]
    synced = schedule.sync(event.id, now=NOW)
    assert (synced.matching_at, synced.introductions_at) == (LUNCH - timedelta(minutes=30), LUNCH)
