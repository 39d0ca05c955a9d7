"""Who becomes eligible after the batch is matched at once, at the next break, or not at all."""

from datetime import timedelta

import pytest

from models import schedule
from models.agenda_item import ItemType
from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun, RunKind, RunStatus
from tests.factories import make_agenda_item
from tests.integration.test_schedule import (
    DELAY,
    LUNCH,
    MATCHED,
    make_planned,
)

LEAVE = LUNCH + DELAY
BREAK = LUNCH + timedelta(hours=2)
SECOND = timedelta(seconds=1)


@pytest.fixture
def event():
    event = make_planned(MatchingStatus.COMPLETED)
    make_agenda_item(event, BREAK + timedelta(hours=2), ItemType.BREAK)
    make_agenda_item(event, BREAK, ItemType.BREAK)
    make_agenda_item(event, LUNCH - timedelta(hours=1), ItemType.BREAK)
    return event


def stored(event):
    return Event.get_by_id(event.id).top_up_at


@pytest.mark.parametrize("status", MATCHED)
def test_before_the_introductions_leave_the_top_up_is_at_once(event, status):
    Event.update(matching_status=status, wake_sent_at=LUNCH).execute()
    event = Event.get_by_id(event.id)
    moment = LEAVE - SECOND
    assert schedule.request_top_up(event, now=moment) == moment
    assert stored(event) == event.top_up_at == moment
    assert Event.get_by_id(event.id).wake_sent_at is None


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (LEAVE, BREAK),
        (BREAK - SECOND, BREAK),
        (BREAK, BREAK + timedelta(hours=2)),
        (BREAK + timedelta(hours=2), None),
    ],
)
def test_after_that_it_is_at_the_next_break_while_there_is_one(event, moment, expected):
    assert schedule.request_top_up(event, now=moment) == expected
    assert stored(event) == expected


def test_a_planned_top_up_is_kept_and_not_put_off(event):
    schedule.request_top_up(event, now=LEAVE)
    Event.update(wake_sent_at=LEAVE).execute()
    assert schedule.request_top_up(event, now=BREAK) == BREAK
    assert stored(event) == BREAK
    assert Event.get_by_id(event.id).wake_sent_at == LEAVE


def test_a_planned_top_up_comes_forward_when_lunch_was_put_off(event):
    schedule.request_top_up(event, now=LEAVE)
    event.introductions_at = BREAK
    assert schedule.request_top_up(event, now=LEAVE + SECOND) == LEAVE + SECOND


def test_somebody_who_comes_while_a_top_up_runs_gets_another(event):
    first = schedule.request_top_up(event, now=LEAVE - 9 * SECOND)
    MatchingRun.insert(
        event=event, kind=RunKind.TOP_UP, status=RunStatus.RUNNING, planned_for=first
    ).execute()
    second = schedule.request_top_up(event, now=LEAVE - 5 * SECOND)
    assert second == stored(event) == LEAVE - 5 * SECOND
    assert schedule.request_top_up(event, now=LEAVE - 3 * SECOND) == second


@pytest.mark.parametrize(
    "columns",
    [
        {"matching_status": MatchingStatus.SCHEDULED},
        {"matching_status": MatchingStatus.QUEUED},
        {"matching_status": MatchingStatus.UNSCHEDULED},
        {"matching_status": MatchingStatus.FAILED},
        {"cancelled_at": LUNCH},
    ],
)
def test_no_top_up_is_planned_before_the_batch_or_for_a_cancelled_event(event, columns):
    Event.update(**columns).execute()
    event = Event.get_by_id(event.id)
    assert schedule.request_top_up(event, now=LUNCH) is None
    assert stored(event) is None


def test_introductions_leave_at_their_time_or_at_once(event):
    assert schedule.introductions_time(event, now=LEAVE - SECOND) == LEAVE
    assert schedule.introductions_time(event, now=LEAVE) == LEAVE
    assert schedule.introductions_time(event, now=BREAK) == BREAK
    event.introductions_at = None
    assert schedule.introductions_time(event, now=LUNCH) == LUNCH


def test_breaks_of_other_events_do_not_count(event):
    other = make_planned(MatchingStatus.COMPLETED)
    assert schedule.next_break(other.id, now=LEAVE) is None
    assert schedule.next_break(event.id, now=LEAVE).start_time == BREAK
