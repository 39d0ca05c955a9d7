"""Owns finding what was lost: texts and runs whose worker or wake-up is gone."""

import logging
from datetime import datetime, timedelta

from actors.recording import record_lost
from models import matching_claim, outbox
from models.base import db
from models.config import Config

LOST_AFTER = timedelta(seconds=20)
BATCH = 500

log = logging.getLogger(__name__)


def rescue(*, now: datetime, config: Config) -> None:
    """Put lost work back on the schedule, or hold it where nobody can know what happened."""
    with db.atomic():
        requeued = outbox.rescue_queued(now=now, lost_after=LOST_AFTER, limit=BATCH)
    with db.atomic():
        stuck = outbox.lock_expired_leases(now=now, limit=BATCH)
        for message in stuck:
            record_lost(message, now=now, config=config)
    with db.atomic():
        runs = matching_claim.lock_expired(now=now, limit=BATCH)
    for run in runs:
        with db.atomic():
            event = matching_claim.lock_event(run.event_id)
            if event is not None:
                matching_claim.give_back(event, run, "the worker that ran it stopped", now=now)
    if requeued or stuck or runs:
        counts = {"requeued": requeued, "stuck": len(stuck), "runs": len(runs)}
        log.warning("lost work was rescued", extra=counts)
