"""A run that is cut short is begun anew; only what really breaks, or never ends, is given up."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from peewee import OperationalError

import actors.pairing.batch_matching
from actors.control.event_cancelling import cancel_event
from actors.pairing.batch_matching import LEASE, run_matching
from actors.planning.rescue import rescue
from actors.process import stopping
from models import planning
from models.config import Config
from models.event import Event, MatchingStatus
from models.matching_claim import MAX_TRIES
from models.matching_run import MatchingRun, RunKind
from models.message import EventMessage
from tests.factories import make_attendee, make_event
from tests.fakes import SetClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def event(clock: SetClock) -> Event:
    now = clock()
    made = make_event(
        now,
        matching_at=now,
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
        matching_status=MatchingStatus.QUEUED,
    )
    for _ in range(6):
        make_attendee(made)
    return made


@pytest.fixture
def sigterm(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """What the process knows of being told to stop; clear it for the process after it."""
    told = threading.Event()
    monkeypatch.setattr(stopping, "is_stopping", told.is_set)
    return told


def run(event: Event, clock: Callable[[], datetime], kind: RunKind = RunKind.BATCH) -> None:
    row = Event.get_by_id(event.id)
    planned_for = row.matching_at if kind == RunKind.BATCH else row.top_up_at
    run_matching(event.id, planned_for, kind, now=clock)


def due(now: datetime) -> list[planning.PlannedRun]:
    return planning.lock_due_runs(now=now, until=now, lost_after=MINUTE, limit=9)


def endings() -> list[str]:
    return [row.status for row in MatchingRun.select().order_by(MatchingRun.id)]


def start_and_die(event: Event, clock: SetClock, config: Config) -> None:
    """Be killed in the middle of a batch, and be found when the lease is over."""

    def killed(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actors.pairing.batch_matching, "match_people", killed)
        with pytest.raises(KeyboardInterrupt):
            run(event, clock)
    rescue(now=clock(), config=config)
    assert endings()[-1] == "running", "its lease is not over yet"
    clock.advance(seconds=LEASE.total_seconds() + 1)
    rescue(now=clock(), config=config)
    assert endings()[-1] == "abandoned"


def test_a_run_is_given_back_at_sigterm_and_begun_anew_at_once(
    event: Event, clock: SetClock, sigterm: threading.Event
) -> None:
    sigterm.set()
    run(event, clock)
    assert endings() == ["abandoned"]
    assert EventMessage.select().count() == 0
    assert [planned.event_id for planned in due(clock())] == [event.id]
    sigterm.clear()
    run(event, clock)
    assert endings() == ["abandoned", "completed"]
    assert EventMessage.select().count() > 0


def test_a_top_up_that_is_given_back_is_begun_anew_at_once(
    event: Event, clock: SetClock, sigterm: threading.Event
) -> None:
    columns = {"matching_status": MatchingStatus.COMPLETED, "top_up_at": clock()}
    Event.update(**columns).where(Event.id == event.id).execute()
    assert [planned.kind for planned in due(clock())] == [RunKind.TOP_UP]
    assert due(clock()) == [], "a wake-up is on its way"
    sigterm.set()
    run(event, clock, RunKind.TOP_UP)
    assert [planned.kind for planned in due(clock())] == [RunKind.TOP_UP]


def test_five_restarts_do_not_fail_a_lunch(
    event: Event, clock: SetClock, sigterm: threading.Event
) -> None:
    for _ in range(5):
        sigterm.set()
        run(event, clock)
        sigterm.clear()
    run(event, clock)
    assert endings() == ["abandoned"] * 5 + ["completed"]
    assert Event.get_by_id(event.id).matching_status == "completed"


def test_five_killed_workers_do_not_fail_a_lunch(
    event: Event, clock: SetClock, config: Config
) -> None:
    for _ in range(5):
        start_and_die(event, clock, config)
    run(event, clock)
    assert endings() == ["abandoned"] * 5 + ["completed"]


def test_a_run_that_kills_its_worker_each_time_is_given_up(
    event: Event, clock: SetClock, config: Config
) -> None:
    for _ in range(MAX_TRIES):
        assert Event.get_by_id(event.id).matching_status in ("queued", "scheduled")
        start_and_die(event, clock, config)
    failed = Event.get_by_id(event.id)
    assert failed.matching_status == "failed"
    assert "the worker that ran it stopped" in failed.matching_status_reason


def test_a_lost_database_is_not_the_run_that_broke(
    event: Event, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("terminating connection due to administrator command")

    with monkeypatch.context() as patch:
        patch.setattr(actors.pairing.batch_matching, "match_people", lost)
        for _ in range(4):
            run(event, clock)
    run(event, clock)
    assert endings() == ["abandoned"] * 4 + ["completed"]


def test_three_runs_that_broke_end_it_whatever_was_given_back_between(
    event: Event, clock: SetClock, sigterm: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError

    for _ in range(3):
        assert Event.get_by_id(event.id).matching_status in ("queued", "scheduled")
        sigterm.set()
        run(event, clock)
        sigterm.clear()
        with monkeypatch.context() as patch:
            patch.setattr(actors.pairing.batch_matching, "match_people", broken)
            run(event, clock)
    assert endings() == ["abandoned", "failed"] * 3
    failed = Event.get_by_id(event.id)
    assert (failed.matching_status, failed.matching_status_reason) == (
        "failed",
        "Matching failed: ZeroDivisionError",
    )


def test_a_run_of_a_cancelled_event_that_dies_is_not_planned_again(
    event: Event, clock: SetClock, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled_then_broken(*_args: Any, **_kwargs: Any) -> None:
        cancel_event(event.id, tell_introduced=False, now=clock())
        raise ZeroDivisionError

    monkeypatch.setattr(actors.pairing.batch_matching, "match_people", cancelled_then_broken)
    run(event, clock)
    assert endings() == ["failed"]
    assert Event.get_by_id(event.id).matching_status == "unscheduled"
    assert due(clock()) == []
