"""Owns sending one text: claim it, post its next part with no transaction open, record the rest.

What is promised of it stands in docs/delivery.md.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import dramatiq
from peewee import InterfaceError, OperationalError

from actors.broker import MESSAGES_QUEUE, broker
from actors.n8n.gateway import Gateway
from actors.n8n.payload import build_payload, webhook_id
from actors.pairing import refill
from actors.process import stopping
from actors.process.insisting import insist
from actors.runtime import current
from actors.sending import breaker
from actors.sending.attempt_traces import count, named, tell
from actors.sending.preparing import PeerLeft, let_go, prepare
from actors.sending.putting_off import EARLY_ENOUGH_TO_WAIT
from actors.sending.recording import record, record_broken, release
from models import clock, outbox, schedule
from models.base import db
from models.claiming import Claim
from models.config import Config

# What may pass between the last look at the lease and the first byte on the wire.
POST_MARGIN_SECONDS = 1.0

log = logging.getLogger(__name__)


def deliver(
    message_id: int,
    *,
    now: Callable[[], datetime] | None = None,
    gateway: Gateway,
    config: Config,
    may_post: Callable[[datetime], bool] | None = None,
) -> timedelta | None:
    """Send the next part of one text if it is due, wanted and allowed; twice is the same as once.

    Parameters
    ----------
    now : callable or None
        The clock: read once to claim, and once more when n8n has answered. None is the
        database's, read by the statement that reads the text and carried on from there.
    may_post : callable or None
        For a text that is to find out if n8n works again, so that its being down is no reason:
        asked once the text is claimed; without its leave it is given back.

    Returns
    -------
    timedelta or None
        How long to wait before waking it again: it was a moment early, or another text to the
        same person was in the air.
    """
    started = time.monotonic()
    try:
        step = _prepared(message_id, now() if now else None, config, is_probe=may_post is not None)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # Whatever broke, it is this text's trouble; the others must go on, and it must not loop.
        log.exception("a text could not be prepared", extra={"message_id": message_id})
        with db.atomic():
            record_broken(message_id, error, now=now() if now else clock.now())
        return None
    if isinstance(step, Claim):
        read_at = step.text.read_at
        clock_on = now or (lambda: _carried_on(read_at, started))
        with named(step):
            if may_post is None or may_post(clock_on()):
                _send(step, gateway, config, started, clock_on)
            else:
                insist(lambda: release(step, now=clock_on()))
        return None
    return step


def _prepared(
    message_id: int, now: datetime | None, config: Config, *, is_probe: bool
) -> Claim | timedelta | None:
    with db.atomic():
        step = prepare(message_id, now=now, config=config, is_probe=is_probe)
    if not isinstance(step, PeerLeft):
        return step
    with db.atomic():
        if step.event_id is not None:
            refill.request(schedule.lock(step.event_id), now=step.read_at)
        let_go(message_id, now=now, config=config)
    return None


def _send(
    claim: Claim,
    gateway: Gateway,
    config: Config,
    started: float,
    now: Callable[[], datetime],
) -> None:
    payload = build_payload(claim, now=claim.text.read_at)
    # A process that was stopped for a while may have lost its text to the rescue meanwhile.
    post_within = config.lease_seconds - config.http_timeout_seconds - POST_MARGIN_SECONDS
    if time.monotonic() - started > post_within:
        insist(lambda: release(claim, now=now()))
        return
    # Others may use the connection while n8n thinks: there are fewer than threads.
    db.give_back()
    outcome = gateway.send(payload, webhook_id(claim), claim.text.read_at)
    tell(claim, outcome)
    ended_at = claim.text.read_at

    def write_down() -> None:
        # The clock may be the database's, and so needs the connection that is open again in here.
        nonlocal ended_at
        ended_at = now()
        record(claim, outcome, now=ended_at, config=config)

    insist(write_down)
    count(claim, outcome, ended_at)
    breaker.note(outcome, ended_at)


def _carried_on(read_at: datetime, started: float) -> datetime:
    return read_at + timedelta(seconds=time.monotonic() - started)


@dramatiq.actor(
    broker=broker,
    queue_name=MESSAGES_QUEUE,
    priority=10,
    max_retries=0,
    max_age=3_600_000,
    time_limit=60_000,
)
def deliver_message(message_id: int) -> None:
    """Wake one text up; the row decides whether anything is sent."""
    runtime = current()
    seconds = runtime.limiter.wait()
    if seconds or stopping.is_stopping():
        # The planner gives it another moment; here it would only wait in the way of others.
        outbox.put_back([message_id])
        return
    wait = deliver(message_id, gateway=runtime.gateway, config=runtime.config)
    if wait is not None and wait <= EARLY_ENOUGH_TO_WAIT:
        stopping.wait(wait.total_seconds())
        wait = deliver(message_id, gateway=runtime.gateway, config=runtime.config)
    if wait is not None:
        delay_ms = max(1, round(wait.total_seconds() * 1000))
        deliver_message.send_with_options(args=(message_id,), delay=delay_ms)
