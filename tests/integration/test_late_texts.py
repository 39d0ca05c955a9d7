"""What is too late fails with its reason, and an introduction gets another chance at the break."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.n8n.outcomes import Outcome, Verdict
from actors.pairing import introductions
from actors.sending.delivery import deliver
from actors.sending.lateness import expire
from models import event_cancel, service_state, usefulness
from models.agenda_item import ItemType
from models.base import db
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
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
REFUSED = Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")


def event_with_break(now: datetime, hours: float = 2, **columns: Any) -> Event:
    event = make_event(now, ends_at=now + timedelta(hours=4), **columns)
    make_agenda_item(event, now + timedelta(hours=hours), ItemType.BREAK, hours=0.5)
    return event


def introduction(now: datetime, event: Event, **columns: Any) -> EventMessage:
    person = make_attendee(event).contractor
    match = make_match(event, person, make_contractor())
    columns = {"reply_number": 2, "personalization_data": {"peer_name": "Zeek"}, **columns}
    return make_message(now, event=event, contractor=person, match=match, **columns)


def reread(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)


def planned_anew(message: EventMessage) -> EventMessage | None:
    return EventMessage.get_or_none(EventMessage.retry_of == message.id)


def test_a_late_introduction_fails_and_is_planned_for_the_next_break(clock: SetClock) -> None:
    event = event_with_break(clock())
    message = introduction(clock(), event)
    break_at = clock() + timedelta(hours=2)
    assert expire(now=clock.advance(minutes=29), config=CONFIG) == 0
    assert expire(now=clock.advance(minutes=1), config=CONFIG) == 1
    failed = reread(message)
    assert failed.status == "failed"
    assert "too late" in failed.error_message
    assert f"the break at {break_at:%H:%M}" in failed.error_message
    again = planned_anew(message)
    assert again is not None
    assert (again.status, again.scheduled_time, again.expires_at) == (
        "scheduled", break_at, event.ends_at,
    )  # fmt: skip
    assert again.send_key != message.send_key
    same = ("event_id", "contractor_id", "match_id", "reply_number", "personalization_data")
    assert [getattr(again, name) for name in same] == [getattr(failed, name) for name in same]


def test_it_is_planned_anew_only_once_and_then_sent(clock: SetClock) -> None:
    message = introduction(clock(), event_with_break(clock()))
    clock.advance(minutes=31)
    assert [expire(now=clock(), config=CONFIG) for _ in range(2)] == [1, 0]
    again = planned_anew(message)
    assert again is not None
    clock.advance(hours=1, minutes=30)
    gateway = FakeGateway()
    for text in (message, again):
        deliver(text.id, now=clock, gateway=gateway, config=CONFIG)
    assert [part["message_id"] for _, part in gateway.posts] == [again.id]


def test_a_wake_up_that_comes_too_late_does_the_same(clock: SetClock) -> None:
    message = introduction(clock(), event_with_break(clock()), status=MessageStatus.QUEUED)
    clock.advance(minutes=31)
    gateway = FakeGateway()
    deliver(message.id, now=clock, gateway=gateway, config=CONFIG)
    assert gateway.posts == []
    assert reread(message).status == "failed"
    assert planned_anew(message) is not None


def test_so_does_a_refusal_that_leaves_no_time_for_another_attempt(clock: SetClock) -> None:
    message = introduction(clock() - timedelta(minutes=29, seconds=59), event_with_break(clock()))
    deliver(message.id, now=clock, gateway=FakeGateway([REFUSED]), config=CONFIG)
    assert reread(message).status == "failed"
    assert "no time was left" in reread(message).error_message
    assert planned_anew(message) is not None


def test_the_useful_time_is_a_setting(clock: SetClock) -> None:
    introduction(clock(), event_with_break(clock()))
    config = settings(INTRODUCTION_USEFUL_MINUTES="5")
    assert expire(now=clock.advance(minutes=6), config=config) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event, now: Event.update(cancelled_at=now).execute(),
        lambda event, now: Event.update(ends_at=now + timedelta(hours=1)).execute(),
        lambda event, now: db.execute_sql("DELETE FROM event_agenda_items"),
    ],
)
def test_where_no_break_is_left_the_reason_says_so(clock: SetClock, spoil: Any) -> None:
    event = event_with_break(clock())
    message = introduction(clock(), event)
    spoil(event, clock())
    expire(now=clock.advance(minutes=31), config=CONFIG)
    assert reread(message).status == "failed"
    assert "no break is left" in reread(message).error_message
    assert planned_anew(message) is None


def test_the_reason_names_the_trouble_with_n8n(clock: SetClock) -> None:
    message = introduction(clock(), event_with_break(clock()))
    service_state.report(service_state.N8N, service_state.TROUBLE, now=clock())
    since = clock()
    expire(now=clock.advance(minutes=31), config=CONFIG)
    assert f"n8n has been in trouble since {since:%H:%M} UTC" in reread(message).error_message


def text(now: datetime, kind: str, category: str, **columns: Any) -> EventMessage:
    columns = {"phone": "+15125550100", "message_content": "Hi", "expires_at": None, **columns}
    return make_message(now, message_type=kind, message_category=category, **columns)


@pytest.mark.parametrize(
    ("kind", "category", "useful"),
    [
        (MessageType.INTRODUCTION, MessageCategory.PEER_MATCHING, timedelta(minutes=30)),
        (MessageType.TEST_INTRODUCTION, MessageCategory.TEST, timedelta(hours=1)),
        (MessageType.HELP_REPLY, MessageCategory.COMPLIANCE, timedelta(hours=1)),
        (MessageType.REPLY, MessageCategory.REPLY, timedelta(hours=1)),
        (MessageType.EVENT_CANCELLED, MessageCategory.NOTICE, timedelta(hours=6)),
        ("follow_up", "follow_up", timedelta(hours=24)),
    ],
)
def test_each_kind_has_its_useful_time_and_never_past_its_end(
    clock: SetClock, kind: str, category: str, useful: timedelta
) -> None:
    message = text(clock(), kind, category)
    ends = text(clock(), kind, category, expires_at=clock() + timedelta(minutes=10))
    assert usefulness.latest(message, CONFIG) == clock() + useful
    assert usefulness.latest(ends, CONFIG) == clock() + timedelta(minutes=10)
    for row, latest in ((message, useful), (ends, timedelta(minutes=10))):
        for moment, is_past in ((latest - timedelta(seconds=1), False), (latest, True)):
            past = usefulness.is_past(clock() + moment, CONFIG)
            found = EventMessage.select().where((EventMessage.id == row.id) & past)
            assert found.exists() == is_past


def test_a_test_and_a_notice_end_when_they_are_of_no_more_use(clock: SetClock) -> None:
    introductions.schedule_test("+15125550100", now=clock())
    event = make_event(clock())
    person = make_attendee(event).contractor
    make_message(clock(), event=event, contractor=person, status=MessageStatus.SENT)
    event_cancel.plan_notices(event.id, "It is off.", now=clock())
    planned = EventMessage.select().where(EventMessage.status == MessageStatus.SCHEDULED)
    ends = {row.message_type: row.expires_at for row in planned}
    assert len(ends) == 2
    EventMessage.update(expires_at=None).execute()
    assert {row.message_type: usefulness.latest(row, CONFIG) for row in planned.clone()} == ends


def test_other_kinds_fail_without_a_new_plan(clock: SetClock) -> None:
    message = text(clock(), "follow_up", "follow_up")
    expire(now=clock.advance(hours=25), config=CONFIG)
    row = reread(message)
    assert (row.status, row.error_message) == (
        "failed",
        "it would have arrived too late to be of use",
    )
    assert planned_anew(message) is None


def test_texts_of_several_events_go_to_their_own_breaks_in_one_sweep(clock: SetClock) -> None:
    messages = [introduction(clock(), event_with_break(clock(), hours)) for hours in (1, 2, 3)]
    start = clock()
    assert expire(now=clock.advance(minutes=31), config=CONFIG, limit=500) == 3
    again = [planned_anew(message) for message in messages]
    assert [row.scheduled_time - start for row in again if row] == [
        timedelta(hours=hours) for hours in (1, 2, 3)
    ]


def test_a_sweep_takes_no_more_than_it_may(clock: SetClock) -> None:
    for _ in range(3):
        text(clock(), "follow_up", "follow_up")
    clock.advance(hours=25)
    assert [expire(now=clock(), config=CONFIG, limit=2) for _ in range(3)] == [2, 1, 0]


def test_what_is_not_due_is_no_concern_of_the_sweep(clock: SetClock) -> None:
    held = text(clock(), "follow_up", "follow_up", status=MessageStatus.HELD)
    queued = text(clock(), "follow_up", "follow_up", status=MessageStatus.QUEUED)
    assert expire(now=clock.advance(hours=25), config=CONFIG) == 0
    assert [reread(row).status for row in (held, queued)] == ["held", "queued"]
