"""What may go wrong at one event, and must not stop, delay or mistime what is planned elsewhere."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from actors.conversation import consent
from actors.pairing.introductions import schedule_introductions
from models import planning, schedule
from models.agenda_item import ItemType
from models.base import db
from models.event import Event, MatchingStatus
from models.matching_run import RunKind
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
)
from tests.integration.test_planner import planner, status_of, text
from tests.integration.test_schedule import (
    LUNCH,
    NOW,
    make_planned,
    move_lunch_in_plain_sql,
    remove,
)

LOST_AFTER = timedelta(seconds=20)
WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"
BREAK = LUNCH + timedelta(hours=2)


def test_an_event_whose_times_can_not_be_read_stops_no_other(now: datetime) -> None:
    broken = make_event(now, matching_lead_minutes=1_500_000_000)
    make_agenda_item(broken, now)
    sound = make_event(now)
    make_agenda_item(sound, now + timedelta(hours=1))
    soon = text(now)
    planner().tick(now)
    assert Event.get_by_id(sound.id).matching_at == now + timedelta(minutes=45)
    assert status_of(soon) == "queued"


@pytest.mark.commits
def test_an_event_that_somebody_holds_is_followed_later(now: datetime) -> None:
    event = make_event(now)
    make_agenda_item(event, now + timedelta(hours=1))
    soon = text(now)

    def look() -> None:
        with db.connection_context():
            planner().tick(now)

    with ThreadPoolExecutor(1) as threads:
        with db.atomic():
            schedule.lock(event.id)
            threads.submit(look).result(timeout=10)
        assert status_of(soon) == "queued"
        threads.submit(look).result(timeout=10)
    assert Event.get_by_id(event.id).matching_at == now + timedelta(minutes=45)


def test_a_run_asked_for_now_does_not_wait_for_a_batch_that_is_on_its_way(now: datetime) -> None:
    soon = now + timedelta(seconds=200)
    event = make_event(
        now,
        matching_at=soon,
        matching_status=MatchingStatus.QUEUED,
        ends_at=now + timedelta(hours=3),
        top_up_at=now,
    )
    until = now + timedelta(seconds=300)
    found = planning.lock_due_runs(now=now, until=until, lost_after=LOST_AFTER, limit=9)
    assert found == [(event.id, now, RunKind.TOP_UP)]


def late_person_awaits_the_break() -> Event:
    event = make_planned(MatchingStatus.COMPLETED)
    make_agenda_item(event, BREAK, ItemType.BREAK)
    assert schedule.request_top_up(event, now=LUNCH + timedelta(hours=1)) == BREAK
    return event


def move_breaks(event: Event, by: timedelta) -> None:
    db.execute_sql(
        "UPDATE event_agenda_items SET start_time = start_time + %s, end_time = end_time + %s "
        "WHERE event_id = %s AND item_type = 'break'",
        (by, by, event.id),
    )


@pytest.mark.parametrize("minutes", [-20, 30])
def test_a_top_up_follows_the_break_it_waits_for(minutes: int) -> None:
    event = late_person_awaits_the_break()
    moment = LUNCH + timedelta(hours=1, minutes=1)
    move_breaks(event, timedelta(minutes=minutes))
    assert schedule.drifted_event_ids(moment) == [event.id]
    schedule.sync(event.id, now=moment)
    assert Event.get_by_id(event.id).top_up_at == BREAK + timedelta(minutes=minutes)
    assert schedule.drifted_event_ids(moment) == []


def test_a_top_up_keeps_its_time_when_no_break_is_left() -> None:
    event = late_person_awaits_the_break()
    moment = LUNCH + timedelta(hours=1, minutes=1)
    remove(event, ItemType.BREAK)
    assert schedule.drifted_event_ids(moment) == []
    schedule.sync(event.id, now=moment)
    assert Event.get_by_id(event.id).top_up_at == BREAK


def test_a_top_up_that_is_due_stays_due_when_a_break_moves() -> None:
    event = late_person_awaits_the_break()
    move_breaks(event, timedelta(minutes=30))
    schedule.sync(event.id, now=BREAK)
    assert Event.get_by_id(event.id).top_up_at == BREAK
    assert schedule.drifted_event_ids(BREAK) == []


def test_introductions_of_an_event_without_an_agenda_end_with_its_day(now: datetime) -> None:
    event = make_event(now, timezone="America/Chicago", date=date(2030, 6, 1))
    match = make_match(event, *(make_attendee(event).contractor for _ in range(2)))
    assert schedule_introductions(event, [match.id], now=now) == 2
    midnight = datetime.fromisoformat("2030-06-02T05:00:00+00:00")
    assert {message.expires_at for message in EventMessage.select()} == {midnight}


@pytest.mark.commits
def test_a_stop_and_a_lunch_that_moves_do_not_lock_each_other_out(now: datetime) -> None:
    """The moving lunch takes texts in another order than the STOP, unless both keep to one."""
    event = make_planned(MatchingStatus.COMPLETED)
    stopping, staying = (make_attendee(event).contractor for _ in range(2))
    leave_at = Event.get_by_id(event.id).introductions_at
    first, second, third = (
        make_message(leave_at, event=event, contractor=person, phone=person.phone)
        for person in (stopping, stopping, staying)
    )
    # Whether by match or by where the rows lie now, they are found as second, third, first.
    for message in (second, third, first):
        EventMessage.update(
            status=MessageStatus.QUEUED,
            wake_at=leave_at,
            match=make_match(event, message.contractor, make_contractor()),
        ).where(EventMessage.id == message.id).execute()
    move_lunch_in_plain_sql(event, hours=1)

    def follow() -> None:
        with db.connection_context(), db.atomic():
            schedule.sync(event.id, now=NOW)

    def stop() -> None:
        with db.connection_context(), db.atomic():
            consent.stop([stopping.phone], stopping, now=NOW)

    with ThreadPoolExecutor(2) as threads:
        with db.atomic():
            EventMessage.update(delay_minutes=2).where(EventMessage.id == third.id).execute()
            done = []
            for waiting, work in enumerate((follow, stop), start=1):
                done.append(threads.submit(work))
                while db.execute_sql(WAITING_FOR_A_LOCK).fetchone()[0] < waiting:
                    assert not done[-1].done(), "nobody waited"
        for each in done:
            each.result(timeout=20)
    found = {row.id: row.status for row in EventMessage.select()}
    assert found[first.id] == found[second.id] == MessageStatus.CANCELLED
    assert found[third.id] == MessageStatus.SCHEDULED
