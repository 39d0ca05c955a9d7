"""Owns trying whether n8n works again: a question that texts nobody, then a single text."""

from collections.abc import Callable
from datetime import datetime

import dramatiq

from actors.broker import ORCHESTRATION_QUEUE, broker
from actors.n8n.gateway import Gateway
from actors.runtime import current
from actors.sending import breaker
from actors.sending.delivery import deliver
from models import clock, outbox
from models.config import Config

MOST_CANDIDATES = 20


def probe(*, now: Callable[[], datetime], gateway: Gateway, config: Config) -> None:
    """Ask n8n while it is down, and if it answers let one text that is due try it.

    How that one ends, `deliver` notes, and so n8n is up or stays down. A candidate that turns
    out to be unwanted, or breaks, posts nothing and tells nothing: the next one is tried, and
    only the one that leaves costs the doubled pause. With none that is due, the signed question
    decides if texts may try.
    """
    if not breaker.state().may_be_tried(now()) or not gateway.probe():
        return
    has_asked = False

    def may_post(moment: datetime) -> bool:
        nonlocal has_asked
        has_asked = True
        return breaker.risk(moment)

    for message_id in outbox.probe_candidates(now(), limit=MOST_CANDIDATES):
        deliver(message_id, now=now, gateway=gateway, config=config, may_post=may_post)
        if has_asked:
            return
    at = now()
    # Those that are left, if any, are for the next probe, in two seconds.
    if outbox.probe_candidates(at, limit=1):
        return
    # That it answers is not enough: it may refuse every text.
    if gateway.ask(at).may_take_texts:
        breaker.half_open(now())
    else:
        breaker.risk(now())


@dramatiq.actor(
    broker=broker, queue_name=ORCHESTRATION_QUEUE, max_retries=0, max_age=300_000, time_limit=60_000
)
def probe_n8n() -> None:
    """Try n8n; the planner says when, and to nobody else.

    A late wake-up does no harm, so its age leaves room for hosts whose clocks disagree.
    """
    runtime = current()
    probe(now=clock.now, gateway=runtime.gateway, config=runtime.config)
