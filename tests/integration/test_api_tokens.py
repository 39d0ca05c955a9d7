"""API tokens are named, shown once, kept as hashes, and worth nothing once they are revoked."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import api_token, clock
from models.api_token import ApiToken, Scope
from models.audit_log import AuditLog
from models.base import db
from tests.admin_site import AdminSite, signed_in
from web.auth import current_actor

STATS = "/api/queues/stats"
NEW = "/admin/tokens/new/"


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now)


def make(site: AdminSite, name: str = "Door tablet", scope: str = "read") -> str:
    answer = site.post(NEW, name=name, scope=scope)
    assert answer.status_code == 200
    found = re.search(r'id="token">([^<]+)<', answer.text)
    assert found, answer.text
    return found.group(1)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ask(app: Flask, token: str) -> int:
    return app.test_client().get(STATS, headers=bearer(token)).status_code


def everything_stored() -> str:
    names = [name for name in db.get_tables() if name != "schema_migration"]
    return str([db.execute_sql(f'SELECT t::text FROM "{name}" t').fetchall() for name in names])


def test_a_token_is_shown_once_and_stored_nowhere(app: Flask, site: AdminSite) -> None:
    secret = make(site)
    assert len(secret) > 40
    assert secret not in everything_stored()
    row = ApiToken.get()
    assert (row.name, row.scope, row.ending) == ("Door tablet", "read", secret[-4:])
    assert row.created_by.email == "admin@example.com"
    for page in ("", f"details/?id={row.id}", "export/csv/"):
        text = site.get(f"/admin/tokens/{page}").text
        assert "Door tablet" in text
        assert secret not in text
    with site.client.session_transaction() as session:
        assert secret not in str(dict(session))
    assert ask(app, secret) == 200


def test_the_page_that_shows_it_stays_out_of_caches(site: AdminSite) -> None:
    answer = site.post(NEW, name="Door", scope="read")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_needs_a_name_and_a_scope_that_there_is(site: AdminSite) -> None:
    for fields in ({"name": " ", "scope": "read"}, {"name": "Door", "scope": "everything"}):
        assert 'id="token"' not in site.post(NEW, **fields).text
    assert ApiToken.select().count() == 0


def test_a_revoked_token_is_refused_at_once_and_its_line_stays(app: Flask, site: AdminSite) -> None:
    secret, other = make(site), make(site, "Other")
    row = ApiToken.get(ApiToken.name == "Door tablet")
    address = f"/admin/tokens/act/?id={row.id}&do=revoked"
    asked = site.text(address)
    assert "Revoke the token “Door tablet”?" in asked
    assert "It was never used." in asked
    assert ask(app, secret) == 200, "asking revokes nothing"
    site.post("/admin/tokens/act/", page=address, id=row.id, do="revoked")
    assert ask(app, secret) == 401
    assert ask(app, other) == 200
    deeds = [row.action for row in AuditLog.select().order_by(AuditLog.id)]
    assert deeds == ["session.started", *["api_tokens.created"] * 2, "api_tokens.revoked"]
    assert ApiToken.get_by_id(row.id).revoked_at is not None
    assert api_token.revoke(row.id, now=clock.now()) is False


def test_last_use_is_kept_to_the_minute(app: Flask, site: AdminSite) -> None:
    secret = make(site)
    assert ApiToken.get().last_used_at is None
    ask(app, secret)
    first = ApiToken.get().last_used_at
    ask(app, secret)
    assert ApiToken.get().last_used_at == first
    ApiToken.update(last_used_at=first - timedelta(minutes=1)).execute()
    ask(app, secret)
    assert ApiToken.get().last_used_at >= first


@pytest.mark.parametrize(
    "token",
    ["", "pm_", "pm_" + "a" * 43, "pm_" + "a" * 5000, "api-token", "pm_\xff"],
)
def test_what_is_no_token_is_refused(app: Flask, site: AdminSite, token: str) -> None:
    make(site)
    assert ask(app, token) == 401


def test_the_hash_is_no_token(app: Flask, site: AdminSite) -> None:
    make(site)
    assert ask(app, ApiToken.get().token_hash) == 401
    assert ask(app, f"pm_{ApiToken.get().token_hash}") == 401


def test_the_setting_stays_a_token_and_programs_have_names_in_the_audit_log(
    app: Flask, site: AdminSite, api_headers: dict[str, str]
) -> None:
    secret = make(site, scope=Scope.WRITE)
    for headers, name in ((api_headers, "system"), (bearer(secret), "token: Door tablet")):
        with app.test_request_context(STATS, headers=headers):
            app.preprocess_request()
            assert current_actor().name == name
