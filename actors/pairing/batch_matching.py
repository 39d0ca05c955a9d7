"""Owns running a matching batch: claim the plan, match with no transaction open, store it whole."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import dramatiq

from actors.broker import ORCHESTRATION_QUEUE, broker
from actors.pairing.introductions import schedule_introductions
from actors.pairing.match_storing import store_matches
from actors.pairing.pool import match_people
from actors.pairing.room import described, read_room
from actors.pairing.run_progress import StoppingError, progress_of
from actors.process import counting
from actors.process.insisting import insist
from models import clock, log_context, matching_claim
from models.base import db
from models.counters import MATCHING, RUNS
from models.eligibility import pool_counts
from models.event import Event
from models.matching_run import MatchingRun, RunKind, RunStatus
from models.pair_rule import rules_at
from models.readiness import DATABASE_LOST

LEASE = timedelta(minutes=2)
STOPPED = "the worker that ran it was told to stop"
EVENT_CANCELLED = "the event was cancelled"

log = logging.getLogger(__name__)


def run_matching(
    event_id: int, planned_for: datetime, kind: RunKind, *, now: Callable[[], datetime]
) -> timedelta | None:
    """Run one batch if its plan still stands; running twice adds nothing to once.

    Parameters
    ----------
    now : callable
        The database's clock, read when claiming and when storing.

    Returns
    -------
    timedelta or None
        How long until its time when the wake-up came early, else None.
    """
    started_at = now()
    with db.atomic():
        event = matching_claim.lock_event(event_id)
        if event is None or not matching_claim.is_wanted(event, planned_for, kind):
            return None
        if started_at < planned_for:
            return planned_for - started_at
        if matching_claim.running(event_id) is not None:
            return None
        run = matching_claim.start(event, planned_for, kind, now=started_at, lease=LEASE)
    with log_context.bound(event_id=event_id, run_id=run.id):
        _run(event, run, now=now)
    return None


def _run(event: Event, run: MatchingRun, *, now: Callable[[], datetime]) -> None:
    """Match and store; where that does not end well, write down how it ended."""
    end: Callable[..., None] = matching_claim.give_back
    outcome, reason = RunStatus.ABANDONED, STOPPED
    try:
        _match_and_store(event, run, now=now)
        return
    except StoppingError:
        log.warning("matching given back")
    except DATABASE_LOST as error:
        reason = type(error).__name__
    except Exception as error:
        log.exception("matching failed")
        end, outcome, reason = matching_claim.fail, RunStatus.FAILED, type(error).__name__
    insist(lambda: _close(run, end, reason, now=now()))
    counting.count(RUNS, kind=run.kind, outcome=outcome)


def _close(run: MatchingRun, end: Callable[..., None], reason: str, *, now: datetime) -> None:
    event = matching_claim.lock_event(run.event_id)
    if event is not None:
        end(event, run, reason, now=now)


def _match_and_store(event: Event, run: MatchingRun, *, now: Callable[[], datetime]) -> None:
    """Match until a result is stored: what is ruled about a pair meanwhile is obeyed too."""
    while not _try(event, run, now=now):
        log.info("pairs were ruled on while they were matched", extra={"event_id": event.id})


def _try(event: Event, run: MatchingRun, *, now: Callable[[], datetime]) -> bool:
    started = time.monotonic()
    room, counts = read_room(event), pool_counts(event.id)
    read = time.monotonic()
    progress = progress_of(run, now=now, lease=LEASE)
    result = match_people(room.people, room.rules, room.met, room.ruled, progress=progress)
    matched = time.monotonic()
    with db.atomic():
        locked = matching_claim.lock_event(event.id)
        if locked is None:
            return True
        if locked.cancelled_at is not None:
            matching_claim.drop(locked, run, EVENT_CANCELLED, now=now())
            return True
        if rules_at(event.id) != room.ruled:
            return False
        matches = store_matches(locked, run.id, result.pairs)
        texts = schedule_introductions(locked, [match.id for match in matches], now=now())
        is_ours = matching_claim.complete(
            locked,
            run,
            now=now(),
            introductions_created=texts,
            timings={"read": read - started, "match": matched - read},
            **described(room, counts.checked_in, result, matches),
        )
        if not is_ours:
            raise TakenAwayError(run.id)
    log.info("matching completed", extra={"matches": len(matches), "texts": texts})
    counting.count(RUNS, kind=run.kind, outcome=RunStatus.COMPLETED)
    counting.observe(MATCHING, time.monotonic() - started, kind=run.kind)
    return True


class TakenAwayError(Exception):
    """The run's lease ended while it was matching, so its results are not stored."""


@dramatiq.actor(
    broker=broker,
    queue_name=ORCHESTRATION_QUEUE,
    max_retries=0,
    max_age=3_600_000,
    time_limit=300_000,
)
def run_batch_matching(event_id: int, planned_for: str, kind: str = RunKind.BATCH) -> None:
    """Wake one batch up; the event's row decides whether anything is done."""
    early = run_matching(
        event_id, datetime.fromisoformat(planned_for), RunKind(kind), now=clock.now
    )
    if early is not None:
        run_batch_matching.send_with_options(
            args=(event_id, planned_for, kind), delay=max(1, round(early.total_seconds() * 1000))
        )
