"""Owns the look-ahead: each second it finds what is due soon and sends it on its way in time."""

import logging
import math
from datetime import datetime, timedelta
from typing import Any

import dramatiq
import redis

from actors.batch_matching import run_batch_matching
from actors.delivery import deliver_message
from actors.pace import Pace
from actors.replies import handle_reply
from actors.rescue import LOST_AFTER, rescue
from models import outbox, planning, schedule, service_state
from models.base import db
from models.config import Config

EVENTS_AT_ONCE = 50
REPLIES_AT_ONCE = 200
UNHANDLED_AFTER = timedelta(seconds=5)
RESCUE_EVERY = timedelta(seconds=5)
# A text that waits for its turn is taken this far ahead; the rest stay rows, so that something
# more urgent can still go first.
PACED_AHEAD = timedelta(seconds=2)

log = logging.getLogger(__name__)


class Planner:
    """What the leading worker does each second; `tick` is one such look.

    Parameters
    ----------
    delay_slots : int
        How many delayed messages a worker process holds; a quarter of it is used at the most.
    """

    def __init__(self, config: Config, *, leader: str, delay_slots: int) -> None:
        self._config = config
        self._leader = leader
        self._horizon = timedelta(seconds=config.horizon_seconds)
        self._pace = Pace(config.messages_per_second)
        self._most_at_once = max(1, delay_slots // 4)
        self._rescued_at: datetime | None = None

    def tick(self, now: datetime) -> None:
        """Send wake-ups for what is due within the horizon; `now` is the database's."""
        with db.atomic():
            service_state.report(
                service_state.PLANNER, service_state.UP, now=now, leader=self._leader
            )
        self._follow_agendas(now)
        self._wake_runs(now)
        self._wake_messages(now)
        self._wake_replies(now)
        if self._rescued_at is None or now - self._rescued_at >= RESCUE_EVERY:
            self._rescued_at = now
            rescue(now=now, config=self._config)

    def _follow_agendas(self, now: datetime) -> None:
        for event_id in schedule.drifted_event_ids(now):
            try:
                with db.atomic():
                    schedule.follow(event_id, now=now)
            except Exception:
                # One event that somebody holds, or that can not be read, must not stop the rest.
                log.exception("an agenda could not be followed", extra={"event_id": event_id})

    def _wake_runs(self, now: datetime) -> None:
        with db.atomic():
            runs = planning.lock_due_runs(
                now=now, until=now + self._horizon, lost_after=LOST_AFTER, limit=EVENTS_AT_ONCE
            )
        for run in runs:
            args = (run.event_id, run.planned_for.isoformat(), run.kind.value)
            if not _send(run_batch_matching, args, _delay_ms(run.planned_for, now)):
                with db.atomic():
                    planning.forget_wake_up(run.event_id)

    def _wake_messages(self, now: datetime) -> None:
        with db.atomic():
            due = outbox.lock_due(until=now + self._horizon, limit=self._limit())
            wake_times = self._spread(due, now)
            outbox.mark_queued(wake_times)
        for position, (message_id, wake_at) in enumerate(wake_times):
            if not _send(deliver_message, (message_id,), _delay_ms(wake_at, now)):
                with db.atomic():
                    outbox.put_back([unsent for unsent, _ in wake_times[position:]])
                return

    def _limit(self) -> int:
        most_in_horizon = self._horizon.total_seconds() * self._config.messages_per_second + 1
        return min(self._most_at_once, math.ceil(most_in_horizon))

    def _spread(self, due: list[outbox.Due], now: datetime) -> list[tuple[int, datetime]]:
        """Give each text its moment: its own time, or the next one that the pace leaves free."""
        self._pace.forget_before(now)
        given = []
        for message in due:
            earliest = max(message.due, now)
            moment = self._pace.first_free(earliest)
            if moment > earliest and moment > now + PACED_AHEAD:
                continue
            self._pace.take(moment)
            given.append((message.message_id, moment))
        return given

    def _wake_replies(self, now: datetime) -> None:
        older_than = now - UNHANDLED_AFTER
        for reply_id in outbox.unhandled_replies(older_than=older_than, limit=REPLIES_AT_ONCE):
            if not _send(handle_reply, (reply_id,), None):
                return


def _delay_ms(moment: datetime, now: datetime) -> int | None:
    """Return how long a message should wait; None when it should not wait at all."""
    delay_ms = round((moment - now).total_seconds() * 1000)
    return delay_ms if delay_ms > 0 else None


def _send(actor: dramatiq.Actor[Any, Any], args: tuple[Any, ...], delay_ms: int | None) -> bool:
    """Send a wake-up; False when Redis does not take it, so that the row goes back."""
    try:
        actor.send_with_options(args=args, delay=delay_ms)
    except redis.RedisError as error:
        log.warning("a wake-up could not be sent", extra={"reason": type(error).__name__})
        return False
    return True
