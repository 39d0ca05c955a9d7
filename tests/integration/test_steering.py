"""What organisers do to texts: whole, once, never to what is in the air, never a second text."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.control import steering
from actors.control.steering import Scope
from models import schedule
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
from models.peer_match import EventPeerMatch
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_event_with_lunch,
    make_match,
    make_message,
)

SOON = timedelta(minutes=5)
STATUSES = [status for status in MessageStatus if status is not MessageStatus.RECEIVED]
WHY = "the organiser says so"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now)


@pytest.fixture
def match(event: Event) -> EventPeerMatch:
    return make_match(event, make_contractor(), make_contractor())


@pytest.fixture
def text(match: EventPeerMatch, now: datetime) -> EventMessage:
    return text_of(match, now)


def text_of(match: EventPeerMatch, now: datetime, **columns: Any) -> EventMessage:
    """The first person's introduction, due in a few minutes, unless told otherwise."""
    columns = {
        "event": match.event_id,
        "match": match,
        "contractor": match.contractor1_id,
        "scheduled_time": now + SOON,
        **columns,
    }
    return make_message(now, **columns)


def put(text: EventMessage, status: MessageStatus, **columns: Any) -> None:
    """Give a row the columns that texts of this status have."""
    usual: dict[MessageStatus, dict[str, Any]] = {
        MessageStatus.QUEUED: {"wake_at": text.scheduled_time},
        MessageStatus.SENDING: {"claim_token": uuid.uuid4(), "lease_until": text.scheduled_time},
        MessageStatus.HELD: {"held_because": "person"},
    }
    columns = {"status": status, **usual.get(status, {}), **columns}
    EventMessage.update(**columns).where(EventMessage.id == text.id).execute()


def fresh(text: EventMessage) -> EventMessage:
    found: EventMessage = EventMessage.get_by_id(text.id)
    return found


def row(text: EventMessage) -> dict[str, Any]:
    columns: dict[str, Any] = fresh(text).__data__
    return columns


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_waits_or_is_held_can_be_cancelled(
    text: EventMessage, now: datetime, status: MessageStatus
) -> None:
    put(text, status)
    before = row(text)
    changed = steering.cancel_texts(Scope(message_id=text.id), reason=WHY, now=now)
    if status in ("scheduled", "queued", "held"):
        after = fresh(text)
        assert changed == 1
        assert (after.status, after.error_message) == ("cancelled", WHY)
        assert (after.wake_at, after.held_because) == (None, None)
    else:
        assert (changed, row(text)) == (0, before)


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_waits_can_be_held(
    text: EventMessage, now: datetime, status: MessageStatus
) -> None:
    put(text, status)
    before = row(text)
    changed = steering.hold_texts(Scope(message_id=text.id), reason=WHY, now=now)
    if status in ("scheduled", "queued"):
        after = fresh(text)
        assert (changed, after.status, after.held_because) == (1, "held", "person")
        assert (after.error_message, after.wake_at) == (WHY, None)
    else:
        assert (changed, row(text)) == (0, before)


@pytest.mark.parametrize("because", ["person", "approval", "unknown", None])
@pytest.mark.parametrize("status", STATUSES)
def test_only_what_a_person_holds_can_be_released(
    text: EventMessage, now: datetime, status: MessageStatus, because: str | None
) -> None:
    put(text, status, held_because=because)
    before = row(text)
    changed = steering.release_texts(Scope(message_id=text.id), now=now)
    if status == "held" and because == "person":
        after = fresh(text)
        assert (changed, after.status, after.held_because) == (1, "scheduled", None)
        assert after.scheduled_time == now + SOON, "it keeps its time while that is to come"
        assert after.error_message is None
    else:
        assert (changed, row(text)) == (0, before)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("act", [steering.send_again, steering.mark_as_sent])
def test_only_a_doubtful_text_can_be_settled(
    text: EventMessage, now: datetime, status: MessageStatus, act: Callable[..., bool]
) -> None:
    put(text, status, held_because=None)
    before = row(text)
    changed = act(text.id, now=now)
    assert changed is (status == "held"), "a held row of an earlier version is doubtful too"
    if not changed:
        assert row(text) == before


@pytest.mark.parametrize("act", [steering.send_again, steering.mark_as_sent])
def test_what_a_person_held_before_any_attempt_is_not_in_doubt(
    text: EventMessage, now: datetime, act: Callable[..., bool]
) -> None:
    put(text, MessageStatus.HELD)
    assert act(text.id, now=now) is False
    assert fresh(text).status == "held"


