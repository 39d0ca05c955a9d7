"""Introductions that wait for approval: none leaves without it, or before its deadline."""

from datetime import datetime, timedelta
from typing import Any

from actors.control import approvals, event_cancelling, event_sending
from actors.pairing import introductions
from actors.planner import Planner
from actors.sending.delivery import deliver
from actors.sending.lateness import expire
from models import schedule, steering
from models.agenda_item import EventAgendaItem, ItemType
from models.event import Approval, Event, MatchingStatus
from models.message import EventMessage
from models.message_status import HeldBecause, MessageStatus, MessageType
from tests.conftest import settings
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
)
from tests.fakes import FakeGateway, SetClock

CONFIG = settings()
BY = "Olu"
SOON = timedelta(minutes=20)


def make_asking(now: datetime, mode: Approval = Approval.REQUIRED, **columns: Any) -> Event:
    """An event whose introductions leave in twenty minutes, with a break two hours from now."""
    event = make_event(now, approval=mode, **columns)
    for at, kind in ((-60, ItemType.REGISTRATION), (15, ItemType.LUNCH), (120, ItemType.BREAK)):
        make_agenda_item(event, now + timedelta(minutes=at), kind, hours=0.75)
    make_agenda_item(event, now + timedelta(hours=4), ItemType.CLOSING)
    Event.update(matching_status=MatchingStatus.COMPLETED).where(Event.id == event.id).execute()
    return schedule.sync(event.id, now=now)


def plan(event: Event, now: datetime, matches: int = 1) -> list[EventMessage]:
    """Match pairs and plan their introductions, as a batch does."""
    made = []
    for _ in range(matches):
        pair = [make_attendee(event).contractor for _ in range(2)]
        made.append(make_match(event, *pair).id)
    introductions.schedule_introductions(schedule.lock(event.id), made, now=now)
    return list(EventMessage.select().where(EventMessage.match.in_(made)).order_by(EventMessage.id))


def fresh(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)


def states(texts: list[EventMessage]) -> set[tuple[str, str | None]]:
    rows = [fresh(text) for text in texts]
    return {(row.status, row.held_because) for row in rows}


HELD = {("held", "approval")}
FREE = {("scheduled", None)}


def settle(now: datetime) -> int:
    return approvals.settle(now=now, config=CONFIG)


def test_what_a_batch_plans_waits_and_leaves_once_it_is_approved(clock: SetClock) -> None:
    event = make_asking(clock())
    texts = plan(event, clock(), matches=2)
    assert states(texts) == HELD
    assert {text.scheduled_time for text in texts} == {clock() + SOON}
    gateway = FakeGateway()
    deliver(texts[0].id, now=SetClock(clock() + SOON), gateway=gateway, config=CONFIG)
    assert event_sending.approve(event.id, by=BY, now=clock.advance(minutes=1)) == 4
    row = Event.get_by_id(event.id)
    assert (row.approved_at, row.approved_by) == (clock(), BY)
    assert states(texts) == FREE
    for text in texts:
        deliver(text.id, now=clock, gateway=gateway, config=CONFIG)
    assert gateway.posts == [], "not before their time"
    for text in texts * 2:
        deliver(text.id, now=SetClock(clock() + SOON), gateway=gateway, config=CONFIG)
    assert len(gateway.posts) == len(set(gateway.keys)) == 4
    assert event_sending.approve(event.id, by="another", now=clock()) is None


def test_an_approval_covers_what_is_planned_later_until_it_is_taken_back(clock: SetClock) -> None:
    event = make_asking(clock())
    first = plan(event, clock())
    event_sending.approve(event.id, by=BY, now=clock())
    second = plan(event, clock())
    assert states(second) == FREE
    EventMessage.update(status=MessageStatus.QUEUED, wake_at=clock()).where(
        EventMessage.id == first[0].id
    ).execute()
    assert event_sending.require_approval(event.id) == 4
    assert states([*first, *second]) == HELD
    assert states(plan(event, clock())) == HELD
    assert event_sending.require_approval(event.id) is None


def test_taking_an_approval_back_touches_nothing_that_has_begun_to_leave(clock: SetClock) -> None:
    event = make_asking(clock())
    (half, whole) = plan(event, clock())
    event_sending.approve(event.id, by=BY, now=clock())
    clock.advance(minutes=20)
    changes = {"part_texts": ["One.", "Two."], "parts_sent": 1, "message_content": "One. Two."}
    EventMessage.update(**changes).where(EventMessage.id == half.id).execute()
    assert event_sending.require_approval(event.id) == 1
    gateway = FakeGateway()
    for text in (half, whole):
        deliver(text.id, now=clock, gateway=gateway, config=CONFIG)
    assert gateway.texts == ["Two."]


def test_whoever_takes_a_text_asks_for_the_approval_itself(clock: SetClock) -> None:
    event = make_asking(clock(), Approval.OFF)
    (queued, other) = plan(event, clock())
    assert states([queued, other]) == FREE
    EventMessage.update(status=MessageStatus.QUEUED).where(EventMessage.id == queued.id).execute()
    Event.update(approval=Approval.REQUIRED).where(Event.id == event.id).execute()
    gateway = FakeGateway()
    for text in (queued, other):
        deliver(text.id, now=SetClock(clock() + SOON), gateway=gateway, config=CONFIG)
    assert (states([queued, other]), gateway.posts) == (HELD, [])


