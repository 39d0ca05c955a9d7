"""An n8n that answers but takes nothing is not well, and the organiser is told what is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from actors.alerts.alerting import Alerting
from actors.n8n.gateway import N8nGateway
from actors.n8n.outcomes import Outcome, Verdict
from actors.planning.checking_n8n import check
from actors.sending import breaker
from actors.sending.probing import probe
from models import alert, n8n_check, service_state
from models.config import Config
from models.event import Event
from models.message import EventMessage
from models.n8n_check import Answer, Finding
from tests.alerted import MINUTE, Silent, departing_event, n8n_is, said
from tests.desk_day import make_day
from tests.fakes import SetClock
from tests.integration.test_health import samples_of
from tests.sink import Answer as SinkAnswer
from tests.sink import Sink, accept

REFUSED = Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")
GHL_REFUSES = {"problem": "ghl_refused"}


class World:
    """A real n8n's place, whose port and answers change, and those who look at it."""

    def __init__(self, config: Config, flow: Sink, chat: Sink, clock: SetClock) -> None:
        self.flow, self.clock = flow, clock
        self.config = replace(config, n8n_webhook_url=flow.url, alert_webhook_url=chat.url)
        self.gateway = N8nGateway(self.config)
        self._alerting = Alerting(self.config, self.gateway, clock)

    def refuses(self, code: int, body: dict[str, str] | None = None) -> None:
        self.flow.knows_the_question = False
        self.flow.decide = lambda _request: SinkAnswer(code, body)

    def takes_texts(self) -> None:
        self.flow.knows_the_question = True
        self.flow.decide = accept

    def goes_down(self) -> None:
        self.flow.close_port()
        for _ in range(5):
            breaker.note(REFUSED, self.clock.advance(seconds=0.1))

    def pass_time(self, seconds: int) -> None:
        for _ in range(0, seconds, 5):
            if breaker.take_probe(self.clock()):
                probe(now=self.clock, gateway=self.gateway, config=self.config)
            self._alerting.look()
            self.clock.advance(seconds=5)


@pytest.fixture
def world(config: Config, chat: Sink, clock: SetClock) -> Iterator[World]:
    breaker.forget()
    with Sink() as flow:
        yield World(config, flow, chat, clock)
    breaker.forget()


def test_n8n_that_refuses_all_after_it_was_down_is_not_back(
    world: World, chat: Sink, client: FlaskClient
) -> None:
    departing_event(world.clock(), minutes=4)
    world.goes_down()
    world.pass_time(30)
    assert len(said(chat)) == 1
    world.flow.open_port()
    world.refuses(403)
    world.pass_time(60)
    assert len(said(chat)) == 1, "that it answers is no all-clear"
    assert samples_of(client)["n8n_up", ()] == 0
    world.takes_texts()
    world.pass_time(90)
    assert ["takes texts again" in text for text in said(chat)] == [False, True]
    assert samples_of(client)["n8n_up", ()] == 1


def test_a_question_that_is_fine_is_no_all_clear_while_the_provider_refuses_each_text(
    world: World, chat: Sink
) -> None:
    departing_event(world.clock(), minutes=-1)
    world.goes_down()
    world.pass_time(30)
    world.flow.open_port()
    world.flow.decide = lambda _request: SinkAnswer(401, GHL_REFUSES)
    world.pass_time(180)
    assert len(said(chat)) == 1
    world.takes_texts()
    world.pass_time(180)
    assert ["takes texts again" in text for text in said(chat)] == [False, True]
    assert "sent" in {row.status for row in EventMessage.select()}


