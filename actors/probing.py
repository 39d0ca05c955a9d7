"""Owns trying whether n8n works again: a question that texts nobody, then a single text."""

from collections.abc import Callable
from datetime import datetime

import dramatiq

from actors import breaker
from actors.broker import ORCHESTRATION_QUEUE, broker
from actors.delivery import deliver
from actors.n8n import Gateway
from actors.runtime import current
from models import clock, outbox
from models.config import Config


def probe(*, now: Callable[[], datetime], gateway: Gateway, config: Config) -> None:
    """Ask n8n while it is down, and if it answers let one text that is due try it.

    Whatever becomes of that text, `deliver` notes it, and so n8n is up or stays down.
    """
    if not breaker.state().is_down or not gateway.probe():
        return
    asked_at = now()
    message_id = outbox.probe_candidate(asked_at)
    if message_id is None:
        breaker.half_open(asked_at)
        return
    breaker.risk(asked_at)
    deliver(message_id, now=now, gateway=gateway, config=config, is_probe=True)


@dramatiq.actor(
    broker=broker, queue_name=ORCHESTRATION_QUEUE, max_retries=0, max_age=10_000, time_limit=60_000
)
def probe_n8n() -> None:
    """Try n8n; the planner says when, and to nobody else."""
    runtime = current()
    probe(now=clock.now, gateway=runtime.gateway, config=runtime.config)
