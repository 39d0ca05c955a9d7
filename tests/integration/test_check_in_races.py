"""Check-ins that happen at the same moment as another, or as the batch's start."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from models import clock, schedule
from models.attendee import EventAttendee
from models.base import db
from models.check_in import CheckIn, check_in
from models.event import Event, MatchingStatus
from tests.factories import make_contractor, make_event

pytestmark = pytest.mark.commits
DOORS = 6
WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(DOORS) as threads:
        yield threads


def _check_in(event: Event, contractor_id: int, method: str) -> CheckIn:
    with db.connection_context(), db.atomic():
        return check_in(event, contractor_id, method=method, now=clock.now())


def test_person_at_several_doors_at_once_is_new_at_one(
    now: datetime, pool: ThreadPoolExecutor
) -> None:
    event, person = make_event(now), make_contractor()
    together = Barrier(DOORS)

    def arrive(door: int) -> CheckIn:
        together.wait(timeout=10)
        return _check_in(event, person.id, f"door {door}")

    done = list(pool.map(arrive, range(DOORS)))
    first = [each for each in done if each.is_new]
    assert len(first) == 1
    stored = EventAttendee.get()
    assert stored.check_in_method == first[0].attendee.check_in_method
    assert {each.attendee.check_in_time for each in done} == {stored.check_in_time}


def test_check_in_while_the_batch_starts_asks_for_a_top_up(
    now: datetime, pool: ThreadPoolExecutor
) -> None:
    event = make_event(now, matching_status=MatchingStatus.QUEUED, introductions_at=now)
    Event.update(introductions_at=datetime(2999, 1, 1, tzinfo=now.tzinfo)).execute()
    person = make_contractor()
    with db.atomic():
        schedule.lock(event.id)
        Event.update(matching_status=MatchingStatus.RUNNING).execute()
        arriving = pool.submit(_check_in, event, person.id, "door")
        while not db.execute_sql(WAITING_FOR_A_LOCK).fetchone()[0]:
            assert not arriving.done(), "the check-in did not wait for the batch's start"
        assert EventAttendee.select().count() == 0
    assert arriving.result(timeout=10).is_new
    assert Event.get_by_id(event.id).top_up_at is not None


def test_batch_that_starts_during_a_check_in_sees_the_person(
    now: datetime, pool: ThreadPoolExecutor
) -> None:
    event = make_event(now, matching_status=MatchingStatus.QUEUED)
    person = make_contractor()

    def start() -> int:
        with db.connection_context(), db.atomic():
            schedule.lock(event.id)
            return EventAttendee.select().count()

    with db.atomic():
        check_in(event, person.id, method="door", now=now)
        starting = pool.submit(start)
        while not db.execute_sql(WAITING_FOR_A_LOCK).fetchone()[0]:
            assert not starting.done(), "the batch did not wait for the check-in"
    assert starting.result(timeout=10) == 1
