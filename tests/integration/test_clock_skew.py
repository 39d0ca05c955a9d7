"""A delay means the same moment on every host, whatever its clock says."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import dramatiq
import pytest
from dramatiq.brokers.redis import RedisBroker

from actors.process import clock_skew
from actors.process.clock_skew import DUE_MS, DueByTheDatabase

QUEUE = "skew_tests"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_skew, "_ahead_ms", None)


def compare(ahead_seconds: float) -> None:
    """Let this host find that its clock is so much ahead of the database's."""
    own = time.time()
    database = datetime.fromtimestamp(own - ahead_seconds, UTC)
    clock_skew.note(database, asked_at=own - 0.01, answered_at=own + 0.01)


def delayed(eta: float) -> dramatiq.Message[None]:
    return dramatiq.Message("q", "a", (), {}, {"eta": eta})


def sent_and_received(sender_ahead: float, receiver_ahead: float) -> float:
    """Return in how many seconds the receiver thinks that a delay of 10 s is over."""
    middleware = DueByTheDatabase()
    true_now = time.time()
    compare(sender_ahead)
    message = delayed(round((true_now + sender_ahead + 10) * 1000))
    middleware.before_enqueue(None, message, 10_000)
    compare(receiver_ahead)
    middleware.before_delay_message(None, message)
    return message.options["eta"] / 1000 - (true_now + receiver_ahead)


@pytest.mark.parametrize("sender", [-300, 0, 300])
@pytest.mark.parametrize("receiver", [-300, 0, 300])
def test_a_delay_is_as_long_whoever_sends_and_receives(sender: float, receiver: float) -> None:
    assert sent_and_received(sender, receiver) == pytest.approx(10, abs=0.1)


def test_a_message_that_says_nothing_keeps_its_time() -> None:
    compare(300)
    message = delayed(1_800_000_000_000)
    DueByTheDatabase().before_delay_message(None, message)
    assert message.options == {"eta": 1_800_000_000_000}


def test_a_host_that_has_not_compared_yet_says_and_changes_nothing() -> None:
    middleware = DueByTheDatabase()
    message = delayed(1_800_000_000_000)
    middleware.before_enqueue(None, message, 1000)
    assert DUE_MS not in message.options
    message.options[DUE_MS] = 5
    middleware.before_delay_message(None, message)
    assert message.options["eta"] == 1_800_000_000_000


def test_a_message_without_delay_is_left_alone() -> None:
    compare(0)
    message = dramatiq.Message("q", "a", (), {}, {})
    DueByTheDatabase().before_enqueue(None, message, None)
    assert message.options == {}


@pytest.fixture
def skewed_broker(servers: dict[str, str]) -> Iterator[RedisBroker]:
    made = RedisBroker(url=servers["REDIS_URL"], namespace="skew", middleware=[DueByTheDatabase()])
    yield made
    made.flush_all()
    made.close()


def test_dramatiq_heeds_it(skewed_broker: RedisBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message of a host that is five minutes ahead arrives in its second all the same."""
    ran = threading.Event()
    actor = dramatiq.actor(ran.set, actor_name="ran", queue_name=QUEUE, broker=skewed_broker)
    compare(300)
    with monkeypatch.context() as ahead:
        ahead.setattr("dramatiq.brokers.redis.current_millis", lambda: (time.time() + 300) * 1000)
        actor.send_with_options(delay=500)
    compare(0)
    worker = dramatiq.Worker(skewed_broker, worker_timeout=100, worker_threads=1)
    started = time.monotonic()
    worker.start()
    try:
        assert ran.wait(timeout=10)
        assert time.monotonic() - started > 0.3
    finally:
        worker.stop()


def test_the_difference_is_the_one_halfway_through_the_question() -> None:
    database = datetime(2026, 11, 23, tzinfo=UTC)
    at = database.timestamp()
    clock_skew.note(database, asked_at=at + 299, answered_at=at + 301)
    message = delayed((at + 300) * 1000)
    DueByTheDatabase().before_enqueue(None, message, 1)
    assert message.options[DUE_MS] == at * 1000
