"""Owns the record of who changed what and when; rows are only ever added.

A trigger of migration 0008 refuses everything else, but for what models/retention.py forgets.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField, JSONField

from models.admin_user import AdminUser
from models.base import Table, UtcDateTimeField, default


class AuditLog(Table):
    happened_at = UtcDateTimeField(constraints=default("now()"), index=True)
    admin_user = ForeignKeyField(AdminUser, null=True, on_delete="SET NULL")
    actor = CharField()
    action = CharField()
    subject_type = CharField(null=True)
    subject_id = IntegerField(null=True)
    detail = JSONField(default=dict, constraints=default("'{}'"))

    class Meta:
        table_name = "audit_log"
        indexes = ((("subject_type", "subject_id"), False),)


def record(
    action: str,
    *,
    now: datetime,
    actor: str,
    admin_user_id: int | None = None,
    subject_type: str | None = None,
    subject_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one line; `detail` holds ids and counts, never phones or texts."""
    AuditLog.insert(
        happened_at=now,
        admin_user=admin_user_id,
        actor=actor,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        detail=detail or {},
    ).execute()


def record_all(
    action: str,
    *,
    now: datetime,
    actor: str,
    admin_user_id: int | None,
    subject_type: str,
    subject_ids: Iterable[int],
    detail: dict[str, Any],
) -> None:
    """Add one line for each record that one deed changed, in one statement."""
    lines = [
        {
            "happened_at": now,
            "admin_user": admin_user_id,
            "actor": actor,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "detail": detail,
        }
        for subject_id in subject_ids
    ]
    if lines:
        AuditLog.insert_many(lines).execute()
