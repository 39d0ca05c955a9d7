"""Owns noticing that the database is a restored copy, before anything leaves from it."""

import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any

import dramatiq
from dramatiq.middleware import SkipMessage

from models import audit_log, clock, restored, service_state
from models.base import db
from models.config import Config
from models.restored import HeldBack

LOCK_KEY = 0x72657374  # "rest"
DATABASE = "database"

log = logging.getLogger(__name__)


def check(*, now: datetime, config: Config) -> HeldBack | None:
    """Hold everything back if this is another database than the one that was last worked on.

    Each worker asks before its first deed, and the planner before its first look. The first
    one of all notes which database it is; twice is the same as once.
    """
    with db.atomic():
        db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK_KEY,))
        known, here = service_state.read(DATABASE), restored.identity()
        if known is not None and known.detail.get("identity") == here:
            return None
        held = _hold_back(now, config) if known is not None else None
        service_state.report(DATABASE, service_state.UP, now=now, identity=here)
    _tell(held)
    return held


def hold_back(*, now: datetime, config: Config) -> HeldBack:
    """Hold everything back whatever database it is, since somebody says that it was restored."""
    with db.atomic():
        db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK_KEY,))
        held = _hold_back(now, config)
        service_state.report(DATABASE, service_state.UP, now=now, identity=restored.identity())
    _tell(held)
    return held


def _hold_back(now: datetime, config: Config) -> HeldBack:
    held = restored.hold_back(now=now, config=config)
    restored.stop_runs(now=now)
    audit_log.record("database.restored", now=now, actor="system", detail=asdict(held))
    return held


def _tell(held: HeldBack | None) -> None:
    if held is not None:
        log.error("a restored database: everything is held back", extra=asdict(held))


class NothingFromACopy(dramatiq.Middleware):
    """Asks before a process's first message whether the database is a restored copy.

    A wake-up of before may still be in Redis, and would text people once more. Without an answer
    the message is passed over; the planner finds its row again.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._is_known = False

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Ask once; the connection is open by now."""
        if self._is_known:
            return
        try:
            check(now=clock.now(), config=self._config)
        except Exception as error:
            log.warning("cannot tell which database this is", extra={"error": type(error).__name__})
            raise SkipMessage from error
        self._is_known = True
