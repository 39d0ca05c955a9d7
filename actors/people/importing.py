"""Owns carrying out an import that somebody confirmed: part by part, from where it stopped."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import dramatiq

from actors.broker import ORCHESTRATION_QUEUE, broker
from actors.planning.wake_ups import send_at
from actors.process import stopping
from actors.process.insisting import insist
from models import audit_log, clock, contractor_import, import_claim, import_job
from models.base import db
from models.config import Config
from models.contractor_import import ImportReport, ParsedFile, Sheet, file_notes
from models.import_job import ImportJob
from models.readiness import DATABASE_LOST

LEASE = timedelta(seconds=60)
# Small enough that the event's door, whose row a part holds, does not notice.
ROWS_AT_ONCE = 200
IMPORTS_AT_ONCE = 10

log = logging.getLogger(__name__)


def run_import(job_id: int, *, now: Callable[[], datetime]) -> None:
    """Store what is not stored yet of a confirmed file; running twice stores nothing twice.

    A process that is told to stop gives the import back; of one that is killed, another worker
    takes it over once the lease has ended.

    Parameters
    ----------
    now : callable
        The database's clock, read for each part.
    """
    with db.atomic():
        job = import_claim.claim(job_id, now=now(), lease=LEASE)
    if job is None:
        return
    try:
        if not _store(job, now=now):
            insist(lambda: _note(import_claim.give_back(job, now=now())))
    except DATABASE_LOST:
        insist(lambda: _note(import_claim.give_back(job, now=now())))
    except Exception as error:
        log.exception("an import failed", extra={"import_id": job_id})
        reason = type(error).__name__
        insist(lambda: _note(import_claim.fail(job, reason, now=now())))


def _note(is_ours: bool) -> None:
    if not is_ours:
        log.warning("an import was taken away meanwhile")


def _store(job: ImportJob, *, now: Callable[[], datetime]) -> bool:
    """Store the rest of the file; False when this process has to leave it."""
    sheet = contractor_import.read_sheet(bytes(job.data), has_header=job.has_header)
    parsed = contractor_import.parse(sheet, job.columns)
    lines = {person: line for line, _, person in import_job.details_of(job.id)["outcomes"]}
    rest = [row for row in parsed.rows if row.line > job.done_line]
    for start in range(0, len(rest), ROWS_AT_ONCE):
        if stopping.is_stopping():
            return False
        part = rest[start : start + ROWS_AT_ONCE]
        at = now()
        with db.atomic():
            ours = import_claim.lock_ours(job)
            if ours is None:
                return False
            report = contractor_import.store_part(part, ours.terms, lines=lines, now=at)
            import_claim.advance(
                ours, report, rows=len(part), line=part[-1].line, now=at, lease=LEASE
            )
        lines |= {each.contractor_id: each.line for each in report.outcomes}
    return _finish(job, sheet, parsed, now())


def _finish(job: ImportJob, sheet: Sheet, parsed: ParsedFile, at: datetime) -> bool:
    with db.atomic():
        ours = import_claim.lock_ours(job)
        if ours is None:
            return False
        file = ImportReport(
            skipped=len(parsed.problems),
            problems=parsed.problems,
            notes=[*parsed.notes, *file_notes(parsed, ours.terms)],
        )
        lines = {problem.line for problem in parsed.problems}
        lines |= {line for line, _, _ in import_job.details_of(job.id)["problems"]}
        refused = {
            "headings": sheet.headings,
            "rows": [
                [record.line, *record.cells] for record in sheet.records if record.line in lines
            ],
        }
        counts = import_claim.finish(ours, file, refused, now=at)
        audit_log.record(
            "contractor_imports.finished",
            now=at,
            actor=ours.actor,
            admin_user_id=ours.admin_user_id,
            subject_type="contractor_imports",
            subject_id=ours.id,
            detail={**counts, "event": ours.event_id},
        )
    log.info("import completed", extra={"import_id": job.id, **counts})
    return True


@dramatiq.actor(
    broker=broker,
    queue_name=ORCHESTRATION_QUEUE,
    max_retries=0,
    max_age=3_600_000,
    time_limit=900_000,
)
def run_contractor_import(job_id: int) -> None:
    """Wake one import up; its row decides whether anything is done."""
    run_import(job_id, now=clock.now)


def wake_imports(now: datetime, started: float, config: Config) -> None:
    """Send wake-ups for imports that wait, and for those whose worker has died.

    Raises
    ------
    RedisGoneError
        When Redis does not take them; they are sent again once they count as lost.
    """
    lost_after = timedelta(seconds=config.rescue_after_seconds)
    with db.atomic():
        due = import_claim.lock_due(now=now, lost_after=lost_after, limit=IMPORTS_AT_ONCE)
    for job_id in due:
        send_at(run_contractor_import, (job_id,), now, now, started)
