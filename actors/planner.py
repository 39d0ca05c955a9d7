"""Owns the look-ahead: each second it finds what is due soon and sends it on its way in time."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from actors.control import approvals
from actors.conversation.follow_up import plan_follow_ups
from actors.people.importing import wake_imports
from actors.people.retention import Retention
from actors.planning.checking_n8n import N8nChecks
from actors.planning.reply_wake_ups import ReplyWakeUps
from actors.planning.rescue import rescue
from actors.planning.text_wake_ups import TextWakeUps
from actors.planning.wake_ups import RedisGoneError, send_at, wake_runs
from actors.process import stopping
from actors.sending import breaker, lateness
from actors.sending.probing import probe_n8n
from models import match_moves, schedule, service_state
from models.base import db
from models.config import Config

EVENTS_AT_ONCE = 50
AGENDA_SECONDS = 0.5
RESCUE_EVERY = timedelta(seconds=5)
FOLLOW_UP_EVERY = timedelta(seconds=2)
BATCH = 500
MOST_ROUNDS = 10

log = logging.getLogger(__name__)


class Planner:
    """What the leading worker does each second; `tick` is one such look.

    A look goes through its phases in order; one that breaks is logged and named in the heartbeat,
    and the others go on. The heartbeat is written last, so a look that hangs is seen.
    `redis_answers` says whether the last look could send what it wanted to.

    Parameters
    ----------
    delay_slots : int
        How many delayed messages a worker process holds; a quarter of it is used at the most.
    """

    def __init__(self, config: Config, *, leader: str, delay_slots: int) -> None:
        self._config = config
        self._leader = leader
        self._texts = TextWakeUps(config, delay_slots=delay_slots)
        self._replies = ReplyWakeUps(config.messages_per_second)
        self._n8n_checks = N8nChecks()
        self._retention = Retention(config.retention_days, config.person_retention_days)
        self._last_agenda = 0
        self.redis_answers = True
        self._rescue_at: datetime | None = None
        self._follow_up_at: datetime | None = None
        self._started = 0.0

    def take_over(self, now: datetime) -> None:
        """Begin to lead: say so, and keep the pace of what is on its way already."""
        self._beat(now, [])
        self._texts.take_over(now)

    def tick(self, now: datetime) -> None:
        """Send wake-ups for what is due within the horizon; `now` is the database's."""
        self._started = time.monotonic()
        self.redis_answers = True
        broken = []
        for name, phase in self._phases():
            if stopping.is_stopping():
                return
            try:
                phase(now)
            except RedisGoneError as error:
                self.redis_answers = False
                broken.append(f"{name}: {error}")
            except Exception as error:
                log.exception("a phase of the look broke", extra={"phase": name})
                broken.append(f"{name}: {type(error).__name__}")
        self._beat(now + timedelta(seconds=time.monotonic() - self._started), broken)

    def _phases(self) -> Iterator[tuple[str, Callable[[datetime], None]]]:
        yield "agendas", self._follow_agendas
        yield "late texts", self._expire
        yield "approvals", self._settle_approvals
        # Once Redis does not answer, each further try only costs the time until it is given up.
        for name, phase in (
            ("probe", self._probe),
            ("texts", self._wake_texts),
            ("matching", lambda at: wake_runs(at, self._started, self._config)),
            ("replies", self._replies.send),
            ("follow-ups", self._wake_follow_ups),
            ("imports", lambda at: wake_imports(at, self._started, self._config)),
            ("n8n check", self._n8n_checks.look),
        ):
            if self.redis_answers:
                yield name, phase
        yield "rescue", self._rescue
        yield "retention", self._retention.look

    def _beat(self, now: datetime, broken: list[str]) -> None:
        state = service_state.TROUBLE if broken else service_state.UP
        message = "; ".join(broken) or None
        with db.atomic():
            service_state.report(
                service_state.PLANNER, state, now=now, message=message, leader=self._leader
            )

    def _follow_agendas(self, now: datetime) -> None:
        """Follow a few, going on next time where this look ends."""
        drifted = schedule.drifted_event_ids(now, after=self._last_agenda, limit=EVENTS_AT_ONCE)
        for event_id in drifted:
            if time.monotonic() - self._started > AGENDA_SECONDS:
                return
            self._last_agenda = event_id
            try:
                with db.atomic():
                    schedule.follow(event_id, now=now)
            except Exception:
                # One event that somebody holds, or that can not be read, must not stop the rest.
                log.exception("an agenda could not be followed", extra={"event_id": event_id})

    def _expire(self, now: datetime) -> None:
        for _ in range(MOST_ROUNDS):
            if lateness.expire(now=now, config=self._config, limit=BATCH) < BATCH:
                return

    def _settle_approvals(self, now: datetime) -> None:
        for _ in range(MOST_ROUNDS):
            if approvals.settle(now=now, config=self._config, limit=BATCH) < BATCH:
                return

    def _probe(self, now: datetime) -> None:
        if breaker.take_probe(now):
            send_at(probe_n8n, (), now, now, self._started)

    def _wake_texts(self, now: datetime) -> None:
        self._texts.send(now, self._started)

    def _wake_follow_ups(self, now: datetime) -> None:
        if self._follow_up_at is not None and now < self._follow_up_at:
            return
        self._follow_up_at = now + FOLLOW_UP_EVERY
        ahead = now + timedelta(seconds=self._config.horizon_seconds)
        if match_moves.due_for_follow_up(ahead, limit=1):
            send_at(plan_follow_ups, (), now, now, self._started)

    def _rescue(self, now: datetime) -> None:
        if self._rescue_at is None or now >= self._rescue_at:
            self._rescue_at = now + RESCUE_EVERY
            rescue(now=now, config=self._config)
