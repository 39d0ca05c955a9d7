"""Owns watching the rehearsal: says what happens as it happens, then counts what arrived."""

import json
import time
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from models import clock
from models.base import db
from models.eligibility import PoolCounts, pool_counts
from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import ARRIVED, UNDER_WAY, MessageType
from models.peer_match import EventPeerMatch
from web.local import LocalServices
from web.rehearsal_event import RehearsalEvent

PATIENCE = timedelta(minutes=3)
LOOK_EVERY_SECONDS = 0.5
FINISHED = (MatchingStatus.COMPLETED, MatchingStatus.FAILED, MatchingStatus.MISSED)


@dataclass(frozen=True)
class Outcome:
    """How the rehearsal went. `delivered` counts distinct texts that the simulator got."""

    event_id: int
    pool: PoolCounts
    matches: int
    covered: int
    introductions: int
    delivered: int
    failed: int
    first_late: timedelta | None
    last_late: timedelta | None

    @property
    def is_complete(self) -> bool:
        """Whether there were introductions and every one of them arrived."""
        return 0 < self.introductions == self.delivered

    def summary(self) -> dict[str, int]:
        """Return the counts that the last line of the rehearsal gives."""
        return {
            "event_id": self.event_id,
            "checked_in": self.pool.checked_in,
            "eligible": self.pool.eligible,
            "matches": self.matches,
            "covered": self.covered,
            "introductions": self.introductions,
            "delivered": self.delivered,
            "failed": self.failed,
        }

    def show(self) -> None:
        """Print the counts as a table."""
        share = 100 * self.covered / self.pool.eligible if self.pool.eligible else 0
        rows = [
            ("Checked in", f"{self.pool.checked_in} of {self.pool.registered}"),
            ("Eligible", str(self.pool.eligible)),
            ("Matches", str(self.matches)),
            ("Covered", f"{self.covered} ({share:.0f} %)"),
            ("Introductions", str(self.introductions)),
            ("Delivered", str(self.delivered)),
            ("Failed", str(self.failed)),
        ]
        if self.first_late is not None and self.last_late is not None:
            rows.append(("First left", f"{self.first_late.total_seconds():+.2f} s from its second"))
            rows.append(("Last left", f"{self.last_late.total_seconds():+.2f} s from its second"))
        click.echo("")
        for name, value in rows:
            click.echo(f"  {name:<14} {value}")
        click.echo("")


class Watch:
    """Follows one event through the database until its introductions are out.

    Parameters
    ----------
    texts_before : int
        What the simulator had counted for an event of this number before there was this one: a
        Redis that is kept longer than the database remembers another.
    """

    def __init__(
        self, rehearsed: RehearsalEvent, services: LocalServices, *, texts_before: int = 0
    ) -> None:
        self._event_id = rehearsed.event_id
        self._services = services
        self._texts_before = texts_before
        self._said: str | None = None

    def until_introductions_are_out(self) -> Outcome:
        """Look twice a second; give up when the processes end or three minutes have passed."""
        with db.connection_context():
            give_up_at = clock.now() + PATIENCE
        while True:
            with db.connection_context():
                now = clock.now()
                if self._is_over(now) or now > give_up_at or self._services.has_ended():
                    return self._count()
            time.sleep(LOOK_EVERY_SECONDS)

    def _is_over(self, now: datetime) -> bool:
        event = Event.get_by_id(self._event_id)
        if event.matching_status not in FINISHED:
            self._say(f"Matching in {_seconds(event.matching_at, now)} s", event.matching_at, now)
            return False
        total, waiting = self._introductions()
        if not total:
            return True
        if waiting == total and now < event.introductions_at:
            left = _seconds(event.introductions_at, now)
            text = f"Matched: {total} introductions leave in {left} s"
            self._say(text, event.introductions_at, now)
        else:
            self._say(f"Sent {total - waiting} of {total} introductions")
        return waiting == 0

    def _say(self, text: str, until: datetime | None = None, now: datetime | None = None) -> None:
        """Print a line when it is new; a countdown only every five seconds."""
        if until is not None and now is not None and _seconds(until, now) % 5:
            return
        if text != self._said:
            self._said = text
            click.echo(text)

    def _introductions(self) -> tuple[int, int]:
        mine = EventMessage.select().where(_is_introduction_of(self._event_id))
        return mine.count(), mine.where(EventMessage.status.in_(UNDER_WAY)).count()

    def _count(self) -> Outcome:
        sent = list(
            EventMessage.select(EventMessage.scheduled_time, EventMessage.actual_send_time)
            .where(_is_introduction_of(self._event_id) & EventMessage.status.in_(ARRIVED))
            .order_by(EventMessage.actual_send_time)
        )
        total, _ = self._introductions()
        gap = timedelta(seconds=1 / self._services.config.messages_per_second)
        run = MatchingRun.select(MatchingRun.covered).where(MatchingRun.event == self._event_id)
        return Outcome(
            event_id=self._event_id,
            pool=pool_counts(self._event_id),
            matches=EventPeerMatch.select().where(EventPeerMatch.event == self._event_id).count(),
            covered=run.order_by(MatchingRun.id.desc()).scalar() or 0,
            introductions=total,
            delivered=texts_of(self._event_id, self._services) - self._texts_before,
            failed=total - len(sent),
            first_late=sent[0].actual_send_time - sent[0].scheduled_time if sent else None,
            last_late=(
                sent[-1].actual_send_time - sent[-1].scheduled_time - gap * (len(sent) - 1)
                if sent
                else None
            ),
        )


def texts_of(event_id: int, services: LocalServices) -> int:
    """Return how many distinct texts of an event the simulator got."""
    url = f"{services.url}/simulator/summary.json?event_id={event_id}"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # loopback, http
        summary: dict[str, Any] = json.load(answer)
    return int(summary["texts"])


def _is_introduction_of(event_id: int) -> Any:
    return (EventMessage.event == event_id) & (
        EventMessage.message_type == MessageType.INTRODUCTION
    )


def _seconds(moment: datetime | None, now: datetime) -> int:
    return max(0, round((moment - now).total_seconds())) if moment else 0
