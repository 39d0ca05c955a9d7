"""The audit log only grows: the database refuses to change a line, whoever asks."""

from datetime import datetime, timedelta

import pytest
from peewee import ProgrammingError

from models.audit_log import AuditLog, record
from models.base import db
from models.retention import AUDIT_KEPT_DAYS, forget_audit_lines
from tests.admin_site import make_admin

YOUNG, OLD = timedelta(days=AUDIT_KEPT_DAYS - 1), timedelta(days=AUDIT_KEPT_DAYS + 1)
ALLOWED = "SET LOCAL peer_matching.forgetting = 'audit_log'"


@pytest.fixture(autouse=True)
def _lines(now: datetime) -> None:
    user = make_admin(now)
    for age in (OLD, YOUNG):
        record("deed", now=now - age, actor="admin@example.com", admin_user_id=user.id)


@pytest.mark.parametrize("is_forgetting", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'somebody else'",
        "UPDATE audit_log SET happened_at = now() - interval '1 year'",
        "DELETE FROM audit_log WHERE happened_at > now() - interval '90 days'",
        "TRUNCATE audit_log",
        "DELETE FROM admin_users",
        "INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (id) DO UPDATE SET actor = 'x'",
    ],
)
def test_no_statement_changes_or_empties_it(statement: str, is_forgetting: bool) -> None:
    before = list(AuditLog.select().order_by(AuditLog.id).dicts())
    if is_forgetting:
        statement = f"{ALLOWED}; {statement}"
    with pytest.raises(ProgrammingError, match="the audit log only grows"), db.atomic():
        db.execute_sql(statement)
    assert list(AuditLog.select().order_by(AuditLog.id).dicts()) == before


def test_forgetting_reaches_old_lines_alone_and_ends_with_its_deed(now: datetime) -> None:
    assert forget_audit_lines(before=now - OLD + timedelta(hours=1), limit=10) == 1
    assert AuditLog.select().count() == 1
    with pytest.raises(ProgrammingError, match="the audit log only grows"), db.atomic():
        forget_audit_lines(before=now, limit=10)
    old = AuditLog.insert(actor="a", action="deed", happened_at=now - OLD).execute()
    with pytest.raises(ProgrammingError, match="the audit log only grows"), db.atomic():
        AuditLog.delete().where(AuditLog.id == old).execute()


def test_forgetting_takes_so_many_at_once_the_oldest_first(now: datetime) -> None:
    record("older", now=now - OLD - timedelta(days=1), actor="a")
    assert forget_audit_lines(before=now - OLD + timedelta(hours=1), limit=1) == 1
    assert "older" not in {row.action for row in AuditLog.select()}