def test_a_released_text_whose_time_is_past_leaves_now(text: EventMessage, now: datetime) -> None:
    put(text, MessageStatus.HELD, next_attempt_at=now + SOON)
    later = now + timedelta(hours=1)
    assert steering.release_texts(Scope(message_id=text.id), now=later) == 1
    after = fresh(text)
    assert (after.scheduled_time, after.next_attempt_at) == (later, None)


def test_what_expired_while_it_was_held_stays_held(text: EventMessage, now: datetime) -> None:
    much_later = now + timedelta(days=1)
    put(text, MessageStatus.HELD)
    assert steering.release_texts(Scope(message_id=text.id), now=much_later) == 0
    put(text, MessageStatus.HELD, held_because="unknown", is_doubtful=True)
    assert steering.send_again(text.id, now=much_later) is False
    assert fresh(text).is_doubtful


def test_a_text_sent_again_keeps_its_key_and_goes_on_where_it_stopped(
    text: EventMessage, now: datetime
) -> None:
    parts = {"part_texts": ["one", "two", "three"], "parts_sent": 1}
    put(text, MessageStatus.HELD, held_because="unknown", is_doubtful=True, **parts)
    later = now + timedelta(minutes=30)
    assert steering.send_again(text.id, now=later)
    after = fresh(text)
    assert (after.status, after.due, after.is_doubtful) == ("scheduled", later, False)
    assert (after.send_key, after.parts_sent) == (text.send_key, 1)
    assert steering.send_again(text.id, now=later) is False


def test_a_text_marked_as_sent_counts_as_introduced(text: EventMessage, now: datetime) -> None:
    parts = {"part_texts": ["one", "two"], "parts_sent": 1, "message_content": "one two"}
    put(text, MessageStatus.HELD, held_because="unknown", is_doubtful=True, **parts)
    assert steering.mark_as_sent(text.id, now=now)
    after = fresh(text)
    assert (after.status, after.actual_send_time, after.parts_sent) == ("sent", now, 2)
    assert (after.is_doubtful, after.held_because, after.error_message) == (False, None, None)
    assert after.match.introduction_sent_time == now
    assert after.match.introduction_message == "one two"
    assert steering.mark_as_sent(text.id, now=now) is False


def test_cancelling_a_match_cancels_both_of_its_texts_and_no_other(
    match: EventPeerMatch, text: EventMessage, now: datetime
) -> None:
    other_side = text_of(match, now, contractor=match.contractor2_id)
    put(other_side, MessageStatus.HELD)
    other = make_match(match.event, match.contractor1, make_contractor())
    theirs = text_of(other, now)
    assert steering.cancel_match(match.id, reason=WHY, now=now) == 2
    assert EventPeerMatch.get_by_id(match.id).cancelled_at == now
    assert steering.cancel_match(match.id, reason=WHY, now=now + SOON) == 0
    assert EventPeerMatch.get_by_id(match.id).cancelled_at == now
    assert fresh(theirs).status == "scheduled"
    assert EventPeerMatch.get_by_id(other.id).cancelled_at is None


def test_a_scope_reaches_what_it_names_and_no_answer_to_a_stop(
    match: EventPeerMatch, text: EventMessage, now: datetime
) -> None:
    person, event = match.contractor1_id, match.event_id
    elsewhere = make_message(now, event=make_event(now), contractor=person)
    of_other = text_of(match, now, contractor=match.contractor2_id)
    unsorted = make_message(
        now, event=event, contractor=person, message_type="custom", message_category=None
    )
    answer = make_message(
        now,
        event=event,
        contractor=person,
        message_type=MessageType.HELP_REPLY,
        message_category=MessageCategory.COMPLIANCE,
    )

    def hold(**scope: int) -> set[int]:
        steering.hold_texts(Scope(**scope), reason=WHY, now=now)
        held = {row.id for row in EventMessage.select().where(EventMessage.status == "held")}
        steering.release_texts(Scope(**scope), now=now)
        assert not EventMessage.select().where(EventMessage.status == "held").exists()
        return held

    assert hold(message_id=answer.id) == {answer.id}
    assert hold(match_id=match.id) == {text.id, of_other.id}
    assert hold(contractor_id=person) == {text.id, elsewhere.id, unsorted.id}
    assert hold(contractor_id=person, event_id=event) == {text.id, unsorted.id}
    assert hold(event_id=event) == {text.id, of_other.id, unsorted.id}


