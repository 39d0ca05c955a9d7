"""A long text goes out in parts, each once, and goes on where it broke off."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.control import steering
from actors.conversation import delivery_reports
from actors.conversation.delivery_reports import DeliveryReport
from actors.n8n.outcomes import Outcome, Verdict
from actors.planning.rescue import rescue
from actors.sending.delivery import deliver
from actors.sending.lateness import expire
from models.message import EventMessage
from models.message_status import MessageStatus
from models.opt_out import opt_out
from tests.conftest import settings
from tests.factories import make_attendee, make_event, make_message
from tests.fakes import FakeGateway, SetClock

SENTENCES = [f"This is sentence {word} of a note that is too long." for word in "abcdefgh"]
LONG = " ".join(SENTENCES)
PARTS = [" ".join(SENTENCES[:3]), " ".join(SENTENCES[3:6]), " ".join(SENTENCES[6:])]
UNKNOWN = Outcome(Verdict.UNKNOWN, "n8n did not answer in time")
REJECTED = Outcome(Verdict.REJECTED, "n8n answered 400")
REFUSED = Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")


def note(now: datetime, **columns: Any) -> EventMessage:
    event = make_event(now)
    person = make_attendee(event).contractor
    columns = {"message_content": LONG, "message_type": "note", **columns}
    return make_message(now, event=event, contractor=person, **columns)


def send(
    message: EventMessage, clock: SetClock, gateway: FakeGateway, times: int, **changes: str
) -> None:
    changes = {"TEXT_LIMIT_CHARACTERS": "160", **changes}
    for _ in range(times):
        deliver(message.id, now=clock, gateway=gateway, config=settings(**changes))


def reread(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)


def keys(message: EventMessage, *parts: int) -> list[str]:
    return [f"msg_{message.send_key.hex}_{part}" for part in parts]


def test_each_part_is_posted_once_with_a_key_of_its_own(clock: SetClock) -> None:
    message = note(clock())
    gateway = FakeGateway()
    send(message, clock, gateway, times=5)
    assert gateway.texts == PARTS
    assert gateway.keys == keys(message, 1, 2, 3)
    assert [(part["part"], part["parts"]) for _, part in gateway.posts] == [(1, 3), (2, 3), (3, 3)]
    row = reread(message)
    assert (row.status, row.parts_sent, row.attempts) == ("sent", 3, 3)
    assert (row.message_content, row.ghl_message_id) == (LONG, "ghl-1")


def test_between_two_parts_the_text_is_due_at_once(clock: SetClock) -> None:
    message = note(clock())
    send(message, clock, FakeGateway(), times=1)
    row = reread(message)
    assert (row.status, row.parts_sent, row.due) == ("scheduled", 1, clock())
    assert (row.claim_token, row.lease_until, row.actual_send_time) == (None, None, None)


def test_a_text_within_the_limit_is_one_part_and_stays_so(clock: SetClock) -> None:
    message = note(clock())
    gateway = FakeGateway([REFUSED])
    send(message, clock, gateway, times=1, TEXT_LIMIT_CHARACTERS="1600")
    clock.advance(seconds=30)
    send(message, clock, gateway, times=3)
    assert gateway.texts == [LONG, LONG]
    assert set(gateway.keys) == set(keys(message, 1))
    assert reread(message).part_texts is None


def test_another_limit_does_not_cut_a_half_sent_text_elsewhere(clock: SetClock) -> None:
    message = note(clock())
    gateway = FakeGateway()
    send(message, clock, gateway, times=1)
    send(message, clock, gateway, times=3, TEXT_LIMIT_CHARACTERS="200")
    assert gateway.texts == PARTS


@pytest.mark.parametrize("drops", ["0", "1"])
def test_a_sender_that_died_after_the_first_part_does_not_send_it_again(
    clock: SetClock, drops: str
) -> None:
    message = note(clock())
    gateway = FakeGateway()
    send(message, clock, gateway, times=1)
    EventMessage.update(
        status=MessageStatus.SENDING, lease_until=clock(), attempts=2, claim_token=message.send_key
    ).where(EventMessage.id == message.id).execute()
    config = settings(N8N_DROPS_REPEATS=drops)
    rescue(now=clock.advance(seconds=1), config=config)
    if drops == "0":
        assert reread(message).status == "held"
        assert steering.send_again(message.id, now=clock())
    clock.advance(seconds=60)
    send(message, clock, gateway, times=3, N8N_DROPS_REPEATS=drops)
    assert gateway.keys == keys(message, 1, 2, 3)
    assert reread(message).status == "sent"


def test_an_unknown_end_of_the_second_part_is_held_and_sent_again_from_there(
    clock: SetClock,
) -> None:
    message = note(clock())
    accepted = Outcome(Verdict.ACCEPTED, ghl_message_id="g-1")
    gateway = FakeGateway([accepted, UNKNOWN])
    send(message, clock, gateway, times=4)
    row = reread(message)
    assert (row.status, row.parts_sent, row.is_doubtful) == ("held", 1, True)
    assert row.error_message.startswith("part 2 of 3: ")
    steering.send_again(message.id, now=clock())
    send(message, clock, gateway, times=4)
    assert gateway.keys == keys(message, 1, 2, 2, 3)


def test_a_rejected_second_part_needs_a_person_since_the_first_is_out(clock: SetClock) -> None:
    message = note(clock())
    accepted = Outcome(Verdict.ACCEPTED, ghl_message_id="g-1")
    send(message, clock, FakeGateway([accepted, REJECTED]), times=4)
    row = reread(message)
    assert (row.status, row.parts_sent, row.is_doubtful) == ("held", 1, False)
    assert row.error_message == "part 2 of 3: n8n answered 400"
    assert steering.retry(message.id, now=clock()) is None


def test_a_stop_between_two_parts_counts(clock: SetClock) -> None:
    message = note(clock())
    gateway = FakeGateway()
    send(message, clock, gateway, times=1)
    opt_out(message.contractor.phone, now=clock(), source="STOP")
    send(message, clock, gateway, times=2)
    assert gateway.keys == keys(message, 1)
    assert reread(message).status == "cancelled"


def test_the_rest_of_a_text_that_comes_too_late_is_left_to_a_person(clock: SetClock) -> None:
    message = note(clock())
    send(message, clock, FakeGateway(), times=1)
    expire(now=clock.advance(hours=5), config=settings())
    row = reread(message)
    assert (row.status, row.is_doubtful) == ("held", False)
    assert "part of it has been sent" in row.error_message


def report(message: EventMessage, part: int, status: str, clock: SetClock) -> None:
    told = DeliveryReport(status, message_id=message.id, part=part, ghl_message_id=f"g-{part}")
    delivery_reports.record(told, now=clock())


def test_it_is_delivered_when_every_part_has_been(clock: SetClock) -> None:
    message = note(clock())
    send(message, clock, FakeGateway(), times=3)
    for part in (1, 3):
        report(message, part, "delivered", clock)
        assert reread(message).status == "sent"
    report(message, 2, "delivered", clock)
    assert reread(message).status == "delivered"


def test_it_has_failed_when_any_part_has_and_a_retry_begins_there(clock: SetClock) -> None:
    message = note(clock())
    send(message, clock, FakeGateway(), times=3)
    report(message, 1, "delivered", clock)
    report(message, 2, "undelivered", clock)
    row = reread(message)
    assert row.status == "failed"
    assert row.error_message == "the provider could not deliver part 2 of 3: undelivered"
    retried = steering.retry(message.id, now=clock())
    assert retried is not None
    again = FakeGateway()
    send(EventMessage.get_by_id(retried), clock, again, times=3)
    assert again.texts == PARTS[1:]


def test_reports_that_came_between_the_parts_are_applied_at_the_end(clock: SetClock) -> None:
    message = note(clock())
    gateway = FakeGateway()
    for part in (1, 2):
        send(message, clock, gateway, times=1)
        report(message, part, "delivered", clock)
    assert reread(message).status == "scheduled"
    send(message, clock, gateway, times=1)
    assert reread(message).status == "sent"
    report(message, 3, "delivered", clock)
    assert reread(message).status == "delivered"


def test_a_report_settles_a_held_text_only_up_to_its_part(clock: SetClock) -> None:
    message = note(clock())
    accepted = Outcome(Verdict.ACCEPTED, ghl_message_id="g-1")
    gateway = FakeGateway([accepted, UNKNOWN])
    send(message, clock, gateway, times=2)
    report(message, 1, "delivered", clock)
    assert reread(message).status == "held", "the doubt is about the second part"
    report(message, 2, "sent", clock)
    row = reread(message)
    assert (row.status, row.parts_sent, row.is_doubtful) == ("scheduled", 2, False)
    send(message, clock, gateway, times=2)
    assert gateway.keys == keys(message, 1, 2, 3)
    assert reread(message).status == "sent"


def test_what_a_person_holds_stays_held_when_a_report_settles_a_part(clock: SetClock) -> None:
    message = note(clock())
    accepted = Outcome(Verdict.ACCEPTED, ghl_message_id="g-1")
    send(message, clock, FakeGateway([accepted, UNKNOWN]), times=2, N8N_DROPS_REPEATS="1")
    scope = steering.Scope(message_id=message.id)
    steering.hold_texts(scope, reason="wait", now=clock())
    report(message, 2, "delivered", clock)
    row = reread(message)
    assert (row.status, row.held_because, row.parts_sent) == ("held", "person", 2)


def test_a_late_answer_to_a_part_lets_a_held_text_go_on(clock: SetClock) -> None:
    message = note(clock())

    class Slow(FakeGateway):
        def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
            rescue(now=clock.advance(seconds=90), config=settings())
            assert reread(message).status == "held"
            return super().send(payload, webhook_id, now)

    send(message, clock, Slow(), times=1)
    row = reread(message)
    assert (row.status, row.parts_sent, row.held_because) == ("scheduled", 1, None)
    assert row.due == clock()


def test_the_pause_after_a_refusal_does_not_grow_with_the_parts_sent(clock: SetClock) -> None:
    message = note(clock())
    EventMessage.update(attempts=9, parts_sent=9, part_texts=["x"] * 10).where(
        EventMessage.id == message.id
    ).execute()
    send(message, clock, FakeGateway([REFUSED]), times=1)
    assert reread(message).due - clock() < timedelta(seconds=3)
