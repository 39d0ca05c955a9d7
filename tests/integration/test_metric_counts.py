"""What is counted in each process and added up for all: sends, retries, lateness, replies, runs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import OperationalError

from actors.broker import broker
from actors.conversation.replies import handle
from actors.leader import PlannerThread
from actors.middleware import PlannerInEveryWorker
from actors.n8n.outcomes import Outcome, Verdict
from actors.pairing.batch_matching import run_matching
from actors.process import counting
from actors.sending.delivery import deliver
from models import metric_count
from models.base import db
from models.config import Config
from models.counters import LATENESS, REPLIES
from models.event import MatchingStatus
from models.matching_run import RunKind
from models.message import EventMessage
from models.metric_count import Series
from tests.factories import make_attendee, make_event, make_message
from tests.fakes import FakeGateway, SetClock
from tests.integration.test_health import samples_of
from tests.statements import statements
from tests.talk import Day


def counted(client: FlaskClient) -> dict[tuple[str, tuple[str, ...]], float]:
    counting.flush()
    return samples_of(client)


def test_a_text_that_goes_well_at_the_second_try(
    client: FlaskClient, clock: SetClock, config: Config
) -> None:
    person = make_attendee(make_event(clock())).contractor
    message = make_message(clock(), contractor=person, phone=person.phone)
    n8n = FakeGateway([Outcome(Verdict.NOT_ACCEPTED, "n8n answered 404")])
    clock.advance(seconds=4)
    deliver(message.id, now=clock, gateway=n8n, config=config)
    EventMessage.update(next_attempt_at=clock.advance(seconds=30)).execute()
    deliver(message.id, now=clock, gateway=n8n, config=config)
    found = counted(client)
    assert found["sends_total", ("not_accepted",)] == 1
    assert found["sends_total", ("accepted",)] == 1
    assert found["retries_total", ("accepted",)] == 1
    assert ("retries_total", ("not_accepted",)) not in found
    bounds = {
        labels[1]: value for (name, labels), value in found.items()
        if name == "text_lateness_seconds_bucket"
    }  # fmt: skip
    assert (bounds["30.0"], bounds["60.0"], bounds["+Inf"]) == (0, 1, 1)
    assert found["text_lateness_seconds_sum", ("peer_matching",)] == pytest.approx(34)
    assert found["text_lateness_seconds_count", ("peer_matching",)] == 1


def test_replies_count_by_what_they_meant_and_once(client: FlaskClient, config: Config) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    for text in ("YES", "purple monkey"):
        message_id = day.receive(day.people["Ana"].phone, text)
        for _ in range(2):
            handle(message_id, now=day.clock(), config=config)
    found = counted(client)
    assert found["replies_total", ("yes",)] == 1
    assert sum(value for (name, _), value in found.items() if name == "replies_total") == 2


def test_a_reply_that_breaks_us_is_not_counted_as_handled(
    client: FlaskClient, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_args: Any, **_named: Any) -> Any:
        raise RuntimeError("broken for a test")

    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    monkeypatch.setattr("actors.conversation.replies.sentiment_of", break_down)
    handle(day.receive(day.people["Ana"].phone, "YES"), now=day.clock(), config=config)
    assert not any(name == "replies_total" for name, _ in counted(client))


def test_runs_count_by_how_they_ended(
    client: FlaskClient, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = {"matching_status": MatchingStatus.SCHEDULED, "matching_at": clock()}
    good, bad = make_event(clock(), **plan), make_event(clock(), **plan)
    run_matching(good.id, clock(), RunKind.BATCH, now=clock)

    def break_down(*_args: Any, **_named: Any) -> Any:
        raise RuntimeError("broken for a test")

    monkeypatch.setattr("actors.pairing.batch_matching.match_people", break_down)
    run_matching(bad.id, clock(), RunKind.BATCH, now=clock)
    found = counted(client)
    assert found["matching_runs_total", ("batch", "completed")] == 1
    assert found["matching_runs_total", ("batch", "failed")] == 1
    assert found["matching_seconds_count", ("batch",)] == 1


def test_what_is_counted_asks_the_database_nothing_until_it_is_added() -> None:
    with statements() as seen:
        counting.count(REPLIES, intent="yes")
        counting.observe(LATENESS, 3, category="reply")
    assert seen == []
    with statements() as seen:
        counting.flush()
        counting.flush()
    assert len(seen) == 1


def test_what_can_not_be_added_is_added_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_args: Any) -> Any:
        raise OperationalError("the server closed the connection")

    counting.count(REPLIES, intent="yes")
    with monkeypatch.context() as patch:
        patch.setattr(metric_count, "add", lost)
        with pytest.raises(OperationalError):
            counting.flush()
    counting.count(REPLIES, intent="yes")
    counting.flush()
    assert metric_count.read_all() == {Series("replies", "yes"): 2}


@pytest.mark.commits
def test_a_planner_adds_counts_and_keeps_its_connection(config: Config) -> None:
    thread = PlannerThread(config, delay_slots=1000)
    try:
        thread._look()
        kept = db.connection()
        counting.count(REPLIES, intent="yes")
        with statements() as seen:
            thread._add_counts()
        assert db.connection() is kept
        assert seen == [], "it went by the lock's own"
        assert metric_count.read_all() == {Series("replies", "yes"): 1}
    finally:
        thread._drop_lock()
        db.connect()


@pytest.mark.commits
def test_what_the_last_texts_counted_is_added_when_a_worker_stops(config: Config) -> None:
    counting.count(REPLIES, intent="yes")
    db.close()
    PlannerInEveryWorker(config).after_worker_shutdown(broker, None)
    db.connect()
    assert metric_count.read_all() == {Series("replies", "yes"): 1}


@pytest.mark.commits
def test_processes_that_add_at_once_lose_nothing() -> None:
    def add(number: int) -> None:
        with db.connection_context():
            for _ in range(20):
                # Each in another order: none may wait for another that waits for it.
                names = ["a", "b", "c"] if number % 2 else ["c", "b", "a"]
                metric_count.add({Series(name, "x"): 1.0 for name in names})

    with ThreadPoolExecutor(4) as processes:
        list(processes.map(add, range(4)))
    assert set(metric_count.read_all().values()) == {80.0}
