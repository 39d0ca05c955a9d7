"""Strangers stay out, people stay within their role, no form works without its token."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.admin_user import AdminUser, Role
from models.audit_log import AuditLog
from models.event import Event
from tests.admin_site import PASSWORD, AdminSite, make_admin, signed_in
from tests.factories import make_event
from web.auth import AccountError, create_admin, verify_password

CHANGED_BY_ORGANISERS = ("events", "agenda", "speakers", "sponsors", "attendees", "contractors")
FOR_ADMINS = ("accounts", "audit")
HISTORY = ("matches", "messages", "runs", "opt-outs", "audit")


def test_the_first_address_leads_to_the_admin(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/admin/"
    assert client.get("/admin").headers["Location"].endswith("/admin/")


def test_a_wrong_password_and_an_unknown_person_look_the_same(
    client: FlaskClient, now: datetime
) -> None:
    make_admin(now)
    make_admin(now, Role.VIEWER, is_active=False)
    site = AdminSite(client)
    tries = [
        site.sign_in("admin@example.com", "wrong"),
        site.sign_in("nobody@example.com", PASSWORD),
        site.sign_in("viewer@example.com", PASSWORD),
        site.sign_in("a\x00@example.com", PASSWORD),
    ]
    assert {answer.status_code for answer in tries} == {400}
    assert all("E-mail or password is wrong." in answer.text for answer in tries)
    assert site.get("/admin/").status_code == 302


def test_an_unknown_person_costs_as_much_work_as_a_known_one() -> None:
    assert verify_password(None, "nobody has this password") is False


def test_signing_in_needs_the_token(client: FlaskClient, now: datetime) -> None:
    make_admin(now)
    form = {"email": "admin@example.com", "password": PASSWORD}
    assert client.post("/admin/login", data=form).status_code == 400
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/admin/events/?page=0", "/admin/events/?page=0"),
        ("https://evil.example/admin/", "/admin/"),
        ("//evil.example/admin/", "/admin/"),
        ("/admin/\\evil.example", "/admin/"),
        ("/elsewhere", "/admin/"),
    ],
)
def test_signing_in_leads_to_our_own_pages_only(
    client: FlaskClient, now: datetime, wanted: str, reached: str
) -> None:
    make_admin(now)
    answer = AdminSite(client).post(
        "/admin/login", email="ADMIN@example.com", password=PASSWORD, next=wanted
    )
    assert answer.headers["Location"] == reached


def test_a_session_ends_with_sign_out_deactivation_and_a_new_password(
    app: Flask, now: datetime
) -> None:
    user = make_admin(now)
    sites = [AdminSite(app.test_client()) for _ in range(3)]
    for site in sites:
        site.sign_in(user.email)
    first, second, third = sites
    assert first.client.post("/admin/logout").status_code == 302
    assert first.get("/admin/").status_code == 200, "a sign-out without a token must do nothing"
    first.post("/admin/logout", page="/admin/")
    assert first.get("/admin/").status_code == 302
    AdminUser.update(password_hash=user.password_hash + "x").execute()
    assert second.get("/admin/").status_code == 302
    AdminUser.update(password_hash=user.password_hash, is_active=False).execute()
    assert third.get("/admin/").status_code == 302


def test_viewers_look_and_change_nothing(client: FlaskClient, now: datetime) -> None:
    event = make_event(now)
    site = signed_in(client, now, Role.VIEWER)
    token = site.token("/admin/")
    for place in CHANGED_BY_ORGANISERS:
        assert site.get(f"/admin/{place}/").status_code == 200
        assert site.get(f"/admin/{place}/new/").status_code == 403
        assert site.get(f"/admin/{place}/edit/?id={event.id}").status_code == 403
        for action in ("new", "edit", "delete", "action"):
            answer = client.post(
                f"/admin/{place}/{action}/?id={event.id}",
                data={"csrf_token": token, "id": event.id, "confirmed": "yes", "action": "delete"},
            )
            assert answer.status_code == 403, (place, action)
    page = site.text(f"/admin/events/details/?id={event.id}")
    assert ">Delete<" not in page
    assert ">Edit<" not in page
    assert Event.select().count() == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ORGANISER])
def test_only_admins_see_accounts_and_the_audit_log(
    client: FlaskClient, now: datetime, role: Role
) -> None:
    site = signed_in(client, now, role)
    for place in FOR_ADMINS:
        assert site.get(f"/admin/{place}/").status_code == 403
        assert f"/admin/{place}/" not in site.text("/admin/")
        assert site.get(f"/admin/{place}/export/csv/").status_code == 403
        assert site.get(f"/admin/{place}/ajax/lookup/").status_code == 403


def test_nobody_creates_or_deletes_history(client: FlaskClient, now: datetime) -> None:
    site = signed_in(client, now, Role.ADMIN)
    token = site.token("/admin/")
    for place in HISTORY:
        assert site.get(f"/admin/{place}/new/").status_code == 403
        data = {"csrf_token": token, "id": 1, "confirmed": "yes", "rowid": "1", "action": "delete"}
        assert client.post(f"/admin/{place}/new/", data=data).status_code == 403
        assert client.post(f"/admin/{place}/delete/", data=data).status_code == 403
        client.post(f"/admin/{place}/action/", data=data)
        if place != "matches":
            assert client.post(f"/admin/{place}/edit/?id=1", data=data).status_code == 403
    assert AuditLog.select().count() == 1, "the sign-in itself"


def test_every_form_is_refused_without_its_token(client: FlaskClient, now: datetime) -> None:
    event = make_event(now)
    site = signed_in(client, now, Role.ADMIN)
    data = {"name": "Forged", "date": "2027-01-01", "timezone": "UTC", "id": event.id}
    assert client.post("/admin/events/new/", data=data).status_code == 400
    assert client.post(f"/admin/events/edit/?id={event.id}", data=data).status_code == 400
    forged = {**data, "confirmed": "yes", "action": "delete", "rowid": event.id}
    assert client.post("/admin/events/delete/", data=forged).status_code == 400
    client.post("/admin/events/action/", data=forged)
    assert [row.name for row in Event.select()] == [event.name]
    assert "Forged" in client.post("/admin/events/new/", data=data).text, "typed text is kept"
    assert site.get("/admin/").status_code == 200


def test_bulk_delete_is_not_offered_even_with_a_token(client: FlaskClient, now: datetime) -> None:
    event = make_event(now)
    site = signed_in(client, now, Role.ADMIN)
    data = {"csrf_token": site.token("/admin/"), "action": "delete", "rowid": event.id}
    client.post("/admin/events/action/", data=data)
    assert Event.select().count() == 1


def test_an_admin_can_not_lock_themselves_out(client: FlaskClient, now: datetime) -> None:
    site = signed_in(client, now, Role.ADMIN)
    own = AdminUser.get()
    for change in ({"role": "viewer", "is_active": "y"}, {"role": "admin"}):
        address = f"/admin/accounts/edit/?id={own.id}"
        answer = site.post(address, name="Me", email=own.email, **change)
        assert "another admin can" in site.notes(answer)
    assert AdminUser.get().role == "admin"


def test_accounts_are_made_with_a_hashed_password(client: FlaskClient, now: datetime) -> None:
    site = signed_in(client, now, Role.ADMIN)
    form = {"name": "Olu", "email": "olu@example.com", "role": "organiser", "is_active": "y"}
    short = site.post("/admin/accounts/new/", **form, password="short")
    assert "at least 10" in site.notes(short)
    site.post("/admin/accounts/new/", **form, password="long enough now")
    made = AdminUser.get(AdminUser.email == "olu@example.com")
    assert made.password_hash.startswith("$argon2id$")
    taken = site.post("/admin/accounts/new/", **form, password="long enough now")
    assert "exists already" in site.notes(taken)
    site.post(f"/admin/accounts/edit/?id={made.id}", **{**form, "name": "Olu B"}, password="")
    assert AdminUser.get_by_id(made.id).password_hash == made.password_hash
    assert "long enough" not in str(list(AuditLog.select().dicts()))


@pytest.mark.parametrize(
    ("email", "password", "role", "problem"),
    [
        ("nobody", "long enough now", "admin", "not an e-mail"),
        ("a@example.com", "short", "admin", "at least 10"),
        ("a@example.com", "x" * 2000, "admin", "at most 1000"),
        ("a@example.com", "long enough now", "king", "Unknown role"),
        ("OLD@example.com", "long enough now", "admin", "exists already"),
    ],
)
def test_the_command_line_makes_no_broken_account(
    now: datetime, email: str, password: str, role: str, problem: str
) -> None:
    create_admin("old@example.com", "Old", "long enough now", "viewer", now)
    with pytest.raises(AccountError, match=problem):
        create_admin(email, "New", password, role, now)
    assert AdminUser.select().count() == 1
