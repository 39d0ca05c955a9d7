"""Owns writing down in the audit log what somebody does in the admin: ids and counts only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import Model

from models import audit_log
from web.auth import current_actor


def record_change(row: Model, kind: str, columns: set[str], *, now: datetime) -> None:
    """Write one line of the audit log: which record, which columns, by whom; no values."""
    detail = {"columns": sorted(columns - {"updated_at"})} if columns else {}
    record_deed(row, kind, detail, now=now)


def record_deed(row: Model, deed: str, detail: dict[str, Any], *, now: datetime) -> None:
    """Write one line of the audit log: who did what to which record; ids and counts only."""
    table = row._meta.table_name
    record_by_name(f"{table}.{deed}", detail, subject=table, subject_id=row.id, now=now)


def record_by_name(
    action: str, detail: dict[str, Any], *, subject: str, subject_id: int | None, now: datetime
) -> None:
    """Write one line of the audit log, by whoever makes this request; ids and counts only."""
    actor = current_actor()
    audit_log.record(
        action,
        now=now,
        actor=actor.name,
        admin_user_id=actor.admin_user_id,
        subject_type=subject,
        subject_id=subject_id,
        detail=detail,
    )


def record_deeds(
    model: type[Model], ids: Iterable[int], deed: str, detail: dict[str, Any], *, now: datetime
) -> None:
    """Write one line of the audit log for each of the records; ids and counts only."""
    actor = current_actor()
    table = model._meta.table_name
    audit_log.record_all(
        f"{table}.{deed}",
        now=now,
        actor=actor.name,
        admin_user_id=actor.admin_user_id,
        subject_type=table,
        subject_ids=ids,
        detail=detail,
    )
