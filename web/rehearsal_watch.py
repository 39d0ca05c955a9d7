"""Owns watching the rehearsal: says what happens as it happens, then counts what arrived."""

import json
import time
import urllib.request
from datetime import datetime, timedelta
from typing import Any

import click

from models import clock
from models.base import db
from models.eligibility import pool_counts
from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import (
    ARRIVED,
    KEPT_BY_A_PERSON,
    UNDER_WAY,
    MessageStatus,
    MessageType,
)
from models.peer_match import EventPeerMatch
from web.local import LocalError, LocalServices
from web.rehearsal_event import RehearsalEvent
from web.rehearsal_outcome import Outcome

PATIENCE = timedelta(minutes=3)
LOOK_EVERY_SECONDS = 0.5
A_MINUTE = 60
BROKEN = (MatchingStatus.FAILED, MatchingStatus.MISSED)


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
        self._due: datetime | None = None
        self._seen: tuple[object, ...] = ()
        self._since: datetime | None = None

    def until_introductions_are_out(self) -> Outcome:
        """Look twice a second until they are, or nothing new has come for three minutes.

        Raises
        ------
        LocalError
            When the processes end before that.
        """
        while not self._services.has_ended():
            with db.connection_context():
                now = clock.now()
                is_over = self.look(now)
                if is_over or self.is_in_vain(now):
                    return self._count(is_final=is_over)
            time.sleep(LOOK_EVERY_SECONDS)
        raise LocalError("The web or worker process ended before the introductions were out.")

    def look(self, now: datetime) -> bool:
        """Say what is new; True once no introduction is to come. Needs a connection."""
        event = Event.get_by_id(self._event_id)
        total, waiting = self._introductions()
        self._note(event, waiting, now)
        if event.cancelled_at is not None or event.matching_status in BROKEN:
            self._say(event.matching_status_reason or "The event was cancelled.")
            return waiting == 0
        if event.matching_at is None:
            self._say("Nothing is matched: the agenda has no lunch.")
            return False
        if event.matching_status != MatchingStatus.COMPLETED:
            self._count_down("Matching in", event.matching_at, now)
            return False
        if event.introductions_at is not None and now < event.introductions_at and not total:
            self._say("Matched: nobody has a partner so far")
            return False
        self._say_what_leaves(event, total, waiting, now)
        return waiting == 0

    def is_in_vain(self, now: datetime) -> bool:
        """Whether nothing is to be expected any more of what `look` has seen; says so."""
        if now <= max(self._since or now, self._due or now) + PATIENCE:
            return False
        self._say("Nothing new for three minutes, so this is followed no further.")
        return True

    def _say_what_leaves(self, event: Event, total: int, waiting: int, now: datetime) -> None:
        if kept := self._kept():
            self._say(f"Kept back at the desk: {kept} of {total} introductions")
        elif event.is_paused and waiting:
            self._say(f"Paused: {waiting} introductions wait until somebody resumes at the desk")
        elif waiting == total and event.introductions_at and now < event.introductions_at:
            words = f"Matched: {total} introductions leave in"
            self._count_down(words, event.introductions_at, now)
        elif total:
            self._say(f"Sent {total - waiting} of {total} introductions")

    def _note(self, event: Event, waiting: int, now: datetime) -> None:
        """Remember since when nothing has changed, and say when it was moved."""
        due = event.introductions_at
        if self._due is not None and due is not None and due != self._due:
            self._say(f"Introductions were moved: they leave in {_seconds(due, now)} s")
        self._due = due or self._due
        # Those who are waited for at the desk may take their time.
        seen = (event.matching_at, due, event.matching_status, waiting)
        if seen != self._seen or event.is_paused or self._kept():
            self._seen, self._since = seen, now

    def _count_down(self, words: str, until: datetime, now: datetime) -> None:
        """Print how long it takes every minute, and every five seconds of the last one."""
        left = _seconds(until, now)
        if left % (5 if left <= A_MINUTE else A_MINUTE) == 0:
            self._say(f"{words} {left} s")

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            click.echo(text)

    def _introductions(self) -> tuple[int, int]:
        mine = EventMessage.select().where(_is_introduction_of(self._event_id))
        waiting = mine.where(EventMessage.status.in_(UNDER_WAY)).count()
        return mine.count(), waiting + self._kept()

    def _kept(self) -> int:
        """Count the introductions that a person keeps back."""
        kept: int = (
            EventMessage.select()
            .where(
                _is_introduction_of(self._event_id)
                & (EventMessage.status == MessageStatus.HELD)
                & EventMessage.held_because.in_(KEPT_BY_A_PERSON)
            )
            .count()
        )
        return kept

    def _count(self, *, is_final: bool) -> Outcome:
        sent = list(
            EventMessage.select(EventMessage.scheduled_time, EventMessage.actual_send_time)
            .where(_is_introduction_of(self._event_id) & EventMessage.status.in_(ARRIVED))
            .order_by(EventMessage.actual_send_time)
        )
        total, waiting = self._introductions()
        gap = timedelta(seconds=1 / self._services.config.messages_per_second)
        run = MatchingRun.select(MatchingRun.covered).where(MatchingRun.event == self._event_id)
        return Outcome(
            event_id=self._event_id,
            pool=pool_counts(self._event_id),
            matches=EventPeerMatch.select().where(EventPeerMatch.event == self._event_id).count(),
            covered=run.order_by(MatchingRun.id.desc()).scalar() or 0,
            introductions=total,
            delivered=texts_of(self._event_id, self._services) - self._texts_before,
            failed=total - waiting - len(sent),
            waiting=waiting,
            is_final=is_final,
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
