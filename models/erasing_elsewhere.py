"""Owns finding a person in what other people, organisers and programs wrote, and rewriting it.

None of these opens a transaction; the caller does.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from peewee import CharField, Expression, Field, JSONField, TextField, fn

from models.admin_user import AdminUser
from models.audit_log import AuditLog
from models.base import Table
from models.contractor import Contractor
from models.contractor_import.text import ImportFileError, decode
from models.event import EventSpeaker
from models.import_job import ImportJob, JobStatus
from models.message import EventMessage
from models.people import Around
from models.redaction import Redactor
from models.tables import ALL_TABLES

# Accounts, speakers and other contractors are records of their own; the audit log holds ids and
# counts, and only grows.
_LEFT_ALONE = (Contractor, AdminUser, EventSpeaker, AuditLog)
_CELL_ENDS = re.compile(r'[",;|\t]+')
_OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)


class ImportUnderWayError(Exception):
    """A file that names the person is being imported, so they would come back; wait for its end."""


def texts_naming(redactor: Redactor, *, after: int = 0) -> tuple[int, set[int]]:
    """Return the last text's id, and which texts after one surely name the person."""
    last: int = EventMessage.select(fn.coalesce(fn.MAX(EventMessage.id), 0)).scalar()
    return last, set(_ids(EventMessage, redactor.pattern, EventMessage.id > after))


def texts_of_peers(close: Redactor, near: Around) -> set[int]:
    """Return which texts of people who know the person name them."""
    theirs = EventMessage.contractor.in_(near.peers) & EventMessage.event.in_(near.events)
    return set(_ids(EventMessage, close.pattern, theirs)) if near.peers else set()


def rewrite_texts(ids: Collection[int], redactor: Redactor) -> int:
    """Take the person out of texts that are locked; return how many named them."""
    return _rewrite(EventMessage, ids, redactor)


def rewrite_rest(redactor: Redactor) -> int:
    """Take the person out of every other table; return how many rows named them."""
    if not redactor.pattern:
        return 0
    return sum(
        _rewrite(table, _ids(table, redactor.pattern, None), redactor)
        for table in ALL_TABLES
        if table not in (*_LEFT_ALONE, EventMessage)
    )


def forget_files(redactor: Redactor) -> int:
    """Forget uploaded files that name the person and are not being imported; return how many.

    Raises
    ------
    ImportUnderWayError
        When such a file is being imported.
    """
    forgotten = 0
    for job in ImportJob.select().where(ImportJob.data.is_null(False)).order_by(ImportJob.id):
        if not redactor.finds(_text_of(bytes(job.data))):
            continue
        # Locked, unless a worker has it: then it is not ours to change.
        is_free = (ImportJob.id == job.id) & ImportJob.status.not_in(_OPEN)
        if job.status == JobStatus.UPLOADED:
            changed = ImportJob.delete().where(is_free).execute()
        else:
            changed = ImportJob.update(data=None).where(is_free).execute()
        if not changed:
            raise ImportUnderWayError
        forgotten += 1
    return forgotten


def forget_refused_rows(redactor: Redactor) -> int:
    """Forget rows that imports left out and that name the person; return how many."""
    forgotten = 0
    for job in ImportJob.select(ImportJob.id, ImportJob.refused).where(
        ImportJob.refused.is_null(False)
    ):
        if not isinstance(job.refused, dict):
            continue
        rows = job.refused.get("rows", [])
        kept = [row for row in rows if not _names(redactor, row)]
        if len(kept) < len(rows):
            refused = {**job.refused, "rows": kept}
            ImportJob.update(refused=refused).where(ImportJob.id == job.id).execute()
            forgotten += len(rows) - len(kept)
    return forgotten


def refused_rows(redactor: Redactor) -> Iterator[dict[str, Any]]:
    """Yield the rows that imports left out and that name the person, with their headings."""
    for job in ImportJob.select(ImportJob.file_name, ImportJob.refused).where(
        ImportJob.refused.is_null(False)
    ):
        if isinstance(job.refused, dict):
            headings = job.refused.get("headings", [])
            for row in job.refused.get("rows", []):
                if _names(redactor, row):
                    yield {"file": job.file_name, **dict(zip(headings, row[1:], strict=False))}


def _words(table: type[Table]) -> list[Field]:
    return [
        field
        for field in table._meta.sorted_fields
        if isinstance(field, CharField | TextField | JSONField) and not field.primary_key
    ]


def _ids(table: type[Table], pattern: str, among: Expression | None) -> list[Any]:
    """Return the keys of the rows in which a pattern is found anywhere."""
    if not pattern:
        return []
    key = table._meta.primary_key
    together = fn.concat_ws("\n", *(field.cast("text") for field in _words(table)))
    found = together.iregexp(pattern)
    query = table.select(key).where(found if among is None else among & found)
    return [row[0] for row in query.tuples()]


def _rewrite(table: type[Table], ids: Collection[Any], redactor: Redactor) -> int:
    if not ids:
        return 0
    key, fields = table._meta.primary_key, _words(table)
    changed = 0
    for row in table.select(key, *fields).where(key.in_(list(ids))).order_by(key):
        cleaned = {
            field.name: redactor.cleaned(getattr(row, field.name))
            for field in fields
            if redactor.finds(getattr(row, field.name))
        }
        if cleaned:
            table.update(**cleaned).where(key == row.get_id()).execute()
            changed += 1
    return changed


def _names(redactor: Redactor, row: list[Any]) -> bool:
    # First and last name stand in cells of their own.
    return redactor.finds(" ".join(map(str, row[1:])))


def _text_of(data: bytes) -> str:
    try:
        text = decode(data)
    except ImportFileError:
        text = data.decode("latin-1")
    return _CELL_ENDS.sub(" ", text)
