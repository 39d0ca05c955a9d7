"""Owns whether n8n is plainly down: five failures in a row stop the texts, a probe starts them.

What changes the state opens its own short transaction, in which nothing else is locked.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import InterfaceError, OperationalError

from actors.n8n.outcomes import Outcome, Verdict
from models import n8n_state
from models.base import db
from models.n8n_state import STREAK_THAT_OPENS, N8nState
from models.service_state import UP

__all__ = ["N8nState", "admits", "forget", "half_open", "note", "risk", "state", "take_probe"]

FAILURES = (Verdict.NOT_ACCEPTED, Verdict.UNKNOWN)
KEPT = timedelta(milliseconds=100)
# A success writes nothing while the last reading knows of no failure, so a streak counts once
# everybody has had the time to see it and to end it; or at once, when nothing works here anyway.
SEEN_BY_ALL = 2 * KEPT
NOTHING_WORKED = timedelta(seconds=1)

log = logging.getLogger(__name__)


@dataclass
class _Memory:
    """What this process read last and when, and when a text last went well here."""

    known: N8nState | None = None
    read_at: datetime | None = None
    worked_at: datetime | None = None


_memory = _Memory()


def state() -> N8nState:
    """Return what is known now."""
    return n8n_state.read()


def admits(now: datetime) -> bool:
    """Whether texts may go to n8n, by what this process knew within the last 100 ms."""
    return _recent(now).admits(now)


def note(outcome: Outcome, now: datetime) -> None:
    """Take in how one request to n8n ended; call it after the text's own transaction.

    A lost database is no reason to fail: the text is written down, and the next one tells too.
    """
    try:
        if outcome.verdict not in FAILURES:
            _note_success(now)
        elif outcome.too_many:
            _change(lambda it: it.refused(outcome.reason, outcome.retry_after_seconds, now), now)
        else:
            _change(lambda it: _failed(it, outcome.reason, now), now)
    except (OperationalError, InterfaceError) as error:
        log.warning("n8n's state is not kept", extra={"error_type": type(error).__name__})


def take_probe(now: datetime) -> bool:
    """Whether n8n is down and it is time to try it; only one caller is told so."""
    taken = False

    def move_on(known: N8nState) -> N8nState:
        nonlocal taken
        taken = known.is_down and (known.next_probe_at is None or now >= known.next_probe_at)
        return known.tried_at(now) if taken else known

    if state().is_down:
        _change(move_on, now)
    return taken


def risk(now: datetime) -> bool:
    """Whether a text may try n8n while it is down; only one is told so until the pause is over.

    Should it fail, the pause has doubled. A lost database says no.
    """
    may = False

    def move_on(known: N8nState) -> N8nState:
        nonlocal may
        may = known.may_be_tried(now)
        return known.risked_at(now) if may else known

    try:
        _change(move_on, now)
    except (OperationalError, InterfaceError) as error:
        log.warning("n8n is not tried", extra={"error_type": type(error).__name__})
        return False
    return may


def half_open(now: datetime) -> None:
    """Admit texts, since n8n does not refuse us and none tries it; the first failure ends that."""
    _change(lambda known: known.half_open() if known.may_be_tried(now) else known, now)


def forget() -> None:
    """Drop what this process remembers."""
    global _memory
    _memory = _Memory()


def _note_success(now: datetime) -> None:
    _memory.worked_at = now
    known = _recent(now)
    if known.state != UP or known.since is None:
        _change(lambda locked: locked.worked(now), now)


def _failed(known: N8nState, reason: str, now: datetime) -> N8nState:
    failed = known.failed(reason, now)
    if known.is_down or failed.since is None or failed.streak < STREAK_THAT_OPENS:
        return failed
    worked_at = _memory.worked_at
    works_here = worked_at is not None and now - worked_at <= NOTHING_WORKED
    if works_here and now - failed.since < SEEN_BY_ALL:
        return failed
    log.error("n8n is down", extra={"reason": reason})
    return failed.opened(now)


def _recent(now: datetime) -> N8nState:
    known, read_at = _memory.known, _memory.read_at
    if known is None or read_at is None or not read_at <= now < read_at + KEPT:
        known = _memory.known = state()
        _memory.read_at = now
    return known


def _change(move: Callable[[N8nState], N8nState], now: datetime) -> None:
    """Write what `move` makes of the state, one process at a time, and remember it."""
    with db.atomic():
        known = n8n_state.lock(now)
        wanted = move(known)
        if wanted != known:
            n8n_state.write(wanted, now=now)
    if known.is_down and not wanted.is_down:
        log.warning("n8n is back")
    _memory.known, _memory.read_at = wanted, now
