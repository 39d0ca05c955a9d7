"""Owns forgetting, a little at a time, what was kept longer than the settings say."""

import logging
from datetime import datetime, timedelta

from actors.people.person_retention import erase_old_people
from models import import_job, retention
from models.base import db

WHILE_THERE_IS_SOME = timedelta(minutes=1)
ONCE_THERE_IS_NONE = timedelta(hours=1)
UPLOADS_WAIT = timedelta(days=1)
PEOPLE_EVERY = timedelta(minutes=10)

log = logging.getLogger(__name__)


def prune(*, now: datetime, days: int, limit: int = 500) -> int:
    """Forget raw payloads and single delivery reports that are older than this many days.

    At most `limit` of each, in a transaction each, so that nobody waits for it: call it again
    until it returns 0. Texts, matches, runs and the audit log stay. Uploaded files that nobody
    imported go after a day, rows that imports left out with the payloads.
    """
    before = now - timedelta(days=days)
    with db.atomic():
        payloads = retention.forget_payloads(before=before, limit=limit)
    with db.atomic():
        reports = retention.forget_reports(before=before, limit=limit)
    with db.atomic():
        files = import_job.forget_files(before=now - UPLOADS_WAIT)
        files += import_job.forget_refused(before=before)
    if payloads or reports or files:
        counts = {"payloads": payloads, "reports": reports, "files": files}
        log.info("old payloads pruned", extra=counts)
    return payloads + reports + files


class Retention:
    """Prunes as the planner looks: each minute while there is something, then each hour.

    Where the settings want it, people whose last event is long ago are erased by a worker, since
    each takes its time: it is asked every ten minutes.
    """

    def __init__(self, days: int, people_days: int | None = None) -> None:
        self._days = days
        self._people_days = people_days
        self._next: datetime | None = None
        self._people_next: datetime | None = None

    def look(self, now: datetime) -> None:
        """Prune a little, if it is time."""
        if self._next is None or now >= self._next:
            pruned = prune(now=now, days=self._days)
            self._next = now + (WHILE_THERE_IS_SOME if pruned else ONCE_THERE_IS_NONE)
        is_time = self._people_next is None or now >= self._people_next
        if self._people_days is not None and is_time:
            self._people_next = now + PEOPLE_EVERY
            erase_old_people.send()
