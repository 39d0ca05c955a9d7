"""Owns that a worker goes on listening: a thread that stopped taking messages is replaced.

When Redis goes away while Dramatiq's consumer of delayed messages hands one on, it dies of a second
error and nobody notices: the process looks healthy, and whatever is delayed never arrives.
"""

import logging
import threading
from typing import Any

import dramatiq
from dramatiq.worker import ConsumerThread

LOOK_EVERY_SECONDS = 1.0

log = logging.getLogger(__name__)


class ConsumersStayAlive(dramatiq.Middleware):
    """Looks each second whether all of a worker's consumers are alive."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def after_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        """Begin to look."""
        self._thread = threading.Thread(
            target=self._watch, args=(worker,), name="listening", daemon=True
        )
        self._thread.start()

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        """Stop before the consumers do, so that none of them is started again."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _watch(self, worker: Any) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            revive(worker)


def revive(worker: Any) -> list[str]:
    """Replace the consumers that have died; return the names of their queues.

    What they held comes back by the rescue, as after a crash.
    """
    dead = [name for name, consumer in list(worker.consumers.items()) if not consumer.is_alive()]
    for name in dead:
        old = worker.consumers[name]
        fresh = ConsumerThread(
            broker=old.broker,
            queue_name=name,
            prefetch=old.prefetch,
            work_queue=old.work_queue,
            worker_timeout=old.worker_timeout,
        )
        worker.consumers[name] = fresh
        fresh.start()
        log.error("a consumer had died and was replaced", extra={"queue": name})
    return dead
