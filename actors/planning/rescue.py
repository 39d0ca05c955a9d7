"""Owns finding what was lost: texts and runs whose worker or wake-up is gone."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from actors.process import counting
from actors.sending.recording import record_lost
from models import matching_claim, outbox
from models.base import db
from models.config import Config
from models.counters import RESCUES

BATCH = 500
MOST_BATCHES = 10

log = logging.getLogger(__name__)


def rescue(*, now: datetime, config: Config) -> None:
    """Put lost work back on the schedule, or hold it where nobody can know what happened."""
    requeued = _in_batches(lambda: _put_back(now, config))
    stuck = _in_batches(lambda: _judge_stuck(now, config))
    runs = _give_back_runs(now)
    if requeued or stuck or runs:
        counts = {"requeued": requeued, "stuck": stuck, "runs": runs}
        log.warning("lost work was rescued", extra=counts)
        for what, number in counts.items():
            counting.count(RESCUES, number, what=what)


def _in_batches(work: Callable[[], int]) -> int:
    """Do it until there is less than a batch left, or enough for one look; return how many."""
    done = 0
    for _ in range(MOST_BATCHES):
        batch = work()
        done += batch
        if batch < BATCH:
            break
    return done


def _put_back(now: datetime, config: Config) -> int:
    lost_after = timedelta(seconds=config.rescue_after_seconds)
    with db.atomic():
        return outbox.rescue_queued(now=now, lost_after=lost_after, limit=BATCH)


def _judge_stuck(now: datetime, config: Config) -> int:
    with db.atomic():
        stuck = outbox.lock_expired_leases(now=now, limit=BATCH)
        for message in stuck:
            record_lost(message, now=now, config=config)
    return len(stuck)


def _give_back_runs(now: datetime) -> int:
    with db.atomic():
        runs = matching_claim.lock_expired(now=now, limit=BATCH)
    for run in runs:
        with db.atomic():
            # An event that somebody holds waits for the next look, not the look for it.
            db.execute_sql("SET LOCAL lock_timeout = '1s'")
            event = matching_claim.lock_event(run.event_id)
            if event is not None:
                matching_claim.give_back(event, run, "the worker that ran it stopped", now=now)
    return len(runs)
