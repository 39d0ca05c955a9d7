"""Owns forgetting people whose last event is longer ago than the settings say."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

import dramatiq

from actors.broker import ORCHESTRATION_QUEUE, broker
from actors.people import erasing
from actors.people.erasing import Note, NotNowError
from actors.runtime import current
from models import audit_log, clock, retention
from models.erasure import Erased

AT_ONCE = 50

log = logging.getLogger(__name__)


def erase_outdated(*, now: datetime, days: int, limit: int = AT_ONCE) -> int:
    """Erase people who were at no event for so many days, each in a transaction; return how many.

    Nor may they have been added, texted or heard of since. Whoever can not be erased now is left
    for another time.
    """
    erased = 0
    for person_id in retention.outdated_people(before=now - timedelta(days=days), limit=limit):
        try:
            erasing.erase(person_id, now=now, note=_noting(person_id, now, days))
            erased += 1
        except NotNowError as error:
            fields = {"contractor_id": person_id, "reason": str(error)}
            log.warning("a person is kept for longer than planned", extra=fields)
    return erased


def _noting(person_id: int, now: datetime, days: int) -> Note:
    def note(done: Erased) -> None:
        audit_log.record(
            "contractors.erased",
            now=now,
            actor="system",
            subject_type="contractors",
            subject_id=person_id,
            detail={**asdict(done), "person_retention_days": days},
        )

    return note


@dramatiq.actor(
    broker=broker,
    queue_name=ORCHESTRATION_QUEUE,
    max_retries=0,
    max_age=600_000,
    time_limit=600_000,
)
def erase_old_people() -> None:
    """Erase a few; the planner asks again while the settings want it."""
    days = current().config.person_retention_days
    if days is not None:
        erase_outdated(now=clock.now(), days=days)
