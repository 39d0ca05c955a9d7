"""Owns what is forgotten: what providers sent us word for word, never the texts; old deeds.

None of these opens a transaction; the caller does.
"""

from datetime import datetime
from typing import Any

from peewee import Expression

from models.audit_log import AuditLog
from models.base import db
from models.message import EventMessage

# A trigger keeps what is younger, whatever anybody says.
AUDIT_KEPT_DAYS = 90


def forget_payloads(*, before: datetime, limit: int) -> int:
    """Drop the raw form of the oldest replies from before then; return of how many."""
    has_payload = EventMessage.raw_payload.is_null(False)
    return _forget(has_payload, before, limit, raw_payload=None)


def forget_reports(*, before: datetime, limit: int) -> int:
    """Drop the single delivery reports of the oldest texts; what they came to stays."""
    reports = EventMessage.delivery_report["reports"]
    return _forget(reports.is_null(False), before, limit, delivery_report=reports.remove())


# What was heard or said since counts too: a text, or that somebody added them.
_OUTDATED = """
    SELECT c.id FROM contractors c
    WHERE c.erased_at IS NULL AND c.created_at < %(before)s
        AND NOT EXISTS (
            SELECT FROM event_attendees a JOIN events e ON e.id = a.event_id
            WHERE a.contractor_id = c.id AND e.date >= (%(before)s AT TIME ZONE 'UTC')::date)
        AND NOT EXISTS (
            SELECT FROM event_messages t
            WHERE t.contractor_id = c.id AND t.created_at >= %(before)s)
        AND (erasure_hash('mark') IS NOT NULL OR NOT EXISTS (
            SELECT FROM sms_opt_outs o WHERE o.phone = c.phone AND o.lifted_at IS NULL))
    ORDER BY c.id LIMIT %(limit)s
"""


def outdated_people(*, before: datetime, limit: int) -> list[int]:
    """Return people who have been at no event since then, nor texted, nor added; lowest id first.

    Without a key for it, not those whose opt-out has to be kept.
    """
    rows = db.execute_sql(_OUTDATED, {"before": before, "limit": limit}).fetchall()
    return [row[0] for row in rows]


def forget_audit_lines(*, before: datetime, limit: int) -> int:
    """Drop the oldest lines of the audit log from before then; return how many.

    The only way there is: a trigger refuses everything else, and this, too, for younger lines.
    """
    oldest = AuditLog.select(AuditLog.id).where(AuditLog.happened_at < before)
    oldest = oldest.order_by(AuditLog.happened_at).limit(limit)
    db.execute_sql("SET LOCAL peer_matching.forgetting = 'audit_log'")
    forgotten: int = AuditLog.delete().where(AuditLog.id.in_(oldest)).execute()
    db.execute_sql("SET LOCAL peer_matching.forgetting = ''")
    return forgotten


def _forget(wanted: Expression, before: datetime, limit: int, **columns: Any) -> int:
    # A row that somebody works on is left for the next time.
    oldest = (
        EventMessage.select(EventMessage.id)
        .where(wanted & (EventMessage.created_at < before))
        .order_by(EventMessage.created_at)
        .limit(limit)
        .for_update(skip_locked=True)
    )
    ids = [row.id for row in oldest]
    if not ids:
        return 0
    forgotten: int = EventMessage.update(**columns).where(EventMessage.id.in_(ids)).execute()
    return forgotten