def test_without_a_click_they_leave_at_the_deadline_and_not_before(clock: SetClock) -> None:
    event = make_asking(clock(), Approval.UNTIL_DEADLINE, approval_wait_minutes=10)
    texts = plan(event, clock())
    planner = Planner(CONFIG, leader="test", delay_slots=4000)
    planner.tick(clock.advance(minutes=29, seconds=59))
    assert states(texts) == HELD
    planner.tick(clock.advance(seconds=1))
    assert {fresh(text).status for text in texts} == {"queued"}
    gateway = FakeGateway()
    for text in texts:
        deliver(
            text.id, now=SetClock(clock() + timedelta(seconds=1)), gateway=gateway, config=CONFIG
        )
    assert len(gateway.posts) == 2


def test_kept_back_ones_do_not_leave_at_the_deadline_any_more(clock: SetClock) -> None:
    event = make_asking(clock(), Approval.UNTIL_DEADLINE)
    texts = plan(event, clock())
    assert event_sending.require_approval(event.id) == 2
    assert Event.get_by_id(event.id).approval == Approval.REQUIRED
    assert settle(clock.advance(minutes=21)) == 0
    assert states(texts) == HELD


def test_what_nobody_approved_fails_with_the_reason_and_waits_again_at_the_break(
    clock: SetClock,
) -> None:
    event = make_asking(clock())
    texts = plan(event, clock())
    assert settle(clock.advance(minutes=49)) == 0
    assert expire(now=clock(), config=CONFIG) == 0
    assert settle(clock.advance(minutes=1)) == 2
    for text in texts:
        row = fresh(text)
        assert row.status == "failed"
        assert row.error_message.startswith("nobody approved it while it was of use; a new one")
        again = EventMessage.get(EventMessage.retry_of == text.id)
        assert states([again]) == HELD
        assert again.scheduled_time == clock() + timedelta(minutes=70)
    assert settle(clock.advance(minutes=70)) == 0
    assert event_sending.approve(event.id, by=BY, now=clock()) == 2
    at_the_end = event.last_moment
    assert settle(at_the_end) == 0


def test_at_the_end_of_the_day_nothing_waits_silently(clock: SetClock) -> None:
    event = make_asking(clock())
    texts = plan(event, clock())
    EventAgendaItem.delete().where(EventAgendaItem.item_type == ItemType.BREAK).execute()
    assert settle(event.last_moment) == 2
    assert {fresh(text).status for text in texts} == {"failed"}
    assert "no break is left" in fresh(texts[0]).error_message
    waiting = EventMessage.select().where(steering.awaits_approval()).count()
    assert waiting == 0


def test_the_deadline_moves_with_lunch(clock: SetClock) -> None:
    event = make_asking(clock(), Approval.UNTIL_DEADLINE, approval_wait_minutes=5)
    texts = plan(event, clock())
    half_an_hour = timedelta(minutes=30)
    EventAgendaItem.update(
        start_time=EventAgendaItem.start_time + half_an_hour,
        end_time=EventAgendaItem.end_time + half_an_hour,
    ).where(EventAgendaItem.item_type == ItemType.LUNCH).execute()
    schedule.sync(event.id, now=clock())
    assert {fresh(text).scheduled_time for text in texts} == {clock() + SOON + half_an_hour}
    assert states(texts) == HELD
    assert settle(clock.advance(minutes=54)) == 0
    assert settle(clock.advance(minutes=1)) == 2
    assert states(texts) == FREE


def test_cancelling_the_event_cancels_what_waits_for_approval(clock: SetClock) -> None:
    event = make_asking(clock())
    texts = plan(event, clock())
    done = event_cancelling.cancel_event(event.id, tell_introduced=False, now=clock())
    assert (done.texts, states(texts)) == (2, {("cancelled", None)})
    assert event_sending.approve(event.id, by=BY, now=clock()) is None
    assert event_sending.require_approval(event.id) is None


def test_asking_no_longer_lets_them_leave_even_if_only_the_setting_changed(
    clock: SetClock,
) -> None:
    event = make_asking(clock())
    texts = plan(event, clock())
    assert event_sending.stop_asking(event.id, now=clock()) == 2
    assert states(texts) == FREE
    assert event_sending.stop_asking(event.id, now=clock()) is None
    other = make_asking(clock())
    more = plan(other, clock())
    Event.update(approval=Approval.OFF).where(Event.id == other.id).execute()
    assert settle(clock()) == 2
    assert states(more) == FREE


def test_an_approval_during_a_pause_waits_for_the_end_of_the_pause(clock: SetClock) -> None:
    event = make_asking(clock())
    texts = plan(event, clock())
    event_sending.pause(event.id, by=BY, now=clock())
    event_sending.approve(event.id, by=BY, now=clock.advance(minutes=20))
    gateway = FakeGateway()
    for text in texts:
        deliver(text.id, now=clock, gateway=gateway, config=CONFIG)
    assert gateway.posts == []
    event_sending.resume(event.id)
    for text in texts:
        deliver(text.id, now=clock, gateway=gateway, config=CONFIG)
    assert len(gateway.posts) == 2


def test_only_introductions_wait_for_an_approval(clock: SetClock) -> None:
    event = make_asking(clock())
    person = make_attendee(event, make_contractor()).contractor
    kind = MessageType.YES_NOTED
    answer = make_message(
        clock(), event=event, contractor=person, message_type=kind, message_content="Noted"
    )
    held = make_message(
        clock() + SOON, event=event, status=MessageStatus.HELD, held_because=HeldBecause.PERSON
    )
    deliver(answer.id, now=clock, gateway=FakeGateway(), config=CONFIG)
    assert fresh(answer).status == "sent"
    event_sending.approve(event.id, by=BY, now=clock())
    assert fresh(held).status == "held", "what a person stopped is that person's to release"
