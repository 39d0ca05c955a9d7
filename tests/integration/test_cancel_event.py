"""Cancelling an event: nothing more goes out, and those already introduced are told once or not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

import actors.pairing.batch_matching
from actors.control import event_cancelling
from actors.control.event_cancelling import Cancelled, Effect, cancel_event, effect
from actors.pairing.batch_matching import run_matching
from actors.sending.delivery import deliver
from models import planning, schedule
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun, RunKind
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
from models.opt_out import opt_out
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_event, make_message
from tests.fakes import FakeGateway, SetClock

NOTICE = EventMessage.message_type == MessageType.EVENT_CANCELLED


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now,
        name="Contractor Summit",
        matching_at=now,
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
        matching_status=MatchingStatus.QUEUED,
    )


def person_with(
    event: Event, status: MessageStatus, now: datetime, **columns: Any
) -> tuple[Contractor, EventMessage]:
    """Somebody at the event whose introduction has this status."""
    person = make_attendee(event).contractor
    text = make_message(now, event=event, contractor=person, status=status, **columns)
    return person, text


def status_of(text: EventMessage) -> str:
    status: str = EventMessage.get_by_id(text.id).status
    return status


def told() -> set[int]:
    return {notice.contractor_id for notice in EventMessage.select().where(NOTICE)}


def test_what_waits_or_is_held_is_cancelled_and_the_rest_stays(event: Event, now: datetime) -> None:
    texts = {
        status: person_with(event, status, now, held_because="unknown")[1]
        for status in MessageStatus
        if status is not MessageStatus.RECEIVED
    }
    answer = make_message(
        now,
        event=event,
        message_type=MessageType.HELP_REPLY,
        message_category=MessageCategory.COMPLIANCE,
    )
    elsewhere = make_message(now, event=make_event(now))
    done = cancel_event(event.id, tell_introduced=False, now=now)
    assert done == Cancelled(texts=3, told=0, in_the_air=1)
    for status, text in texts.items():
        waited = status in ("scheduled", "queued", "held")
        assert status_of(text) == ("cancelled" if waited else status)
    assert (status_of(answer), status_of(elsewhere)) == ("scheduled", "scheduled")
    assert told() == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [("unscheduled", "unscheduled"), ("scheduled", "unscheduled"), ("queued", "unscheduled"),
     ("running", "running"), ("completed", "completed"), ("failed", "failed")],
)  # fmt: skip
def test_nothing_is_planned_for_a_cancelled_event(
    event: Event, now: datetime, before: str, after: str
) -> None:
    Event.update(matching_status=before, top_up_at=now).where(Event.id == event.id).execute()
    cancel_event(event.id, tell_introduced=True, now=now)
    cancelled = Event.get_by_id(event.id)
    assert (cancelled.cancelled_at, cancelled.matching_status) == (now, after)
    if after == "unscheduled":
        assert cancelled.matching_status_reason == "The event was cancelled."
    assert cancelled.top_up_at is None
    assert schedule.request_top_up(cancelled, now=now) is None
    minute = timedelta(minutes=1)
    assert not planning.lock_due_runs(now=now, until=now + minute, lost_after=minute, limit=9)
    assert run_matching(event.id, event.matching_at, RunKind.BATCH, now=lambda: now) is None
    assert MatchingRun.select().count() == 0


def test_each_person_who_was_introduced_is_told_once(event: Event, now: datetime) -> None:
    out = [
        person_with(event, status, now)[0]
        for status in ("sent", "delivered", "responded", "sending")
    ]
    doubtful = {"is_doubtful": True, "held_because": "unknown"}
    out.append(person_with(event, MessageStatus.HELD, now, **doubtful)[0])
    out.append(person_with(event, MessageStatus.SCHEDULED, now, is_doubtful=True)[0])
    parts = {"part_texts": ["One.", "Two."], "parts_sent": 1}
    out.append(person_with(event, MessageStatus.SCHEDULED, now, **parts)[0])
    make_message(now, event=event, contractor=out[0], status="sent")
    for status in ("scheduled", "queued", "failed", "cancelled"):
        person_with(event, MessageStatus(status), now)
    person_with(event, MessageStatus.HELD, now, held_because="person")
    assert effect(event.id) == Effect(waiting=6, introduced=7)
    done = cancel_event(event.id, tell_introduced=True, now=now)
    assert done == Cancelled(texts=6, told=7, in_the_air=1)
    assert told() == {person.id for person in out}
    notice = EventMessage.select().where(NOTICE).first()
    assert (notice.message_category, notice.status, notice.due) == ("notice", "scheduled", now)
    assert "Contractor Summit was cancelled" in notice.message_content
    assert "STOP" in notice.message_content


def test_nobody_who_may_not_be_texted_is_told(event: Event, now: datetime) -> None:
    stopped = person_with(event, MessageStatus.SENT, now)[0]
    opt_out(stopped.phone, now=now, source="test")
    make_message(
        now,
        event=event,
        status="sent",
        contractor=make_attendee(event, sms_opt_in=False).contractor,
    )
    without = make_attendee(event, make_contractor(phone=None)).contractor
    make_message(now, event=event, status="sent", contractor=without)
    assert effect(event.id).introduced == 0
    assert cancel_event(event.id, tell_introduced=True, now=now).told == 0


def test_a_second_cancel_adds_nothing(event: Event, now: datetime) -> None:
    person_with(event, MessageStatus.SENT, now)
    assert cancel_event(event.id, tell_introduced=True, now=now).told == 1
    later = now + timedelta(minutes=1)
    assert cancel_event(event.id, tell_introduced=True, now=later) == Cancelled(0, 0, 0)
    assert EventMessage.select().where(NOTICE).count() == 1
    assert status_of(EventMessage.get(NOTICE)) == "scheduled"
    assert Event.get_by_id(event.id).cancelled_at == now


def test_an_event_that_is_not_there_can_not_be_cancelled(now: datetime) -> None:
    with pytest.raises(Event.DoesNotExist):
        cancel_event(12345, tell_introduced=False, now=now)


@pytest.mark.parametrize(
    ("message_type", "category", "leaves"),
    [
        (MessageType.EVENT_CANCELLED, MessageCategory.NOTICE, True),
        (MessageType.HELP_REPLY, MessageCategory.COMPLIANCE, True),
        (MessageType.INTRODUCTION, MessageCategory.PEER_MATCHING, False),
        ("announcement", MessageCategory.NOTICE, False),
    ],
)
def test_of_a_cancelled_event_only_notices_of_it_and_answers_leave(
    event: Event,
    config: Config,
    now: datetime,
    message_type: str,
    category: MessageCategory,
    leaves: bool,
) -> None:
    cancel_event(event.id, tell_introduced=False, now=now)
    _, text = person_with(
        event,
        MessageStatus.SCHEDULED,
        now,
        message_type=message_type,
        message_category=category,
        message_content="Hello.",
    )
    gateway = FakeGateway()
    deliver(text.id, now=lambda: now, gateway=gateway, config=config)
    assert bool(gateway.posts) is leaves
    assert status_of(text) == ("sent" if leaves else "cancelled")


def test_a_person_who_opts_out_is_not_told_after_all(
    event: Event, config: Config, now: datetime
) -> None:
    person, _ = person_with(event, MessageStatus.SENT, now)
    cancel_event(event.id, tell_introduced=True, now=now)
    opt_out(person.phone, now=now, source="test")
    gateway = FakeGateway()
    notice = EventMessage.get(NOTICE)
    deliver(notice.id, now=lambda: now, gateway=gateway, config=config)
    assert (gateway.posts, status_of(notice)) == ([], "cancelled")


def test_an_event_cancelled_while_its_batch_matches_gets_no_match_and_no_text(
    event: Event, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        make_attendee(event)
    real = actors.pairing.batch_matching.match_people

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        assert result.pairs
        cancel_event(event.id, tell_introduced=True, now=clock())
        return result

    monkeypatch.setattr(actors.pairing.batch_matching, "match_people", meanwhile)
    run_matching(event.id, event.matching_at, RunKind.BATCH, now=clock)
    run = MatchingRun.get()
    assert (run.status, run.error) == ("abandoned", event_cancelling.REASON)
    assert (EventPeerMatch.select().count(), EventMessage.select().count()) == (0, 0)
    cancelled = Event.get_by_id(event.id)
    assert cancelled.matching_status == "unscheduled"
    assert cancelled.matching_status_reason == "The event was cancelled."


@pytest.mark.commits
def test_a_cancel_and_a_batch_that_stores_leave_nothing_waiting(
    event: Event, now: datetime
) -> None:
    for _ in range(20):
        make_attendee(event)

    def batch() -> None:
        run_matching(event.id, event.matching_at, RunKind.BATCH, now=lambda: now)

    def cancel() -> None:
        cancel_event(event.id, tell_introduced=True, now=now)

    def in_thread(act: Callable[[], None]) -> None:
        with db.connection_context():
            act()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(in_thread, [batch, cancel, cancel]))
    assert {text.status for text in EventMessage.select()} <= {"cancelled"}
    assert Event.get_by_id(event.id).matching_status in ("unscheduled", "completed")
    assert not MatchingRun.select().where(MatchingRun.status == "running").exists()
