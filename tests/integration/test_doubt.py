"""Each way in which forgetting a doubt would text somebody twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.control import steering
from actors.conversation import delivery_reports
from actors.conversation.delivery_reports import DeliveryReport
from actors.n8n.outcomes import Outcome, Verdict
from actors.pairing.introductions import schedule_introductions
from actors.planning.rescue import rescue
from actors.sending.delivery import deliver
from actors.sending.lateness import expire
from models import trouble
from models.agenda_item import ItemType
from models.base import db
from models.message import EventMessage
from models.message_status import HeldBecause, MessageStatus
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

UNKNOWN = Outcome(Verdict.UNKNOWN, "n8n did not answer in time")
REFUSED = Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")
REJECTED = Outcome(Verdict.REJECTED, "n8n answered 400")
DROPS = settings(N8N_DROPS_REPEATS="1")
TEXTS_AGAIN = settings()


def introduction(now: datetime, **columns: Any) -> EventMessage:
    event = make_event(now, ends_at=now + timedelta(hours=4))
    make_agenda_item(event, now + timedelta(hours=2), ItemType.BREAK)
    person = make_attendee(event).contractor
    match = make_match(event, person, make_contractor())
    return make_message(now, event=event, contractor=person, match=match, **columns)


def reread(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)


def posts(message: EventMessage, clock: SetClock, config: Any, *outcomes: Outcome) -> list[str]:
    """Let the text be tried until it rests; return the keys that were posted."""
    gateway = FakeGateway(outcomes)
    for _ in range(len(outcomes) + 2):
        deliver(message.id, now=clock, gateway=gateway, config=config)
        clock.advance(seconds=90)
    return gateway.keys


def assert_left_to_a_person(message: EventMessage, clock: SetClock) -> None:
    row = reread(message)
    assert (row.status, row.held_because, row.is_doubtful) == ("held", HeldBecause.UNKNOWN, True)
    assert "may have been sent" in row.error_message
    assert EventMessage.select().where(EventMessage.match == row.match_id).count() == 1
    assert steering.retry(row.id, now=clock()) is None


def test_an_unknown_outcome_leaves_its_mark_until_the_text_is_accepted(clock: SetClock) -> None:
    message = introduction(clock())
    deliver(message.id, now=clock, gateway=FakeGateway([UNKNOWN]), config=DROPS)
    assert (reread(message).status, reread(message).is_doubtful) == ("scheduled", True)
    clock.advance(seconds=10)
    deliver(message.id, now=clock, gateway=FakeGateway([REFUSED]), config=DROPS)
    assert reread(message).is_doubtful
    clock.advance(seconds=10)
    deliver(message.id, now=clock, gateway=FakeGateway(), config=DROPS)
    assert (reread(message).status, reread(message).is_doubtful) == ("sent", False)


def test_a_repeat_that_is_rejected_does_not_make_the_first_attempt_undone(clock: SetClock) -> None:
    message = introduction(clock())
    assert len(posts(message, clock, DROPS, UNKNOWN, REJECTED)) == 2
    assert_left_to_a_person(message, clock)


def test_a_doubtful_text_that_comes_too_late_is_not_planned_for_the_break(clock: SetClock) -> None:
    message = introduction(clock())
    deliver(message.id, now=clock, gateway=FakeGateway([UNKNOWN]), config=DROPS)
    assert expire(now=clock.advance(minutes=40), config=DROPS) == 1
    assert_left_to_a_person(message, clock)


def test_a_doubtful_text_woken_too_late_is_not_planned_for_the_break(clock: SetClock) -> None:
    message = introduction(clock())
    deliver(message.id, now=clock, gateway=FakeGateway([UNKNOWN]), config=DROPS)
    clock.advance(minutes=40)
    assert posts(message, clock, DROPS) == []
    assert_left_to_a_person(message, clock)


def test_a_doubtful_text_without_time_for_a_repeat_is_left_to_a_person(clock: SetClock) -> None:
    message = introduction(clock(), expires_at=clock() + timedelta(seconds=1))
    assert len(posts(message, clock, DROPS, UNKNOWN)) == 1
    assert_left_to_a_person(message, clock)


def test_a_lost_sender_without_time_for_a_repeat_leaves_it_to_a_person(clock: SetClock) -> None:
    message = introduction(
        clock() - timedelta(minutes=29, seconds=59),
        status=MessageStatus.SENDING,
        lease_until=clock() - timedelta(seconds=1),
        attempts=1,
    )
    rescue(now=clock(), config=DROPS)
    assert_left_to_a_person(message, clock)


def test_a_waiting_repeat_is_not_posted_once_the_flow_texts_again(clock: SetClock) -> None:
    message = introduction(clock())
    deliver(message.id, now=clock, gateway=FakeGateway([UNKNOWN]), config=DROPS)
    clock.advance(seconds=30)
    assert posts(message, clock, TEXTS_AGAIN) == []
    assert_left_to_a_person(message, clock)


def test_a_hold_and_release_by_a_person_do_not_clear_the_doubt(clock: SetClock) -> None:
    message = introduction(clock())
    deliver(message.id, now=clock, gateway=FakeGateway([UNKNOWN]), config=DROPS)
    scope = steering.Scope(message_id=message.id)
    steering.hold_texts(scope, reason="wait", now=clock())
    steering.release_texts(scope, now=clock())
    clock.advance(seconds=30)
    assert posts(message, clock, TEXTS_AGAIN) == []
    assert_left_to_a_person(message, clock)


def test_a_text_cancelled_in_doubt_is_never_planned_again(clock: SetClock) -> None:
    message = introduction(clock())
    deliver(message.id, now=clock, gateway=FakeGateway([UNKNOWN]), config=DROPS)
    scope = steering.Scope(message_id=message.id)
    assert steering.cancel_texts(scope, reason="no", now=clock()) == 1
    with db.atomic():
        planned = schedule_introductions(message.event, [message.match_id], now=clock())
    assert planned == 1, "only the other of the two has none"
    mine = EventMessage.select().where(EventMessage.contractor == message.contractor_id)
    assert [row.status for row in mine] == ["cancelled"]


def test_a_text_cancelled_before_it_was_tried_may_be_planned_again(clock: SetClock) -> None:
    message = introduction(clock())
    steering.cancel_texts(steering.Scope(message_id=message.id), reason="no", now=clock())
    with db.atomic():
        assert schedule_introductions(message.event, [message.match_id], now=clock()) == 2


def test_a_person_may_send_it_again_and_it_keeps_its_key(clock: SetClock) -> None:
    message = introduction(clock())
    keys = posts(message, clock, TEXTS_AGAIN, UNKNOWN)
    assert steering.send_again(message.id, now=clock())
    assert not steering.send_again(message.id, now=clock())
    keys += posts(message, clock, TEXTS_AGAIN)
    assert keys == [f"msg_{message.send_key.hex}_1"] * 2
    assert reread(message).status == "sent"


def test_a_conflict_on_a_text_sent_again_is_in_doubt_and_not_failed(clock: SetClock) -> None:
    message = introduction(clock())
    posts(message, clock, TEXTS_AGAIN, UNKNOWN)
    steering.send_again(message.id, now=clock())
    conflict = Outcome(Verdict.REJECTED, "n8n answered 409", is_conflict=True)
    posts(message, clock, TEXTS_AGAIN, conflict)
    assert_left_to_a_person(message, clock)


@pytest.mark.parametrize("flow", [DROPS, TEXTS_AGAIN])
def test_a_report_that_comes_before_the_repeat_makes_it_needless(
    clock: SetClock, flow: Any
) -> None:
    message = introduction(clock())
    deliver(message.id, now=clock, gateway=FakeGateway([UNKNOWN]), config=DROPS)
    report = DeliveryReport("delivered", message_id=message.id)
    delivery_reports.record(report, now=clock())
    assert reread(message).status == "scheduled"
    clock.advance(seconds=30)
    assert posts(message, clock, flow) == []
    assert (reread(message).status, reread(message).is_doubtful) == ("delivered", False)


def test_a_report_after_a_person_sent_it_again_stops_the_second_text(clock: SetClock) -> None:
    message = introduction(clock())
    posts(message, clock, TEXTS_AGAIN, UNKNOWN)
    steering.send_again(message.id, now=clock())
    delivery_reports.record(DeliveryReport("sent", message_id=message.id), now=clock())
    assert posts(message, clock, TEXTS_AGAIN) == []
    assert reread(message).status == "sent"


def test_a_reported_text_that_comes_too_late_is_sent_and_not_planned_again(
    clock: SetClock,
) -> None:
    message = introduction(clock())
    posts(message, clock, TEXTS_AGAIN, UNKNOWN)
    steering.send_again(message.id, now=clock())
    delivery_reports.record(DeliveryReport("delivered", message_id=message.id), now=clock())
    expire(now=clock.advance(minutes=40), config=TEXTS_AGAIN)
    assert reread(message).status == "delivered"
    assert EventMessage.select().where(EventMessage.match == message.match_id).count() == 1


def test_the_answer_to_an_old_claim_does_not_touch_the_new_one(clock: SetClock) -> None:
    """The first sender is stopped in mid-air; a second one has the text when it comes back."""
    message = introduction(clock())

    class Stopped(FakeGateway):
        def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
            rescue(now=clock.advance(seconds=61), config=DROPS)
            clock.advance(seconds=10)
            other = FakeGateway([UNKNOWN])
            deliver(message.id, now=clock, gateway=other, config=DROPS)
            assert other.keys == [webhook_id]
            return REJECTED

    deliver(message.id, now=clock, gateway=Stopped(), config=DROPS)
    row = reread(message)
    assert (row.status, row.is_doubtful, row.attempts) == ("scheduled", True, 2)


def test_a_sender_that_was_stopped_before_its_post_gives_the_text_back(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = introduction(clock())
    readings = iter([0.0, 50.0])
    monkeypatch.setattr("actors.sending.delivery.time.monotonic", lambda: next(readings, 50.0))
    gateway = FakeGateway()
    deliver(message.id, now=clock, gateway=gateway, config=TEXTS_AGAIN)
    row = reread(message)
    assert gateway.posts == []
    assert (row.status, row.attempts, row.is_doubtful) == ("scheduled", 0, False)


def test_a_gateway_that_breaks_leaves_the_text_in_doubt(clock: SetClock) -> None:
    message = introduction(clock())

    class Broken(FakeGateway):
        def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        deliver(message.id, now=clock, gateway=Broken(), config=TEXTS_AGAIN)
    assert reread(message).status == "sending"
    rescue(now=clock.advance(seconds=61), config=TEXTS_AGAIN)
    assert_left_to_a_person(message, clock)


def test_a_first_attempt_that_is_rejected_fails_and_may_be_retried(clock: SetClock) -> None:
    message = introduction(clock())
    posts(message, clock, TEXTS_AGAIN, REJECTED)
    assert reread(message).status == "failed"
    retried = steering.retry(message.id, now=clock())
    assert retried is not None
    assert EventMessage.get_by_id(retried).send_key != message.send_key


def test_a_retry_that_was_cancelled_in_doubt_bars_another_one(clock: SetClock) -> None:
    message = introduction(clock())
    posts(message, clock, TEXTS_AGAIN, REJECTED)
    retried = steering.retry(message.id, now=clock())
    posts(EventMessage.get_by_id(retried), clock, TEXTS_AGAIN, UNKNOWN)
    steering.cancel_texts(steering.Scope(message_id=retried), reason="enough", now=clock())
    assert reread(EventMessage.get_by_id(retried)).status == "cancelled"
    assert steering.retry(message.id, now=clock()) is None
    assert trouble.counts(clock())[trouble.Kind.TEXT] == 0


def test_a_rejected_text_that_the_provider_reports_meanwhile_is_not_failed(
    clock: SetClock,
) -> None:
    message = introduction(clock())

    class ReportsFirst(FakeGateway):
        def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
            delivery_reports.record(DeliveryReport("delivered", message_id=message.id), now=now)
            return super().send(payload, webhook_id, now)

    deliver(message.id, now=clock, gateway=ReportsFirst([REJECTED]), config=TEXTS_AGAIN)
    assert reread(message).status == "delivered"


def test_a_failed_text_that_is_reported_afterwards_can_not_be_retried(clock: SetClock) -> None:
    message = introduction(clock())
    posts(message, clock, TEXTS_AGAIN, REJECTED)
    assert trouble.counts(clock())[trouble.Kind.TEXT] == 1
    delivery_reports.record(DeliveryReport("delivered", message_id=message.id), now=clock())
    assert reread(message).status == "failed"
    assert steering.retry(message.id, now=clock()) is None
    assert trouble.counts(clock())[trouble.Kind.TEXT] == 0
