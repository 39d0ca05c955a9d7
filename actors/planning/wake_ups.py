"""Owns handing wake-ups to Redis: at their moment, and for runs."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import dramatiq
import redis

from actors.pairing.batch_matching import run_batch_matching
from models import planning
from models.base import db
from models.config import Config

EVENTS_AT_ONCE = 50

log = logging.getLogger(__name__)


class RedisGoneError(Exception):
    """A wake-up could not be sent, so there is no point in trying the others now."""


@contextmanager
def redis_wanted() -> Iterator[None]:
    """Send wake-ups in the block.

    Raises
    ------
    RedisGoneError
        When Redis does not take one.
    """
    try:
        yield
    except redis.RedisError as error:
        reason = type(error).__name__
        log.warning("a wake-up could not be sent", extra={"reason": reason})
        raise RedisGoneError(reason) from error


def send_at(
    actor: dramatiq.Actor[Any, Any],
    args: tuple[Any, ...],
    moment: datetime,
    now: datetime,
    started: float,
) -> None:
    """Send a wake-up for a moment of the database's clock.

    Parameters
    ----------
    now : datetime
        What the database's clock said when `time.monotonic` said `started`.

    Raises
    ------
    RedisGoneError
        When Redis does not take it.
    """
    delay_ms = round((moment - now).total_seconds() * 1000 - (time.monotonic() - started) * 1000)
    with redis_wanted():
        actor.send_with_options(args=args, delay=delay_ms if delay_ms > 0 else None)


def wake_runs(now: datetime, started: float, config: Config) -> None:
    """Send wake-ups for the batches and top-ups that are due within the horizon.

    Raises
    ------
    RedisGoneError
        When Redis does not take them; the next look sends them then.
    """
    with db.atomic():
        runs = planning.lock_due_runs(
            now=now,
            until=now + timedelta(seconds=config.horizon_seconds),
            lost_after=timedelta(seconds=config.rescue_after_seconds),
            limit=EVENTS_AT_ONCE,
        )
    for position, run in enumerate(runs):
        args = (run.event_id, run.planned_for.isoformat(), run.kind.value)
        try:
            send_at(run_batch_matching, args, run.planned_for, now, started)
        except RedisGoneError:
            with db.atomic():
                for unsent in runs[position:]:
                    planning.forget_wake_up(unsent.event_id)
            raise
