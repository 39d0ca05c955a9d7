"""Owns noticing that the database is a restored copy, before anything leaves from it."""

import logging
from dataclasses import asdict
from datetime import datetime

from models import audit_log, restored, service_state
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
