"""While n8n is down it is asked, then tried with one text; the rest wait until that is taken."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from actors import breaker
from actors.outcomes import Outcome, Verdict
from actors.probing import probe
from models.message import EventMessage
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
