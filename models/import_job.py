"""Owns imports made in the browser: the uploaded file, what is to be done with it, how far it is.

None of the functions opens a transaction; the caller does.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    TextField,
)

from models.admin_user import AdminUser
from models.base import Table, UtcDateTimeField, default, one_of
from models.contractor_import import Terms, source_of
from models.event import Event


class JobStatus(StrEnum):
    """`uploaded` waits for a person, `queued` for a worker; `failed` can be taken up again."""

    UPLOADED = "uploaded"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImportJob(Table):
    """One uploaded file.

    `data` is the file, until it is imported; `columns` what each of its columns holds. All good
    rows up to `done_line` are stored. `refused` holds the rows that were left out, as they stood in
    the file.
    """

    status = CharField(default=JobStatus.UPLOADED, constraints=default("'uploaded'"))
    admin_user = ForeignKeyField(AdminUser, null=True, on_delete="SET NULL", index=False)
    actor = CharField()
    file_name = CharField()
    size_bytes = IntegerField()
    data = BlobField(null=True)
    has_header = BooleanField(null=True)
    columns = JSONField(default=list, constraints=default("'[]'"))
    event = ForeignKeyField(Event, null=True, on_delete="RESTRICT")
    check_in = BooleanField(default=False, constraints=default("false"))
    consent_place = CharField(default="", constraints=default("''"))
    rows = IntegerField(default=0, constraints=default("0"))
    done_rows = IntegerField(default=0, constraints=default("0"))
    done_line = IntegerField(default=0, constraints=default("0"))
    counts = JSONField(default=dict, constraints=default("'{}'"))
    refused = JSONField(null=True)
    tries = IntegerField(default=0, constraints=default("0"))
    token = CharField(null=True)
    lease_until = UtcDateTimeField(null=True)
    wake_sent_at = UtcDateTimeField(null=True)
    error = TextField(null=True)
    queued_at = UtcDateTimeField(null=True)
    finished_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "contractor_imports"
        constraints = [one_of("status", JobStatus)]

    @property
    def terms(self) -> Terms:
        """What it does at its event; without the place of consent nobody is opted in."""
        place = self.consent_place.strip()
        source = source_of(self.file_name, place) if place else None
        return Terms(self.event_id, bool(self.check_in), source)


class ImportPart(Table):
    """What became of the rows up to `line` that a part before has not stored; 0: of the file.

    `details` lists problems and notes as (line, heading, reason), and outcomes.
    """

    job = ForeignKeyField(ImportJob, backref="parts", on_delete="CASCADE", index=False)
    line = IntegerField()
    details = JSONField()

    class Meta:
        table_name = "contractor_import_parts"
        indexes = ((("job", "line"), True),)


ImportJob.add_index(
    ImportJob.index(
        ImportJob.status,
        name="contractor_imports_open",
        where=ImportJob.status.in_(("queued", "running")),
    )
)
SMALL = [field for name, field in ImportJob._meta.fields.items() if name not in ("data", "refused")]


def add(
    file_name: str,
    data: bytes,
    *,
    actor: str,
    admin_user_id: int | None,
    now: datetime,
    **columns: Any,
) -> int:
    """Keep an uploaded file until it is imported or forgotten; return its id."""
    key: int = ImportJob.insert(
        file_name=file_name, data=data, size_bytes=len(data), actor=actor,
        admin_user=admin_user_id, created_at=now, updated_at=now, **columns,
    ).execute()  # fmt: skip
    return key


def kept_bytes() -> int:
    """Return how much the files that are kept take up."""
    kept = ImportJob.select(ImportJob.size_bytes).where(ImportJob.data.is_null(False))
    return sum(row.size_bytes for row in kept)


def recent(limit: int) -> list[ImportJob]:
    """Return the last imports without their files and lists, the newest first."""
    return list(
        ImportJob.select(*SMALL, Event)
        .left_outer_join(Event)
        .order_by(ImportJob.id.desc())
        .limit(limit)
    )


def glance(job_id: int) -> ImportJob | None:
    """Return an import without its file and lists, for pages that ask again and again."""
    found: ImportJob | None = ImportJob.select(*SMALL).where(ImportJob.id == job_id).get_or_none()
    return found


def details_of(job_id: int) -> dict[str, list[Any]]:
    """Return all problems, notes and outcomes that an import has noted, each by line."""
    found: dict[str, list[Any]] = {"problems": [], "notes": [], "outcomes": []}
    for part in ImportPart.select().where(ImportPart.job == job_id).order_by(ImportPart.line):
        for name, listed in part.details.items():
            found[name] += listed
    return {name: sorted(listed) for name, listed in found.items()}


def change(job: ImportJob, *, now: datetime, **columns: Any) -> bool:
    """Say differently what is to be done with an uploaded file; False once it was begun."""
    return move(job.id, (JobStatus.UPLOADED,), now, **columns)


def discard(job_id: int) -> bool:
    """Forget an uploaded file of which nothing was imported; False once it was begun."""
    is_waiting = (ImportJob.id == job_id) & (ImportJob.status == JobStatus.UPLOADED)
    return bool(ImportJob.delete().where(is_waiting).execute())


def forget_files(*, before: datetime) -> int:
    """Delete files that nobody imported, and let go of those whose import failed, by then."""
    is_old = ImportJob.updated_at < before
    waiting = ImportJob.delete().where((ImportJob.status == JobStatus.UPLOADED) & is_old).execute()
    failed = (
        ImportJob.update(data=None)
        .where((ImportJob.status == JobStatus.FAILED) & ImportJob.data.is_null(False) & is_old)
        .execute()
    )
    return int(waiting + failed)


def forget_refused(*, before: datetime) -> int:
    """Let go of the rows that old imports left out; the counts and reasons stay."""
    return int(
        ImportJob.update(refused=None)
        .where(ImportJob.refused.is_null(False) & (ImportJob.updated_at < before))
        .execute()
    )


def move(
    job_id: int, of: tuple[JobStatus, ...], now: datetime, *conditions: Any, **columns: Any
) -> bool:
    """Change an import that has one of these statuses; False when it has none."""
    is_wanted = (ImportJob.id == job_id) & ImportJob.status.in_(of)
    for condition in conditions:
        is_wanted &= condition
    return bool(ImportJob.update(updated_at=now, **columns).where(is_wanted).execute())