@pytest.mark.parametrize(
    "given",
    [{}, {"message_id": 1, "match_id": 1}, {"match_id": 1, "event_id": 1},
     {"message_id": 1, "contractor_id": 1}],
)  # fmt: skip
def test_a_scope_that_means_nothing_or_two_things_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a scope is"):
        Scope(**given)


def test_received_texts_are_nobodys_to_cancel(now: datetime) -> None:
    person = make_contractor()
    said = make_message(now, contractor=person, direction="inbound", status="received")
    assert steering.cancel_texts(Scope(contractor_id=person.id), reason=WHY, now=now) == 0
    assert fresh(said).status == "received"


def test_a_failed_text_is_planned_anew_once_under_a_new_key(
    text: EventMessage, now: datetime
) -> None:
    put(text, MessageStatus.FAILED, message_content="worded then", reply_number=2, attempts=3)
    planned = EventMessage.get_by_id(steering.retry(text.id, now=now))
    assert (planned.retry_of_id, planned.status, planned.due) == (text.id, "scheduled", now)
    assert planned.send_key != text.send_key
    assert (planned.match_id, planned.contractor_id) == (text.match_id, text.contractor_id)
    assert (planned.reply_number, planned.attempts, planned.message_content) == (2, 0, None)
    assert planned.expires_at == text.event.last_moment
    assert steering.retry(text.id, now=now) is None
    assert EventMessage.select().count() == 2


@pytest.mark.parametrize("status", [s for s in STATUSES if s is not MessageStatus.FAILED])
def test_what_did_not_fail_is_not_planned_anew(
    text: EventMessage, now: datetime, status: MessageStatus
) -> None:
    put(text, status)
    assert steering.retry(text.id, now=now) is None
    assert EventMessage.select().count() == 1


def test_what_may_be_on_the_phone_is_not_planned_anew(text: EventMessage, now: datetime) -> None:
    put(text, MessageStatus.FAILED, is_doubtful=True)
    assert steering.retry(text.id, now=now) is None


def test_an_introduction_whose_day_is_over_is_not_planned_anew(
    text: EventMessage, now: datetime
) -> None:
    put(text, MessageStatus.FAILED)
    assert steering.retry(text.id, now=text.event.last_moment) is None


def test_an_introduction_that_was_planned_otherwise_is_not_planned_again(
    match: EventPeerMatch, text: EventMessage, now: datetime
) -> None:
    put(text, MessageStatus.FAILED)
    text_of(match, now)
    assert steering.retry(text.id, now=now) is None


def test_of_a_chain_of_failures_only_the_last_is_planned_anew(now: datetime) -> None:
    first = make_message(now, phone="+15125550100", message_type="note", message_content="Hi.")
    put(first, MessageStatus.FAILED)
    second = steering.retry(first.id, now=now)
    assert second is not None
    assert EventMessage.get_by_id(second).message_content == "Hi."
    put(EventMessage.get_by_id(second), MessageStatus.FAILED)
    assert steering.retry(first.id, now=now) is None
    third = steering.retry(second, now=now)
    assert third is not None
    put(EventMessage.get_by_id(third), MessageStatus.CANCELLED)
    assert steering.retry(second, now=now) is not None


def test_a_text_that_broke_off_is_planned_anew_from_there(
    text: EventMessage, now: datetime
) -> None:
    parts = {"part_texts": ["one", "two"], "message_content": "one two"}
    put(text, MessageStatus.FAILED, parts_sent=1, **parts)
    planned = EventMessage.get_by_id(steering.retry(text.id, now=now))
    assert (planned.part_texts, planned.parts_sent) == (["one", "two"], 1)
    assert planned.message_content == "one two"


def test_a_held_introduction_follows_a_moved_lunch(now: datetime) -> None:
    event = make_event_with_lunch(now + timedelta(hours=2))
    make_agenda_item(event, now)
    schedule.sync(event.id, now=now)
    event = Event.get_by_id(event.id)
    person = make_attendee(event).contractor
    held = make_message(now, event=event, contractor=person, scheduled_time=event.introductions_at)
    put(held, MessageStatus.HELD)
    Event.update(introduction_delay_minutes=25).where(Event.id == event.id).execute()
    moved = schedule.sync(event.id, now=now).introductions_at
    assert moved > event.introductions_at
    assert (fresh(held).status, fresh(held).scheduled_time) == ("held", moved)
