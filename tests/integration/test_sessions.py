"""A session ends when its time is over, when nobody does anything, and wherever it has to."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from models.admin_user import AdminUser, Role
from tests.admin_site import PASSWORD, AdminSite, make_admin
from tests.factories import make_event
from web import sessions

ASKED_BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    made = AdminSite(client)
    assert made.sign_in(make_admin(now).email).status_code == 302
    return made


def grow_older(site: AdminSite, name: str, by: timedelta) -> None:
    with site.client.session_transaction() as session:
        session[name] -= int(by.total_seconds())


def is_signed_in(site: AdminSite) -> bool:
    return site.get("/admin/").status_code == 200


@pytest.mark.parametrize(("name", "life"), [("since", sessions.LASTS), ("seen", sessions.IDLE)])
def test_a_session_ends_when_its_time_is_over(site: AdminSite, name: str, life: timedelta) -> None:
    grow_older(site, name, life - timedelta(minutes=1))
    assert is_signed_in(site)
    grow_older(site, "since", timedelta(minutes=1))
    grow_older(site, "seen", life if name == "seen" else timedelta(0))
    assert not is_signed_in(site)


def test_a_session_without_a_beginning_is_over(site: AdminSite) -> None:
    with site.client.session_transaction() as session:
        del session["since"]
    assert not is_signed_in(site)


def test_what_somebody_does_keeps_the_session_and_twelve_hours_end_it_all_the_same(
    site: AdminSite,
) -> None:
    for _ in range(3):
        grow_older(site, "seen", timedelta(hours=3))
        grow_older(site, "since", timedelta(hours=3))
        assert is_signed_in(site)
    grow_older(site, "since", timedelta(hours=3))
    assert not is_signed_in(site)


@pytest.mark.parametrize("place", ["desk/live/", "door/count/"])
def test_an_open_tab_that_asks_by_itself_keeps_no_session_alive(
    site: AdminSite, now: datetime, place: str
) -> None:
    event = make_event(now)
    address = f"/admin/events/{place}?id={event.id}"
    for _ in range(3):
        grow_older(site, "seen", timedelta(hours=1))
        answer = site.client.get(address, headers=ASKED_BY_SCRIPT)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    grow_older(site, "seen", timedelta(hours=1))
    assert site.client.get(address, headers=ASKED_BY_SCRIPT).status_code == 302
    assert not is_signed_in(site)


def test_what_scripts_ask_by_the_clock_they_ask_through_htmx() -> None:
    scripts = sorted(Path(web.__file__).parent.glob("static/admin/*.js"))
    by_the_clock = [script for script in scripts if "setInterval" in script.read_text()]
    assert len(by_the_clock) >= 2
    for script in by_the_clock:
        assert not re.search(r"fetch\(|XMLHttpRequest|EventSource|sendBeacon", script.read_text())


def test_a_deed_a_second_sets_one_cookie_a_minute(site: AdminSite) -> None:
    assert "Set-Cookie" in site.get("/admin/events/new/").headers, "the forms' secret"
    assert "Set-Cookie" not in site.get("/admin/events/new/").headers
    grow_older(site, "seen", sessions.NOTED_EVERY)
    assert "Set-Cookie" in site.get("/admin/events/new/").headers


def test_a_sign_out_ends_the_sessions_on_every_device_and_copies_of_the_cookie(
    app: Flask, site: AdminSite
) -> None:
    other, bystander = AdminSite(app.test_client()), AdminSite(app.test_client())
    other.sign_in("admin@example.com")
    bystander.sign_in(make_admin(AdminUser.get().created_at, Role.VIEWER).email)
    copied = site.client.get_cookie("session")
    assert copied is not None
    assert "on every device" in site.notes(site.post("/admin/logout", page="/admin/"))
    thief = AdminSite(app.test_client())
    thief.client.set_cookie("session", copied.value)
    assert not is_signed_in(thief)
    assert not is_signed_in(other)
    assert is_signed_in(bystander)


def test_a_new_password_ends_the_other_sessions_and_keeps_ones_own(
    app: Flask, site: AdminSite
) -> None:
    other = AdminSite(app.test_client())
    other.sign_in("admin@example.com")
    user = AdminUser.get()
    site.post(
        f"/admin/accounts/edit/?id={user.id}",
        name=user.name, email=user.email, role="admin", is_active="y", password="a new password",
    )  # fmt: skip
    assert is_signed_in(site)
    assert not is_signed_in(other)
    assert other.sign_in(user.email, PASSWORD).status_code == 400
    assert other.sign_in(user.email, "a new password").status_code == 302


def test_signing_in_leaves_nothing_of_an_earlier_session(
    client: FlaskClient, now: datetime
) -> None:
    site = AdminSite(client)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = site.token("/admin/login")
    site.sign_in(make_admin(now).email)
    with client.session_transaction() as session:
        assert "planted" not in session
    assert site.client.post("/admin/logout", data={"csrf_token": before}).status_code == 302
    assert is_signed_in(site), "a token from before the sign-in is worth nothing"


def test_cookies_are_out_of_reach_for_scripts_other_sites_and_plain_http(
    client: FlaskClient, now: datetime
) -> None:
    answer = AdminSite(client).sign_in(make_admin(now).email)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"session", "known_browser"}
    for cookie in cookies:
        assert "; Secure" in cookie
        assert "; HttpOnly" in cookie
        assert "; SameSite=Lax" in cookie
