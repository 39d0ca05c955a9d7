"""While n8n is down it is asked, then tried with one text; the rest wait until that is taken."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from dramatiq.broker import MessageProxy
from dramatiq.middleware import AgeLimit

from actors.broker import broker
from actors.n8n.outcomes import Outcome, Verdict
from actors.sending import breaker, preparing
from actors.sending.probing import MOST_CANDIDATES, probe, probe_n8n
from models.base import db
from models.message import EventMessage
from models.n8n_check import Answer, Finding
from tests.conftest import settings
from tests.factories import make_attendee, make_event, make_message
from tests.fakes import FakeGateway, SetClock

REFUSED = Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")
SECOND = timedelta(seconds=1)


class Gateway(FakeGateway):
    """Answers questions as told."""

    def __init__(self, *outcomes: Outcome, answers: bool = True) -> None:
        super().__init__(outcomes)
        self.answers = answers

    def probe(self) -> bool:
        return self.answers


@pytest.fixture
def clock(now: datetime) -> Iterator[SetClock]:
    """The clock of a moment at which n8n has just been found to be down."""
    breaker.forget()
    clock = SetClock(now)
    for _ in range(5):
        breaker.note(REFUSED, clock.advance(seconds=0.1))
    assert breaker.state().is_down
    yield clock
    breaker.forget()


def text(now: datetime, **columns: object) -> EventMessage:
    event = make_event(now)
    return make_message(
        now,
        event=event,
        contractor=make_attendee(event).contractor,
        message_content="hello",
        **columns,
    )


def try_it(clock: SetClock, gateway: Gateway) -> None:
    clock.advance(seconds=3)
    assert breaker.take_probe(clock())
    probe(now=clock, gateway=gateway, config=settings())


def statuses() -> list[str]:
    return [row.status for row in EventMessage.select().order_by(EventMessage.id)]


def test_n8n_that_does_not_answer_gets_no_text(clock: SetClock) -> None:
    text(clock())
    gateway = Gateway(answers=False)
    try_it(clock, gateway)
    assert gateway.posts == []
    assert breaker.state().is_down


def test_one_text_tries_it_and_brings_it_up(clock: SetClock) -> None:
    text(clock() - SECOND)
    newest = text(clock())
    gateway = Gateway()
    try_it(clock, gateway)
    assert len(gateway.posts) == 1
    assert EventMessage.get_by_id(newest.id).status == "sent"
    assert breaker.state().state == "up"
    assert statuses() == ["scheduled", "sent"]


def test_a_text_that_fails_leaves_it_down_and_is_not_lost(clock: SetClock) -> None:
    text(clock())
    try_it(clock, Gateway(REFUSED))
    known = breaker.state()
    assert known.is_down
    assert known.pause_seconds == 4
    assert statuses() == ["scheduled"]


def test_with_no_text_to_try_it_the_next_one_may(clock: SetClock) -> None:
    gateway = Gateway()
    try_it(clock, gateway)
    assert gateway.posts == []
    assert breaker.admits(clock())
    breaker.note(REFUSED, clock.advance(seconds=60))
    assert breaker.state().is_down


@pytest.mark.parametrize(
    ("answer", "admits"),
    [
        (Answer(Finding.FINE), True),
        (Answer(Finding.UNKNOWN_FLOW), True),
        (Answer(Finding.UNKNOWN_FLOW, "n8n answered 500"), False),
        (Answer(Finding.TOKEN), False),
        (Answer(Finding.FLOW, "n8n can not use its table"), False),
    ],
)
def test_with_no_text_to_try_it_what_refuses_us_stays_down_and_is_asked_less_often(
    clock: SetClock, answer: Answer, admits: bool
) -> None:
    class Answers(Gateway):
        def ask(self, now: datetime) -> Answer:
            return answer

    try_it(clock, Answers())
    assert breaker.admits(clock()) is admits
    assert breaker.state().pause_seconds == (2 if admits else 4)


def test_an_answer_to_somebody_who_wrote_is_never_risked(clock: SetClock) -> None:
    text(clock(), message_category="compliance")
    gateway = Gateway()
    try_it(clock, gateway)
    assert gateway.posts == []
    assert statuses() == ["scheduled"]


def test_n8n_that_is_up_is_not_probed(now: datetime) -> None:
    breaker.forget()
    text(now)
    gateway = Gateway()
    probe(now=SetClock(now), gateway=gateway, config=settings())
    assert gateway.posts == []


def test_a_late_probe_of_what_is_up_again_sends_nothing(clock: SetClock) -> None:
    text(clock())
    breaker.note(Outcome(Verdict.ACCEPTED), clock())
    gateway = Gateway()
    probe(now=clock, gateway=gateway, config=settings())
    assert gateway.posts == []


def test_what_may_not_leave_costs_no_pause_and_the_next_one_tries_it(clock: SetClock) -> None:
    wanted = text(clock() - SECOND)
    silent = text(clock())
    silent.contractor.phone = ""
    silent.contractor.save()
    gateway = Gateway(REFUSED)
    try_it(clock, gateway)
    assert [each["message_id"] for _, each in gateway.posts] == [wanted.id]
    assert statuses() == ["scheduled", "cancelled"]
    assert breaker.state().pause_seconds == 4, "one text tried it, so it doubled once"


def test_candidates_that_break_leave_the_next_probe_where_it_was(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(preparing, "_is_ended", broken)
    for _ in range(MOST_CANDIDATES + 1):
        text(clock())
    gateway = Gateway()
    try_it(clock, gateway)
    known = breaker.state()
    assert (known.is_down, known.pause_seconds, gateway.posts) == (True, 2, [])
    assert known.next_probe_at == clock() + 2 * SECOND
    tried = EventMessage.select().where(EventMessage.failures > 0).count()
    assert tried == MOST_CANDIDATES


def test_when_the_last_candidate_is_unwanted_the_next_text_may_try_it(clock: SetClock) -> None:
    text(clock(), expires_at=clock())
    gateway = Gateway()
    try_it(clock, gateway)
    assert (gateway.posts, breaker.admits(clock())) == ([], True)


def test_while_one_text_tries_it_nobody_else_does(clock: SetClock) -> None:
    text(clock())
    text(clock())
    gateway = Gateway(REFUSED)
    try_it(clock, gateway)
    probe(now=clock, gateway=gateway, config=settings())
    breaker.half_open(clock())
    assert len(gateway.posts) == 1
    assert breaker.state().is_down


@pytest.mark.commits
def test_two_leaders_risk_one_text_and_lose_none(clock: SetClock) -> None:
    for _ in range(8):
        text(clock())
    clock.advance(seconds=3)
    gateway = Gateway(*[REFUSED] * 8)

    def lead(_number: int) -> None:
        with db.connection_context():
            probe(now=clock, gateway=gateway, config=settings())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lead, range(4)))
    assert len(gateway.posts) == 1
    assert breaker.state().pause_seconds == 4
    rows = list(EventMessage.select())
    assert {row.status for row in rows} == {"scheduled"}
    assert sum(row.attempts for row in rows) == 1, "what was given back was never attempted"


def test_a_wake_up_from_a_host_whose_clock_is_behind_is_heeded() -> None:
    message = probe_n8n.message()
    sent_at = message.message_timestamp - 2 * 60 * 1000
    late = MessageProxy(message.copy(message_timestamp=sent_at))
    AgeLimit().before_process_message(broker, late)
    assert not late.failed