def test_texts_past_their_time_that_may_try_again_have_to_leave_before_all_is_clear(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    departing_event(clock(), minutes=-1)
    n8n_is("down", clock(), since=clock() - MINUTE)
    look(watch, clock, 10)
    n8n_is("trouble", clock(), since=clock())
    look(watch, clock, 60)
    assert len(said(chat)) == 1
    EventMessage.update(status="sent", actual_send_time=clock()).execute()
    look(watch, clock, 5)
    assert ["takes texts again" in text for text in said(chat)] == [False, True]


@pytest.mark.parametrize(
    ("code", "body", "words"),
    [
        (403, None, "N8N_WEBHOOK_TOKEN here and the credential"),
        (401, {"problem": "signature"}, "is WEBHOOK_SECRET the same here and in n8n? Texts wait"),
        (401, {"problem": "clock"}, "clock and ours are more than five minutes apart."),
        (401, None, "n8n refuses us (401). See that N8N_WEBHOOK_TOKEN and WEBHOOK_SECRET"),
        (404, None, "no active workflow at our address (404). Activate"),
    ],
)
def test_what_n8n_refuses_us_for_is_told(
    world: World, chat: Sink, code: int, body: dict[str, str] | None, words: str
) -> None:
    departing_event(world.clock(), minutes=4)
    world.refuses(code, body)
    world.pass_time(60)
    [text] = said(chat)
    assert "n8n has taken none of our texts for less than a minute" in text
    assert words in text
    assert "Start n8n" not in text


def test_errors_of_the_workflow_are_told_as_such(world: World, chat: Sink) -> None:
    departing_event(world.clock(), minutes=4)
    world.refuses(500)
    for _ in range(5):
        failed = Outcome(Verdict.UNKNOWN, "n8n answered 500")
        breaker.note(failed, world.clock.advance(seconds=1))
    world.pass_time(60)
    [text] = said(chat)
    assert "n8n answered 500." in text
    assert "Start n8n" not in text


def test_no_answer_at_all_is_told_with_what_to_start(world: World, chat: Sink) -> None:
    departing_event(world.clock(), minutes=4)
    world.flow.close_port()
    world.pass_time(60)
    [text] = said(chat)
    assert "has not answered" in text
    assert "n8n refused the connection. Start n8n, or its host" in text


def test_a_flow_that_does_not_know_the_question_is_well_again_with_the_first_text(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    departing_event(clock(), minutes=4)
    n8n_check.keep(Answer(Finding.UNKNOWN_FLOW), now=clock())
    n8n.is_there = False
    look(watch, clock, 30)
    n8n.is_there = True
    look(watch, clock, 60)
    assert (len(said(chat)), n8n.questions) == (1, 0)
    EventMessage.update(status="sent", actual_send_time=clock()).execute()
    look(watch, clock, 5)
    assert "takes texts again" in said(chat)[1]


def test_with_nothing_left_to_prove_it_such_an_alert_ends_in_silence(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    departing_event(clock(), minutes=4)
    n8n_check.keep(Answer(Finding.UNKNOWN_FLOW), now=clock())
    n8n.is_there = False
    look(watch, clock, 30)
    n8n.is_there = True
    EventMessage.update(status="cancelled").execute()
    look(watch, clock, 60)
    assert len(said(chat)) == 1
    assert alert.open_alerts() == []


def look(watch: Alerting, clock: SetClock, seconds: int) -> None:
    for _ in range(0, seconds, 5):
        watch.look()
        clock.advance(seconds=5)


def each_minute(
    watch: Alerting, clock: SetClock, n8n: Silent, minutes: int, then: Callable[[], object]
) -> None:
    for _ in range(minutes):
        check(now=clock, gateway=n8n)
        watch.look()
        clock.advance(seconds=60)
        then()


def hours_before(clock: SetClock, hours: float) -> Event:
    event = make_day(clock())
    Event.update(introductions_at=clock() + timedelta(hours=hours), matching_at=None).execute()
    return event


def test_questions_that_fail_for_minutes_within_two_hours_are_told_once_and_so_is_their_end(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    hours_before(clock, 1.5)
    n8n.finding = Finding.TOKEN
    counts: list[int] = []
    each_minute(watch, clock, n8n, 9, lambda: counts.append(len(said(chat))))
    assert counts == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert "n8n refuses our token (403)" in said(chat)[0]
    assert "for 5 min" in said(chat)[0]
    n8n.finding = Finding.FINE
    look(watch, clock, 40)
    assert ["takes texts again" in text for text in said(chat)] == [False, True]
    each_minute(watch, clock, n8n, 3, lambda: None)
    assert len(said(chat)) == 2


@pytest.mark.parametrize(
    ("hours", "finding"),
    [(3, Finding.TOKEN), (1, Finding.UNKNOWN_FLOW), (1, Finding.FINE)],
    ids=["not near", "another flow", "fine"],
)
def test_questions_that_alert_nobody(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock, hours: float, finding: Finding
) -> None:
    hours_before(clock, hours)
    n8n.finding = finding
    each_minute(watch, clock, n8n, 9, lambda: None)
    assert said(chat) == []


def test_one_good_answer_between_begins_the_count_anew(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    hours_before(clock, 1)
    turns = iter([Finding.TOKEN, Finding.TOKEN, Finding.TOKEN, Finding.FINE] * 4)

    def turn() -> None:
        n8n.finding = next(turns)

    each_minute(watch, clock, n8n, 15, turn)
    assert said(chat) == []


def test_what_is_told_hours_before_is_not_told_again_minutes_before(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    hours_before(clock, 0.25)
    n8n.finding = Finding.NOT_REGISTERED
    each_minute(watch, clock, n8n, 8, lambda: None)
    departing_event(clock(), minutes=3)
    service_state.report(service_state.N8N, "down", now=clock() - MINUTE, message="n8n 404")
    each_minute(watch, clock, n8n, 3, lambda: None)
    assert len(said(chat)) == 1
