"""Every route lets in whom tests/data/access.csv says; a new one fails until it is there."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_admin import Admin
from werkzeug.test import TestResponse

from actors.process.warm_up import warm_up
from models import api_token
from models.admin_user import Role
from models.api_token import ApiToken, Scope
from models.base import db
from tests.access import OPEN, Call, calls, keys_of, least_roles, snapshot
from tests.admin_site import AdminSite, make_admin
from tests.crawl import Form, address_of, crawl
from tests.full_house import fill
from web.admin.guard import GuardedView

ROLES = [role.value for role in Role]
LOGIN = "/admin/login"
# Nothing of a browser's: who calls these proves it anew each time.
FOR_PROGRAMS = ("token read", "token write", "n8n")


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Compile what the previews need before a transaction is open and has little time."""
    warm_up()


@pytest.fixture
def keys(now: datetime) -> dict[str, int]:
    fill(now)
    make_admin(now)
    return keys_of()


def admin_calls(app: Flask) -> list[tuple[Call, str]]:
    who = least_roles()
    found = [(call, who[call.name]) for call in calls(app)]
    return [(call, least) for call, least in found if least in (*ROLES, "closed")]


def make_call(client: FlaskClient, call: Call, keys: dict[str, int], **fields: Any) -> TestResponse:
    number = keys.get(call.rule.endpoint.partition(".")[0], 1)
    data = {"id": number, "confirmed": "yes", "rowid": number, "action": "delete", **fields}
    return client.open(
        address_of(call.rule, keys),
        method=call.method,
        data=data if call.method == "POST" else None,
    )


def is_let_in(answer: TestResponse) -> bool:
    """Whether the page was reached, whatever it said to what was asked."""
    assert answer.status_code < 500, answer.text[:400]
    if answer.status_code == 302:
        return not answer.headers["Location"].startswith(LOGIN)
    return answer.status_code not in (401, 403)


def test_every_route_is_on_the_list_and_nothing_else_is(app: Flask) -> None:
    there, listed = {call.name for call in calls(app)}, set(least_roles())
    assert there - listed == set(), "say in tests/data/access.csv who may"
    assert listed - there == set()


def test_what_is_open_is_named_with_a_reason() -> None:
    opened = {name.partition(",")[0] for name, who in least_roles().items() if who == "open"}
    assert opened == set(OPEN)


def test_every_admin_view_is_behind_the_one_guard(app: Flask) -> None:
    admin: Admin = app.extensions["admin"][0]
    assert len(admin._views) > 10
    assert [view for view in admin._views if not isinstance(view, GuardedView)] == []
    guarded = {view.endpoint for view in admin._views}
    behind = {call.rule.endpoint.partition(".")[0] for call, _ in admin_calls(app)}
    assert behind == guarded


def test_nobody_gets_in_anywhere(app: Flask, keys: dict[str, int]) -> None:
    before = snapshot()
    entered = []
    for call in calls(app):
        if call.rule.endpoint not in OPEN:
            answer = make_call(app.test_client(), call, keys)
            entered += [call.name] if is_let_in(answer) else []
    assert entered == []
    assert snapshot() == before


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_in_where_the_list_says_and_changes_nothing_elsewhere(
    app: Flask, client: FlaskClient, now: datetime, keys: dict[str, int], role: str
) -> None:
    site = AdminSite(client)
    site.sign_in(make_admin(now, Role(role), email="who@example.com").email)
    token = site.token("/admin/")
    before = snapshot()
    wrong = []
    for call, least in admin_calls(app):
        is_wanted = least != "closed" and Role(role).includes(Role(least))
        with db.atomic() as savepoint:
            answer = make_call(client, call, keys, csrf_token=token)
            is_in = is_let_in(answer)
            if is_in and least == "closed":
                is_in = answer.status_code != 404
            is_changed = not is_wanted and snapshot() != before
            savepoint.rollback()
        if is_in != is_wanted or is_changed:
            wrong.append(f"{call.name}: {answer.status_code}, wanted {least}")
    assert wrong == []


@pytest.mark.parametrize("scope", list(Scope))
def test_a_program_gets_in_where_its_scope_says(
    app: Flask, client: FlaskClient, keys: dict[str, int], scope: Scope
) -> None:
    secret = api_token.new_secret()
    ApiToken.insert(
        name="Door", scope=scope, token_hash=api_token.hash_of(secret), ending=secret[-4:]
    ).execute()
    bearer = {"Authorization": f"Bearer {secret}"}
    who = least_roles()
    for call in calls(app):
        least = who[call.name]
        if least in FOR_PROGRAMS:
            address = address_of(call.rule, keys)
            with db.atomic() as savepoint:
                answer = client.open(address, method=call.method, headers=bearer, json={})
                savepoint.rollback()
            is_wanted = least == "token read" or (least == "token write" and scope == Scope.WRITE)
            assert is_let_in(answer) == is_wanted, (call.name, answer.status_code)


def test_no_route_changes_anything_without_a_forms_token(
    app: Flask, client: FlaskClient, now: datetime, keys: dict[str, int]
) -> None:
    AdminSite(client).sign_in(make_admin(now, email="who@example.com").email)
    before = snapshot()
    posts = [call for call, _ in admin_calls(app) if call.method == "POST"]
    assert len(posts) > 60
    for call in posts:
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "20990101000000##0123456789abcdef"}):
            answer = make_call(client, call, keys, **token)
            assert answer.status_code < 500, call.name
    assert snapshot() == before


def test_every_form_that_changes_something_changes_nothing_without_its_token(
    app: Flask, client: FlaskClient, now: datetime, keys: dict[str, int]
) -> None:
    AdminSite(client).sign_in(make_admin(now, email="who@example.com").email)
    start = [address_of(call.rule, keys) for call, _ in admin_calls(app) if call.method == "GET"]
    forms: dict[tuple[str, str], Form] = {}
    for page, _ in crawl(client, start):
        for form in page.forms:
            forms[form.action.partition("?")[0], form.fields.get("do", "")] = form
    forms = {key: form for key, form in forms.items() if key[0] != "/admin/logout"}
    before = snapshot()
    deeds = set()
    for (path, do), form in forms.items():
        assert "csrf_token" in form.fields, (form.page, form.action)
        with db.atomic() as savepoint:
            client.post(form.action, data={**form.fields, "confirmed": "yes"})
            deeds |= {f"{path} {do}"} if snapshot() != before else set()
            savepoint.rollback()
        forged = {name: value for name, value in form.fields.items() if name != "csrf_token"}
        client.post(form.action, data={**forged, "confirmed": "yes"})
        assert snapshot() == before, (form.page, form.action)
    assert len(deeds) > 8, "few forms did anything with their token, so that little was tested"
