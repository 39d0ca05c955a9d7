"""Owns forgetting, a little at a time, what was kept longer than the settings say."""

import logging
from datetime import datetime, timedelta

from models import retention
from models.base import db

log = logging.getLogger(__name__)


def prune(*, now: datetime, days: int, limit: int = 500) -> int:
    """Forget raw payloads and single delivery reports that are older than this many days.

    At most `limit` of each, in a transaction each, so that nobody waits for it: call it again
    until it returns 0. Texts, matches, runs and the audit log stay.
    """
    before = now - timedelta(days=days)
    with db.atomic():
        payloads = retention.forget_payloads(before=before, limit=limit)
    with db.atomic():
        reports = retention.forget_reports(before=before, limit=limit)
    if payloads or reports:
        log.info("old payloads pruned", extra={"payloads": payloads, "reports": reports})
    return payloads + reports
