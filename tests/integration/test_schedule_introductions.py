"""What waits to leave follows lunch; what has left, is held or belongs to a break does not."""

from datetime import timedelta

import pytest

from models import schedule
from models.event import MatchingStatus
from models.message import EventMessage
from models.message_status import Direction, MessageStatus, MessageType
from tests.factories import make_agenda_item, make_event, make_message
from tests.integration.test_schedule import (
    DELAY,
    LUNCH,
    NOW,
    make_planned,
    move_lunch_in_plain_sql,
    remove,
)

LEAVE = LUNCH + DELAY
MINUTE = timedelta(minutes=1)


@pytest.fixture
def event():
    return make_planned(MatchingStatus.COMPLETED)


def text(event, at=LEAVE, **columns):
    return make_message(at, event=event, **columns)


def sync_after_moving(event, **by):
    move_lunch_in_plain_sql(event, **by)
    return schedule.sync(event.id, now=NOW)


def fresh(message):
    return EventMessage.get_by_id(message.id)


@pytest.mark.parametrize("minutes", [-90, -20, 20, 90])
@pytest.mark.parametrize("status", [MessageStatus.SCHEDULED, MessageStatus.QUEUED])
def test_a_waiting_introduction_follows_lunch_both_ways(event, status, minutes):
    message = text(event, status=status, wake_at=LEAVE - MINUTE)
    synced = sync_after_moving(event, minutes=minutes)
    moved = fresh(message)
    assert moved.scheduled_time == synced.introductions_at == LEAVE + minutes * MINUTE
    assert moved.status == MessageStatus.SCHEDULED
    assert moved.wake_at is None
    assert moved.due == synced.introductions_at


@pytest.mark.parametrize(
    "status",
    [
        status
        for status in MessageStatus
        if status not in (MessageStatus.SCHEDULED, MessageStatus.QUEUED)
    ],
)
def test_an_introduction_that_does_not_wait_is_untouched(event, status):
    message = text(event, status=status, wake_at=LEAVE)
    sync_after_moving(event, minutes=20)
    assert fresh(message).__data__ == message.__data__


def test_only_outbound_introductions_of_this_event_follow(event):
    other = make_event(NOW)
    untouched = [
        text(event, message_type=MessageType.HELP_REPLY),
        text(event, direction=Direction.INBOUND),
        text(other),
        text(None),
    ]
    sync_after_moving(event, minutes=20)
    assert [fresh(message).__data__ for message in untouched] == [
        message.__data__ for message in untouched
    ]


def test_a_retry_keeps_its_next_attempt_unless_lunch_is_later(event):
    retry = text(event, attempts=2, next_attempt_at=LEAVE + 10 * MINUTE)
    sync_after_moving(event, minutes=5)
    assert fresh(retry).scheduled_time == LEAVE + 5 * MINUTE
    assert fresh(retry).due == LEAVE + 10 * MINUTE
    sync_after_moving(event, minutes=-30)
    assert fresh(retry).due == LEAVE + 10 * MINUTE
    sync_after_moving(event, minutes=60)
    assert fresh(retry).due == LEAVE + 35 * MINUTE
    assert fresh(retry).attempts == 2


def test_an_introduction_that_was_put_off_without_an_attempt_comes_forward_with_lunch(event):
    message = text(event, next_attempt_at=LEAVE)
    sync_after_moving(event, minutes=-30)
    assert fresh(message).due == LEAVE - 30 * MINUTE


def test_a_top_ups_introductions_stay_at_their_break_unless_lunch_is_later(event):
    at_break = LEAVE + 100 * MINUTE
    message = text(event, at_break, status=MessageStatus.QUEUED)
    sync_after_moving(event, minutes=-20)
    sync_after_moving(event, minutes=60)
    assert (fresh(message).scheduled_time, fresh(message).status) == (at_break, "queued")
    sync_after_moving(event, minutes=90)
    assert fresh(message).scheduled_time == LEAVE + 130 * MINUTE


def test_waiting_introductions_expire_with_the_event(event):
    waiting, sent = text(event), text(event, status=MessageStatus.SENT)
    held = text(event, status=MessageStatus.HELD)
    synced = sync_after_moving(event, hours=4)
    assert synced.ends_at == LUNCH + timedelta(hours=5)
    assert fresh(waiting).expires_at == synced.ends_at
    assert fresh(sent).expires_at == sent.expires_at
    assert fresh(held).expires_at == held.expires_at


def test_introductions_keep_their_time_when_lunch_or_the_agenda_goes(event):
    message = text(event)
    remove(event, "lunch")
    schedule.sync(event.id, now=NOW)
    assert fresh(message).scheduled_time == LEAVE
    remove(event, "session", "closing")
    schedule.sync(event.id, now=NOW)
    assert fresh(message).scheduled_time == LEAVE
    assert fresh(message).expires_at is not None


def test_introductions_of_a_batch_that_broke_half_way_follow_too():
    event = make_planned(MatchingStatus.FAILED)
    message = text(event)
    remove(event, "lunch")
    assert schedule.sync(event.id, now=NOW).introductions_at is None
    assert fresh(message).scheduled_time == LEAVE
    make_agenda_item(event, LUNCH - 30 * MINUTE)
    schedule.sync(event.id, now=NOW)
    assert fresh(message).scheduled_time == LEAVE - 30 * MINUTE


def test_a_second_sync_leaves_a_new_wake_up_alone(event):
    message = text(event)
    sync_after_moving(event, minutes=20)
    EventMessage.update(status=MessageStatus.QUEUED, wake_at=LEAVE).execute()
    schedule.sync(event.id, now=NOW)
    assert (fresh(message).status, fresh(message).wake_at) == (MessageStatus.QUEUED, LEAVE)
