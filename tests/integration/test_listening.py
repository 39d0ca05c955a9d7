"""A worker goes on listening after Redis went away at the worst moment."""

import threading
from typing import Any

import dramatiq
import pytest
import redis
from dramatiq.brokers.redis import RedisBroker

from actors.process.listening import ConsumersStayAlive, revive
from tests.worker import eventually

QUEUE = "listening_tests"


@pytest.fixture
def far_broker(servers: dict[str, str]) -> RedisBroker:
    return RedisBroker(url=servers["REDIS_URL"], namespace="listening")


def lose_redis(*_args: Any, **_options: Any) -> None:
    raise redis.ConnectionError("Connection closed by server.")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_consumer_that_died_handing_on_a_delayed_message_is_replaced(
    far_broker: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = threading.Event()
    actor = dramatiq.actor(broker=far_broker, queue_name=QUEUE)(arrived.set)
    worker = dramatiq.Worker(far_broker, queues={QUEUE}, worker_threads=1, worker_timeout=50)
    worker.start()
    try:
        consumer = worker.consumers[f"{QUEUE}.DQ"]
        actor.send_with_options(delay=600)
        assert eventually(lambda: not consumer.delay_queue.empty())
        with monkeypatch.context() as broken:
            broken.setattr(far_broker, "enqueue", lose_redis)
            broken.setattr(consumer.consumer, "requeue", lose_redis)
            assert eventually(lambda: not consumer.is_alive())
        assert not arrived.is_set()
        assert revive(worker) == [f"{QUEUE}.DQ"]
        assert revive(worker) == []
        actor.send_with_options(delay=50)
        assert arrived.wait(timeout=10)
    finally:
        worker.stop()


def test_consumers_that_stop_with_their_worker_stay_stopped(far_broker: RedisBroker) -> None:
    far_broker.add_middleware(ConsumersStayAlive())
    dramatiq.actor(broker=far_broker, queue_name=QUEUE)(lambda: None)
    worker = dramatiq.Worker(far_broker, queues={QUEUE}, worker_threads=1, worker_timeout=50)
    worker.start()
    consumers = dict(worker.consumers)
    worker.stop()
    assert dict(worker.consumers) == consumers
    assert not any(consumer.is_alive() for consumer in consumers.values())
    assert "listening" not in {thread.name for thread in threading.enumerate()}
