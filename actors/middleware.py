"""Owns what surrounds every message of a worker: its database connection, and a calm shutdown."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import dramatiq

from actors.alerts.alerting import Alerting
from actors.alerts.thread import AlertThread
from actors.leader import PlannerThread
from actors.n8n.gateway import N8nGateway
from actors.planning.text_wake_ups import DELAY_SLOTS_PER_THREAD
from actors.process import counting, stopping
from models.base import db
from models.config import Config
from models.readiness import DATABASE_LOST

REPEATS_IGNORED_SECONDS = 60.0
# An alert that was posted and is not written down is told again by whoever plans next.
ALERT_JOIN_SECONDS = 2.0

log = logging.getLogger(__name__)


class ConnectionPerMessage(dramatiq.Middleware):
    """Opens a pooled connection before each message and returns it after, whatever happens."""

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Open the connection."""
        db.connect(reuse_if_open=True)

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: Any,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        """Return the connection to the pool."""
        if not db.is_closed():
            db.close()

    after_skip_message = after_process_message


class PlannerInEveryWorker(dramatiq.Middleware):
    """Starts the planner when a worker is up and stops it before anything else shuts down.

    Beside it runs whoever alerts the organiser, if there is where to.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thread: PlannerThread | None = None
        self._alerts: AlertThread | None = None

    def after_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        """Start planning, or waiting to."""
        slots = worker.worker_threads * DELAY_SLOTS_PER_THREAD
        self._thread = PlannerThread(self._config, delay_slots=slots)
        self._thread.start()
        if self._config.alert_webhook_url:
            alerting = Alerting(self._config, N8nGateway(self._config))
            self._alerts = AlertThread(alerting, leads=self._thread.leads)
            self._alerts.start()

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        """Stop planning, so that another worker can take over at once."""
        stopping.stop()
        if self._alerts is not None:
            self._alerts.stop()
        if self._thread is not None:
            self._thread.stop()

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        """Add what the last texts counted, once none is under way any more."""
        if self._alerts is not None:
            self._alerts.join(timeout=ALERT_JOIN_SECONDS)
        try:
            with db.connection_context():
                counting.flush()
        except DATABASE_LOST as error:
            log.warning("counts were lost", extra={"error_type": type(error).__name__})


class WarmUpOnceRunning(dramatiq.Middleware):
    """Warms a worker up beside its first texts, so that it is back from a restart sooner."""

    def __init__(self, warm_up: Callable[[], None]) -> None:
        self._warm_up = warm_up

    def after_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        """Begin."""
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()


class OneTermIsEnough(dramatiq.Middleware):
    """Ignores repeats of SIGTERM, which the platform sends to parent and child alike.

    Dramatiq's child takes a second one as "die now", in the middle of a text.
    """

    def after_process_boot(self, broker: dramatiq.Broker) -> None:
        """Wrap the handler that Dramatiq has installed in this process."""
        handler = signal.getsignal(signal.SIGTERM)
        if callable(handler):
            signal.signal(signal.SIGTERM, _ignoring_repeats(handler))


def _ignoring_repeats(
    handler: Callable[[int, FrameType | None], Any],
) -> Callable[[int, FrameType | None], Any]:
    first_at: float | None = None

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal first_at
        now = time.monotonic()
        if first_at is None or now - first_at > REPEATS_IGNORED_SECONDS:
            first_at = now
            stopping.stop()
            handler(number, frame)

    return handle
