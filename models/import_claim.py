"""Owns how an import gets from a person's yes to its end, whichever worker dies meanwhile.

A part of the rows and how far it is are stored in one transaction, so no part is stored twice. None
of the functions opens a transaction; the caller does.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from models.contractor_import import ImportReport, RowProblem
from models.import_job import SMALL, ImportJob, ImportPart, JobStatus, move

# A part that is stored starts the count anew, so this many in a row come to nothing.
MOST_TRIES = 5
COUNTS = (
    "created", "updated", "unchanged", "skipped", "registered", "checked_in", "opted_in",
    "withdrawn",
)  # fmt: skip


def queue(
    job: ImportJob, *, rows: int, actor: str, admin_user_id: int | None, now: datetime
) -> bool:
    """Give an uploaded file to the workers; False when it changed since `job` was read."""
    queued = (
        ImportJob.update(
            status=JobStatus.QUEUED, rows=rows, actor=actor, admin_user=admin_user_id,
            queued_at=now, updated_at=now,
        )
        .where(
            (ImportJob.id == job.id)
            & (ImportJob.status == JobStatus.UPLOADED)
            & (ImportJob.updated_at == job.updated_at)
        )
        .execute()
    )  # fmt: skip
    return bool(queued)


def take_up_again(job_id: int, *, now: datetime) -> bool:
    """Give an import that failed to the workers again, from where it stopped."""
    return move(
        job_id, (JobStatus.FAILED,), now, ImportJob.data.is_null(False), status=JobStatus.QUEUED,
        tries=0, error=None, wake_sent_at=None, finished_at=None,
    )  # fmt: skip


def lock_due(*, now: datetime, lost_after: timedelta, limit: int) -> list[int]:
    """Return imports that need a wake-up, noted as sent; whose worker has died are among them."""
    is_dead = (ImportJob.status == JobStatus.RUNNING) & (ImportJob.lease_until < now)
    is_waiting = (ImportJob.status == JobStatus.QUEUED) & (
        ImportJob.wake_sent_at.is_null() | (ImportJob.wake_sent_at < now - lost_after)
    )
    due = list(
        ImportJob.select(ImportJob.id)
        .where(ImportJob.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)) & (is_dead | is_waiting))
        .order_by(ImportJob.id)
        .limit(limit)
        .for_update(skip_locked=True)
    )
    for job in due:
        ImportJob.update(status=JobStatus.QUEUED, token=None, wake_sent_at=now).where(
            ImportJob.id == job.id
        ).execute()
    return [job.id for job in due]


def claim(job_id: int, *, now: datetime, lease: timedelta) -> ImportJob | None:
    """Begin or go on with an import that waits; None when it does not, or was tried too often."""
    job: ImportJob | None = (
        ImportJob.select()
        .where((ImportJob.id == job_id) & (ImportJob.status == JobStatus.QUEUED))
        .for_update()
        .get_or_none()
    )
    if job is None:
        return None
    if job.tries >= MOST_TRIES:
        move(
            job_id, (JobStatus.QUEUED,), now, status=JobStatus.FAILED, finished_at=now,
            error=f"the workers stopped {MOST_TRIES} times in a row",
        )  # fmt: skip
        return None
    job.token = uuid4().hex
    move(
        job_id, (JobStatus.QUEUED,), now, status=JobStatus.RUNNING, token=job.token,
        tries=ImportJob.tries + 1, lease_until=now + lease,
    )  # fmt: skip
    return job


def lock_ours(job: ImportJob) -> ImportJob | None:
    """Lock an import that this worker is at; None when it was taken away meanwhile."""
    found: ImportJob | None = (
        ImportJob.select(*SMALL)
        .where(_is_ours(job))
        .for_update()
        .get_or_none()
    )  # fmt: skip
    return found


def advance(
    job: ImportJob, part: ImportReport, *, rows: int, line: int, now: datetime, lease: timedelta
) -> None:
    """Note on a locked import, in the transaction that stored a part, what became of it."""
    _note(job, part, line)
    move(
        job.id, (JobStatus.RUNNING,), now, counts=_sum(job, part), tries=0,
        done_rows=job.done_rows + rows, done_line=line, lease_until=now + lease,
    )  # fmt: skip


def finish(
    job: ImportJob, file: ImportReport, refused: dict[str, Any], *, now: datetime
) -> dict[str, int]:
    """Close a locked import and let go of its file; `file` holds what was wrong while reading."""
    _note(job, file, 0)
    counts = _sum(job, file)
    move(
        job.id, (JobStatus.RUNNING,), now, status=JobStatus.DONE, counts=counts, refused=refused,
        data=None, token=None, lease_until=None, finished_at=now,
    )  # fmt: skip
    return counts


def give_back(job: ImportJob, *, now: datetime) -> bool:
    """Let another worker go on with an import that this one has to leave."""
    columns = {"status": JobStatus.QUEUED, "token": None, "wake_sent_at": None}
    return move(job.id, (JobStatus.RUNNING,), now, ImportJob.token == job.token, **columns)


def fail(job: ImportJob, error: str, *, now: datetime) -> bool:
    """Stop an import that broke; what is stored stays, and it can be taken up again."""
    return move(
        job.id, (JobStatus.RUNNING,), now, ImportJob.token == job.token, status=JobStatus.FAILED,
        token=None, lease_until=None, error=error, finished_at=now,
    )  # fmt: skip


def stop(job_id: int, *, by: str, now: datetime) -> bool:
    """Stop an import that waits or runs; what is stored stays, and it can be taken up again.

    A worker that is at it ends with the part that it has begun, for which this waits. False when
    the import has ended.
    """
    return move(
        job_id, (JobStatus.QUEUED, JobStatus.RUNNING), now, status=JobStatus.FAILED, token=None,
        lease_until=None, error=f"{by} stopped it", finished_at=now,
    )  # fmt: skip


def _is_ours(job: ImportJob) -> Any:
    return (
        (ImportJob.id == job.id)
        & (ImportJob.status == JobStatus.RUNNING)
        & (ImportJob.token == job.token)
    )


def _sum(job: ImportJob, part: ImportReport) -> dict[str, int]:
    return {name: job.counts.get(name, 0) + getattr(part, name) for name in COUNTS}


def _note(job: ImportJob, part: ImportReport, line: int) -> None:
    details = {
        "problems": [_listed(problem) for problem in part.problems],
        "notes": [_listed(note) for note in part.notes],
        "outcomes": [list(outcome) for outcome in part.outcomes],
    }
    ImportPart.insert(job=job.id, line=line, details=details).execute()


def _listed(problem: RowProblem) -> list[Any]:
    return [problem.line, problem.heading, problem.reason]
