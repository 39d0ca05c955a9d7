"""The rehearsal's two events, and what its terminal makes of somebody who changes the first."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models import schedule
from models.agenda_item import EventAgendaItem, ItemType
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.eligibility import PoolCounts, pool_counts
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import HeldBecause, MessageStatus
from tests.factories import make_contractor, make_event_with_lunch, make_message
from web.local import LocalError, LocalServices
from web.rehearsal_event import RehearsalEvent, prepare, prepare_practice
from web.rehearsal_watch import Watch

LUNCH_IN = timedelta(minutes=10)
SIX_MINUTES = timedelta(minutes=6)


def test_the_practice_event_has_forty_people_who_are_there_and_time_to_change_it(
    now: datetime,
) -> None:
    practice = prepare_practice(now=now, lunch_in=LUNCH_IN)
    event = Event.get_by_id(practice.event_id)
    lunch = EventAgendaItem.get(event=event, item_type=ItemType.LUNCH)
    assert pool_counts(event.id) == PoolCounts(registered=40, checked_in=40, eligible=40)
    assert lunch.start_time == practice.lunch_at == now + LUNCH_IN
    assert event.matching_at == lunch.start_time - timedelta(seconds=30)
    assert event.introductions_at == lunch.start_time + timedelta(seconds=10)
    assert now < event.starts_at < now + timedelta(minutes=2)
    assert event.matching_status == MatchingStatus.SCHEDULED
    assert practice.lunch_at.tzinfo == event.zone


def test_nobody_is_at_both_events_of_a_rehearsal(now: datetime) -> None:
    rehearsed = prepare(now=now, lunch_in=timedelta(seconds=30))
    practice = prepare_practice(now=now, lunch_in=LUNCH_IN)
    theirs, ours = _people(rehearsed.event_id), _people(practice.event_id)
    assert (len(theirs), len(ours)) == (192, 40)
    assert not {person.id for person in theirs} & {person.id for person in ours}
    assert not {person.phone for person in theirs} & {person.phone for person in ours}


def _people(event_id: int) -> list[Contractor]:
    return list(Contractor.select().join(EventAttendee).where(EventAttendee.event == event_id))


def test_nothing_is_printed_of_the_practice_people(
    now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare_practice(now=now, lunch_in=LUNCH_IN)
    assert capsys.readouterr().out == ""


@pytest.fixture
def event(now: datetime) -> Event:
    made = make_event_with_lunch(now + timedelta(seconds=30), time_scale=60)
    return schedule.sync(made.id, now=now)


@pytest.fixture
def watch(event: Event) -> Watch:
    services = SimpleNamespace(has_ended=lambda: True)
    return Watch(RehearsalEvent(event.id, "", ""), cast(LocalServices, services))


def _move_lunch(event: Event, by: timedelta, now: datetime) -> None:
    EventAgendaItem.update(
        start_time=EventAgendaItem.start_time + by, end_time=EventAgendaItem.end_time + by
    ).where(EventAgendaItem.event == event).execute()
    schedule.sync(event.id, now=now)


def _match(event: Event, now: datetime, **columns: Any) -> EventMessage:
    Event.update(matching_status=MatchingStatus.COMPLETED).where(Event.id == event.id).execute()
    person = make_contractor()
    due = Event.get_by_id(event.id).introductions_at
    return make_message(
        due, event=event, contractor=person, phone=person.phone, message_content="Hi", **columns
    )


def test_the_terminal_follows_a_lunch_that_was_moved_until_its_texts_are_out(
    watch: Watch, event: Event, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not watch.look(now)
    _move_lunch(event, SIX_MINUTES, now)
    for minutes in (0, 4, 6):
        later = now + timedelta(minutes=minutes)
        assert not watch.look(later)
        assert not watch.is_in_vain(later)
    text = _match(event, now)
    leave_at = now + SIX_MINUTES + timedelta(seconds=35)
    assert not watch.look(leave_at - timedelta(seconds=5))
    EventMessage.update(status=MessageStatus.SENT).where(EventMessage.id == text.id).execute()
    assert watch.look(leave_at)
    assert capsys.readouterr().out.splitlines() == [
        "Matching in 15 s",
        "Introductions were moved: they leave in 395 s",
        "Matching in 15 s",
        "Matched: 1 introductions leave in 5 s",
        "Sent 1 of 1 introductions",
    ]


def test_a_lunch_that_is_moved_after_matching_is_followed_too(
    watch: Watch, event: Event, now: datetime
) -> None:
    text = _match(event, now)
    assert not watch.look(now)
    _move_lunch(event, SIX_MINUTES, now)
    assert not watch.look(now)
    assert not watch.is_in_vain(now + timedelta(minutes=9))
    assert EventMessage.get_by_id(text.id).scheduled_time == event.introductions_at + SIX_MINUTES


def test_nothing_new_for_three_minutes_ends_it_without_calling_it_over(
    watch: Watch, event: Event, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    late = now + timedelta(seconds=35 + 181)
    assert not watch.look(now)
    assert not watch.is_in_vain(late - timedelta(seconds=2))
    assert not watch.look(late)
    assert watch.is_in_vain(late)
    assert "followed no further" in capsys.readouterr().out


@pytest.mark.parametrize("because", [HeldBecause.APPROVAL, HeldBecause.PERSON])
def test_introductions_that_somebody_keeps_back_are_waited_for(
    watch: Watch,
    event: Event,
    now: datetime,
    because: HeldBecause,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _match(event, now, status=MessageStatus.HELD, held_because=because)
    for hours in (0, 1):
        later = now + timedelta(hours=hours)
        assert not watch.look(later)
        assert not watch.is_in_vain(later)
    assert capsys.readouterr().out == "Kept back at the desk: 1 of 1 introductions\n"


def test_a_pause_is_waited_for(watch: Watch, event: Event, now: datetime) -> None:
    _match(event, now)
    Event.update(paused_at=now, paused_by="Ana").where(Event.id == event.id).execute()
    for hours in (0, 1):
        later = now + timedelta(hours=hours)
        assert not watch.look(later)
        assert not watch.is_in_vain(later)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"matching_status": MatchingStatus.FAILED, "matching_status_reason": "It broke."},
            "It broke.",
        ),
        ({"cancelled_at": datetime.fromisoformat("2026-11-12T12:00Z")}, "The event was cancelled."),
    ],
)
def test_a_day_that_comes_to_nothing_says_why(
    watch: Watch,
    event: Event,
    now: datetime,
    columns: dict[str, Any],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Event.update(**columns).where(Event.id == event.id).execute()
    assert watch.look(now)
    assert capsys.readouterr().out == f"{words}\n"


def test_processes_that_end_too_soon_make_no_summary(watch: Watch) -> None:
    with pytest.raises(LocalError, match="before the introductions were out"):
        watch.until_introductions_are_out()
