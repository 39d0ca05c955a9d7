"""The command line helps people in who are kept out, and forgets the oldest deeds."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from models.admin_user import AdminUser
from models.audit_log import AuditLog, record
from models.sign_in_failure import SignInFailure
from tests.admin_site import AdminSite, make_admin
from tests.integration.test_cli import Commands
from web import clients

NEW = "another horse battery"


@pytest.fixture
def run(app: Flask) -> Commands:
    return Commands(app)


def failed(app: Flask, now: datetime, email: str) -> None:
    with app.app_context():
        key = clients.account_key(email)
    rows = [{"account": key, "client": "127.0.0.1", "happened_at": now} for _ in range(5)]
    SignInFailure.insert_many(rows).execute()


def test_a_reset_password_ends_sessions_lets_in_and_is_written_down(
    app: Flask, run: Commands, now: datetime
) -> None:
    user = make_admin(now)
    site = AdminSite(app.test_client())
    site.sign_in(user.email)
    failed(app, now, user.email)
    result = run("reset-password", "--email", "ADMIN@example.com", "--password-stdin", stdin=NEW)
    assert result.output == "admin@example.com has a new password; their sessions have ended.\n"
    assert site.get("/admin/").status_code == 302
    assert site.sign_in(user.email, NEW).status_code == 302
    deed = AuditLog.get(AuditLog.action == "admin_user.password_reset")
    assert (deed.actor, deed.subject_id, deed.detail) == ("system", user.id, {})


def test_a_reset_is_refused_in_one_line(run: Commands, now: datetime) -> None:
    user = make_admin(now)
    for email, password, problem in (
        (user.email, "short", "at least 10 characters"),
        ("nobody@example.com", NEW, "Nobody with this e-mail address"),
    ):
        result = run("reset-password", "--email", email, "--password-stdin", stdin=password)
        assert result.exit_code == 1
        assert problem in result.output
        assert result.output.count("\n") == 1
    assert AdminUser.get().password_hash == user.password_hash


def test_unlocking_lets_somebody_in(app: Flask, run: Commands, now: datetime) -> None:
    user = make_admin(now)
    failed(app, now, user.email)
    site = AdminSite(app.test_client())
    assert site.sign_in(user.email).status_code == 429
    result = run("unlock", "--email", user.email)
    assert result.output == "admin@example.com may sign in now; wrong passwords forgotten: 5.\n"
    assert site.sign_in(user.email).status_code == 302
    assert AuditLog.select().where(AuditLog.action == "admin_user.unlocked").exists()
    assert run("unlock", "--email", "nobody@example.com").exit_code == 1


def test_the_oldest_deeds_are_forgotten_and_that_is_written_down(
    run: Commands, now: datetime
) -> None:
    for days in (400, 366, 364, 1):
        record(f"deed.{days}", now=now - timedelta(days=days), actor="somebody")
    result = run("prune-audit-log", "--older-than-days", "365")
    assert result.output == "Forgotten: 2 lines.\n"
    kept = {row.action: row.detail for row in AuditLog.select()}
    assert set(kept) == {"deed.364", "deed.1", "audit_log.pruned"}
    assert kept["audit_log.pruned"] == {"lines": 2, "older_than_days": 365}
    assert run("prune-audit-log", "--older-than-days", "30").exit_code == 2
