"""One text's way out: who may send it, what n8n's answers lead to, and never twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.n8n.outcomes import Outcome, Verdict
from actors.planning.rescue import rescue
from actors.sending import breaker
from actors.sending.delivery import deliver
from models import claiming, service_state
from models.event_text import EventText
from models.message_status import MessageCategory, MessageStatus, MessageType
from models.opt_out import opt_out
from models.peer_match import EventPeerMatch
from tests.conftest import settings
from tests.factories import make_attendee, make_event, make_message
from tests.fakes import FakeGateway, SetClock
from tests.sending import introduction, reread, send

UNKNOWN = Outcome(Verdict.UNKNOWN, "n8n did not answer in time")
REFUSED = Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")


def test_a_due_introduction_is_posted_once_and_recorded(clock: SetClock) -> None:
    message = introduction(clock())
    gateway = FakeGateway()
    send(message, clock, gateway)
    send(message, clock, gateway)

    assert len(gateway.posts) == 1
    sent = reread(message)
    assert (sent.status, sent.attempts, sent.error_message) == ("sent", 1, None)
    assert sent.actual_send_time == clock()
    assert sent.message_content == gateway.texts[0]
    assert sent.ghl_message_id == "ghl-1"
    match = EventPeerMatch.get_by_id(message.match_id)
    assert match.introduction_sent_time == clock()
    assert match.introduction_message == sent.message_content


def test_the_post_follows_the_contract(clock: SetClock) -> None:
    message = introduction(clock())
    gateway = FakeGateway()
    send(message, clock, gateway)
    key, part = gateway.posts[0]
    assert key == f"msg_{message.send_key.hex}_1"
    assert set(part) == {
        "phone", "message", "from_name", "timestamp", "tags", "message_id", "part", "parts",
        "ghl_contact_id", "ghl_location_id",
    }  # fmt: skip
    assert part["phone"] == message.contractor.phone
    assert part["from_name"] == "Contractor Summit"
    assert part["timestamp"] == clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert part["tags"] == [
        "event:peer-introduction", "recipient:contractor", "sms", f"event:{message.event_id}",
    ]  # fmt: skip
    assert (part["message_id"], part["part"], part["parts"]) == (message.id, 1, 1)


def test_only_the_first_text_at_an_event_carries_the_way_out(clock: SetClock) -> None:
    first = introduction(clock(), reply_number=1)
    second = introduction(clock(), event=first.event, contractor=first.contractor, reply_number=2)
    gateway = FakeGateway()
    send(first, clock, gateway)
    send(second, clock, gateway)
    assert gateway.texts[0].endswith(
        "Contractor Summit. Reply STOP to opt out. "
        "If you both say YES we share name, phone and email."
    )
    assert "STOP" not in gateway.texts[1]
    assert "Reply YES 1 to get" in gateway.texts[0]
    assert "Reply YES 2 to get" in gateway.texts[1]


def test_an_introduction_says_what_its_event_has_in_words_of_its_own(clock: SetClock) -> None:
    own, broken = introduction(clock()), introduction(clock())
    template = "Meet {peer} at {event}. Reply YES{number}.\n{first_text}"
    EventText.create(event=own.event, message_type=MessageType.INTRODUCTION, template=template)
    EventText.create(event=broken.event, message_type=MessageType.INTRODUCTION, template="{oops")
    gateway = FakeGateway()
    send(own, clock, gateway)
    send(broken, clock, gateway)
    assert gateway.texts[0].startswith(
        "Meet Zeek Test from Zeek Co (Houston, TX) at Contractor Summit. Reply YES.\n"
        "Contractor Summit. Reply STOP to opt out."
    )
    assert gateway.texts[1].startswith("Hey Ana! 👋")


def test_a_kind_that_the_event_does_not_send_stays(clock: SetClock) -> None:
    asked = introduction(clock(), message_type=MessageType.RATING_REQUEST, message_content="So?")
    other = introduction(
        clock(),
        event=asked.event,
        message_type=MessageType.BREAK_PROMPT,
        message_content="Meet?",
    )
    EventText.create(event=asked.event, message_type=MessageType.RATING_REQUEST, is_on=False)
    gateway = FakeGateway()
    send(asked, clock, gateway)
    send(other, clock, gateway)
    assert gateway.texts == ["Meet?"]
    assert reread(asked).error_message == "the event does not send this kind of text"


def test_an_introduction_after_an_answer_to_start_still_says_what_is_shared(
    clock: SetClock,
) -> None:
    message = introduction(clock())
    make_message(
        clock(),
        event=message.event,
        contractor=message.contractor,
        message_type=MessageType.START_REPLY,
        message_category=MessageCategory.COMPLIANCE,
        status=MessageStatus.SENT,
    )
    gateway = FakeGateway()
    send(message, clock, gateway)
    assert gateway.texts[0].endswith("If you both say YES we share name, phone and email.")


def test_a_single_introduction_has_no_number(clock: SetClock) -> None:
    message = introduction(clock(), reply_number=1)
    gateway = FakeGateway()
    send(message, clock, gateway)
    assert "Reply YES to get an intro, or LATER if" in gateway.texts[0]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda m: opt_out(m.contractor.phone, now=m.created_at, source="STOP"), "opted out"),
        (lambda m: _set(m.contractor, phone=None), "no phone"),
        (lambda m: _set(m.match, cancelled_at=m.created_at), "match was cancelled"),
        (lambda m: _set(m.event, cancelled_at=m.created_at), "event was cancelled"),
        (lambda m: _set(m.event.attendees.get(), sms_opt_in=False), "not agreed"),
    ],
)
def test_what_is_not_wanted_or_allowed_is_cancelled_with_the_reason(
    clock: SetClock, spoil: Any, reason: str
) -> None:
    message = introduction(clock())
    spoil(message)
    gateway = FakeGateway()
    send(message, clock, gateway)
    assert gateway.posts == []
    assert reread(message).status == "cancelled"
    assert reason in reread(message).error_message


def _set(row: Any, **columns: Any) -> None:
    type(row).update(**columns).where(type(row).id == row.id).execute()


@pytest.mark.parametrize(
    ("kind", "category", "leaves"),
    [
        (MessageType.EVENT_CANCELLED, MessageCategory.NOTICE, True),
        (MessageType.HELP_REPLY, MessageCategory.COMPLIANCE, True),
        ("follow_up", "follow_up", False),
        (MessageType.REPLY, MessageCategory.REPLY, False),
    ],
)
def test_only_the_news_and_answers_to_stop_leave_for_a_cancelled_event(
    clock: SetClock, kind: str, category: str, leaves: bool
) -> None:
    event = make_event(clock(), cancelled_at=clock())
    message = make_message(
        clock(),
        event=event,
        contractor=make_attendee(event).contractor,
        message_type=kind,
        message_category=category,
        message_content="Hi",
    )
    gateway = FakeGateway()
    send(message, clock, gateway)
    assert bool(gateway.posts) == leaves


def test_a_text_is_put_back_while_n8n_is_down_unless_it_is_the_probe(clock: SetClock) -> None:
    message = introduction(clock(), status=MessageStatus.QUEUED)
    gateway = FakeGateway()
    for _ in range(breaker.STREAK_THAT_OPENS):
        clock.advance(seconds=1)
        breaker.note(REFUSED, clock())
    send(message, clock, gateway)
    assert (gateway.posts, reread(message).status) == ([], "scheduled")
    deliver(message.id, now=clock, gateway=gateway, config=settings(), may_post=breaker.risk)
    assert reread(message).status == "sent"
    assert breaker.state().state == service_state.UP


def test_a_compliance_answer_needs_no_opt_in(clock: SetClock) -> None:
    event = make_event(clock())
    person = make_attendee(event, sms_opt_in=False).contractor
    opt_out(person.phone, now=clock(), source="STOP")
    message = make_message(
        clock(),
        event=event,
        contractor=person,
        message_type=MessageType.HELP_REPLY,
        message_category=MessageCategory.COMPLIANCE,
        message_content="Help is here.",
    )
    gateway = FakeGateway()
    send(message, clock, gateway)
    assert gateway.texts == ["Help is here."]


def test_a_text_that_is_too_late_fails_and_says_so(clock: SetClock) -> None:
    message = introduction(clock(), expires_at=clock())
    gateway = FakeGateway()
    send(message, clock, gateway)
    assert gateway.posts == []
    assert reread(message).status == "failed"
    assert "too late" in reread(message).error_message


def test_what_was_surely_not_accepted_is_tried_again_with_the_same_key(clock: SetClock) -> None:
    message = introduction(clock())
    gateway = FakeGateway([REFUSED])
    send(message, clock, gateway)
    waiting = reread(message)
    assert (waiting.status, waiting.error_message) == ("scheduled", REFUSED.reason)
    assert timedelta(seconds=1) < waiting.due - clock() < timedelta(seconds=3)
    clock.advance(seconds=5)
    send(message, clock, gateway)
    assert reread(message).status == "sent"
    assert len(set(gateway.keys)) == 1
    assert gateway.texts[0] == gateway.texts[1]


def test_retry_after_is_honoured(clock: SetClock) -> None:
    slow = Outcome(Verdict.NOT_ACCEPTED, "n8n answered 429", retry_after_seconds=90)
    message = introduction(clock())
    send(message, clock, FakeGateway([slow]))
    assert reread(message).due == clock() + timedelta(seconds=90)


def test_no_attempt_is_planned_past_the_event(clock: SetClock) -> None:
    message = introduction(clock(), expires_at=clock() + timedelta(seconds=1))
    send(message, clock, FakeGateway([REFUSED]))
    assert reread(message).status == "failed"
    assert "no time was left" in reread(message).error_message


def test_an_unknown_outcome_is_held_where_the_flow_does_not_drop_repeats(clock: SetClock) -> None:
    message = introduction(clock())
    gateway = FakeGateway([UNKNOWN])
    send(message, clock, gateway)
    clock.advance(hours=1)
    send(message, clock, gateway)
    assert len(gateway.posts) == 1
    assert reread(message).status == "held"
    assert "may have been sent" in reread(message).error_message


def test_an_unknown_outcome_is_repeated_where_the_flow_drops_repeats(clock: SetClock) -> None:
    message = introduction(clock())
    gateway = FakeGateway([UNKNOWN])
    send(message, clock, gateway, N8N_DROPS_REPEATS="1")
    clock.advance(seconds=10)
    send(message, clock, gateway, N8N_DROPS_REPEATS="1")
    assert reread(message).status == "sent"
    assert len(set(gateway.keys)) == 1


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.REJECTED, "failed"), (Verdict.UNDECIDABLE, "held")]
)
def test_a_final_no_is_not_repeated(clock: SetClock, verdict: Verdict, status: str) -> None:
    message = introduction(clock())
    gateway = FakeGateway([Outcome(verdict, "no")])
    send(message, clock, gateway)
    clock.advance(hours=1)
    send(message, clock, gateway)
    assert (len(gateway.posts), reread(message).status) == (1, status)


@pytest.mark.parametrize(("drops", "status"), [("0", "held"), ("1", "scheduled")])
def test_a_sender_that_died_leaves_a_text_held_or_repeated(
    clock: SetClock, drops: str, status: str
) -> None:
    message = introduction(clock())
    text = claiming.read(message.id, now=clock(), per_hour=4)
    lease = timedelta(seconds=60)
    claiming.take(text, content="hello", part_texts=["hello"], lease=lease)
    config = settings(N8N_DROPS_REPEATS=drops)
    rescue(now=clock.advance(seconds=59), config=config)
    assert reread(message).status == "sending"
    rescue(now=clock.advance(seconds=2), config=config)
    assert reread(message).status == status


def test_a_result_that_comes_after_the_lease_turns_a_held_text_into_sent(clock: SetClock) -> None:
    message = introduction(clock())

    class SlowGateway(FakeGateway):
        def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
            rescue(now=clock.advance(seconds=90), config=settings())
            assert reread(message).status == "held"
            return super().send(payload, webhook_id, now)

    send(message, clock, SlowGateway())
    assert reread(message).status == "sent"


def test_trouble_with_n8n_is_reported_until_it_works_again(clock: SetClock) -> None:
    message = introduction(clock())
    gateway = FakeGateway([Outcome(Verdict.NOT_ACCEPTED, "n8n answered 404", alarm=True)])
    send(message, clock, gateway)
    state = service_state.read(service_state.N8N)
    assert state is not None
    assert (state.state, state.message) == ("trouble", "n8n answered 404")
    clock.advance(seconds=10)
    send(message, clock, gateway)
    recovered = service_state.read(service_state.N8N)
    assert recovered is not None
    assert recovered.state == "up"


@pytest.mark.parametrize(
    ("reported", "status"),
    [("delivered", "delivered"), ("undelivered", "failed"), ("sent", "sent")],
)
def test_a_delivery_report_that_overtook_the_answer_is_applied(
    clock: SetClock, reported: str, status: str
) -> None:
    message = introduction(clock(), delivery_report={"status": reported})
    send(message, clock, FakeGateway())
    assert reread(message).status == status
