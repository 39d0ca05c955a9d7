"""Owns the command that forgets the oldest lines of the audit log, which nothing else can."""

from datetime import timedelta

import click
from flask.cli import with_appcontext

from models import audit_log, retention
from models.base import db
from web.cli_session import session

AT_ONCE = 1000


@click.command("prune-audit-log")
@click.option(
    "--older-than-days", type=click.IntRange(min=retention.AUDIT_KEPT_DAYS), required=True
)
@with_appcontext
def prune_audit_log(older_than_days: int) -> None:
    """Forget what was done before so many days, at least 90; that it was forgotten is written."""
    with session() as now:
        before = now - timedelta(days=older_than_days)
        forgotten = 0
        while True:
            with db.atomic():
                lines = retention.forget_audit_lines(before=before, limit=AT_ONCE)
                if lines:
                    detail = {"lines": lines, "older_than_days": older_than_days}
                    audit_log.record("audit_log.pruned", now=now, actor="system", detail=detail)
            forgotten += lines
            if lines < AT_ONCE:
                break
        click.echo(f"Forgotten: {forgotten:,} lines.")
