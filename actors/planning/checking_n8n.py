"""Owns asking n8n whether texts would get through, in a worker, and when the planner wants that."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import dramatiq

from actors.broker import ORCHESTRATION_QUEUE, broker
from actors.n8n.gateway import Gateway
from actors.planning.wake_ups import send_at
from actors.runtime import current
from models import clock, n8n_check
from models.base import db

LOOK_AT_EVENTS_EVERY = timedelta(seconds=20)


def check(*, now: Callable[[], datetime], gateway: Gateway) -> None:
    """Ask n8n a question that texts nobody, and keep what it answered."""
    answer = gateway.ask(now())
    with db.atomic():
        n8n_check.keep(answer, now=now())


class N8nChecks:
    """The planner's part: sends the wake-up when somebody asked, or when an event is near."""

    def __init__(self) -> None:
        self._look_at: datetime | None = None

    def look(self, now: datetime) -> None:
        """Have n8n asked if it is time to.

        Raises
        ------
        RedisGoneError
            When Redis does not take the wake-up.
        """
        started = time.monotonic()
        known = n8n_check.read()
        is_wanted = known.is_requested(now)
        if not is_wanted and (self._look_at is None or now >= self._look_at):
            self._look_at = now + LOOK_AT_EVENTS_EVERY
            is_wanted = known.is_due(now, n8n_check.next_introductions_at(now))
        if is_wanted:
            with db.atomic():
                n8n_check.note_asked(now)
            send_at(check_n8n, (), now, now, started)


@dramatiq.actor(
    broker=broker, queue_name=ORCHESTRATION_QUEUE, max_retries=0, max_age=300_000, time_limit=60_000
)
def check_n8n() -> None:
    """Ask n8n; the planner says when."""
    check(now=clock.now, gateway=current().gateway)
