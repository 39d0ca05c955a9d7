"""Who guesses passwords is stopped where they guess, and nobody is kept out by others for long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import actors.broker
from models import sign_in_failure
from models.admin_user import AdminUser, Role
from models.audit_log import AuditLog
from models.base import db
from models.sign_in_failure import ACCOUNT, ADDRESS, HERE, KNOWN_BROWSER, SignInFailure, Try
from tests.admin_site import PASSWORD, AdminSite, make_admin
from web import auth

EMAIL = "admin@example.com"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def counted_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the passwords that were looked at; only PASSWORD is right, and none costs time."""
    seen: list[str] = []

    def verify(password_hash: str | None, password: str) -> bool:
        seen.append(password)
        return bool(password_hash) and password == PASSWORD

    monkeypatch.setattr(auth, "verify_password", verify)
    return seen


def visitor(app: Flask, address: str = HOME) -> AdminSite:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return AdminSite(client)


def guess(site: AdminSite, email: str = EMAIL, times: int = 1) -> list[int]:
    return [site.sign_in(email, f"guess {number}").status_code for number in range(times)]


def is_let_in(answer: TestResponse) -> bool:
    return answer.status_code == 302


def test_the_sixth_wrong_password_is_not_looked_at_nor_is_the_right_one(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    site = visitor(app)
    assert guess(site, times=HERE.most) == [400] * HERE.most
    answer = site.sign_in(EMAIL)
    assert answer.status_code == 429
    assert len(counted_passwords) == HERE.most
    assert "Try again in 15 minutes" in answer.text
    assert 880 < int(answer.headers["Retry-After"]) <= 900


def test_waiting_is_not_prolonged_by_asking_and_ends(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    site = visitor(app)
    guess(site, times=HERE.most)
    assert guess(site, times=3) == [429] * 3
    assert SignInFailure.select().count() == HERE.most
    SignInFailure.update(happened_at=SignInFailure.happened_at - HERE.within).execute()
    assert is_let_in(site.sign_in(EMAIL))


def test_the_right_password_takes_back_the_wrong_ones_from_there(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    site = visitor(app)
    guess(site, times=HERE.most - 1)
    assert is_let_in(site.sign_in(EMAIL))
    assert SignInFailure.select().count() == 0


def test_known_and_unknown_people_are_stopped_alike(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    known, unknown = visitor(app), visitor(app, ELSEWHERE)
    for site, email in ((known, EMAIL), (unknown, "nobody@example.com")):
        guess(site, email, times=HERE.most)
    said = [
        site.sign_in(email).text.split('role="alert">')[1].split("<")[0]
        for site, email in ((known, EMAIL), (unknown, "nobody@example.com"))
    ]
    assert said[0] == said[1]


def test_an_unknown_person_costs_one_password_check_like_a_known_one(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    make_admin(now, Role.VIEWER, is_active=False)
    for email in (EMAIL, "nobody@example.com", "viewer@example.com"):
        guess(visitor(app), email)
    assert len(counted_passwords) == 3


def test_guessing_at_an_address_does_not_shut_out_its_neighbours(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    guess(visitor(app, ELSEWHERE), times=HERE.most)
    assert is_let_in(visitor(app).sign_in(EMAIL))


def test_one_address_may_not_try_many_accounts(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    attacker = visitor(app, ELSEWHERE)
    for number in range(ADDRESS.most):
        guess(attacker, f"p{number}@example.com")
    assert attacker.sign_in(EMAIL).status_code == 429
    assert is_let_in(visitor(app).sign_in(EMAIL))


def test_many_addresses_may_not_try_one_account_for_ever(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    attacked_from_everywhere(now, app)
    assert visitor(app).sign_in(EMAIL).status_code == 429


def test_a_browser_that_has_signed_in_before_is_never_kept_out_by_others(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    user = make_admin(now)
    own = visitor(app)
    assert is_let_in(own.sign_in(EMAIL))
    own.post("/admin/logout", page="/admin/")
    attacked_from_everywhere(now, app)
    guess(visitor(app), times=2)
    SignInFailure.insert_many(
        [{"account": str(n), "client": HOME, "happened_at": now} for n in range(ADDRESS.most)]
    ).execute()
    assert visitor(app).sign_in(EMAIL).status_code == 429
    assert is_let_in(own.sign_in(EMAIL))
    own.post("/admin/logout", page="/admin/")
    other = make_admin(now, Role.VIEWER)
    assert own.sign_in(other.email).status_code == 429, "it is known to one account only"
    assert guess(own, user.email, times=KNOWN_BROWSER.most)[-1] == 400
    assert own.sign_in(EMAIL).status_code == 429, "its own guesses count, too"


def test_a_forged_mark_makes_no_browser_known(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    make_admin(now)
    attacked_from_everywhere(now, app)
    site = visitor(app)
    site.client.set_cookie("known_browser", '{"1": "x"}', path="/admin/login")
    assert site.sign_in(EMAIL).status_code == 429


def test_an_admin_lets_somebody_in_past_an_attack_that_goes_on(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    user = make_admin(now, Role.ORGANISER, email="olu@example.com")
    admin = visitor(app)
    admin.sign_in(make_admin(now).email)
    attacked_from_everywhere(now, app, user.email)
    page = f"/admin/accounts/act/?id={user.id}&do=unlocked"
    assert "guesses this account" in admin.text(f"/admin/accounts/details/?id={user.id}")
    said = admin.notes(admin.post("/admin/accounts/act/", page=page, id=user.id, do="unlocked"))
    assert said == f"Forgotten: {ACCOUNT.most} wrong passwords."
    assert AuditLog.select().where(AuditLog.action == "admin_users.unlocked").count() == 1
    attacked_from_everywhere(now, app, user.email)
    newcomer = visitor(app)
    assert is_let_in(newcomer.sign_in(user.email))


def test_being_stopped_is_in_the_audit_log_once(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    user = make_admin(now)
    guess(visitor(app), times=HERE.most + 4)
    stopped = AuditLog.get(AuditLog.action == "admin_user.sign_in_stopped")
    assert (stopped.subject_id, stopped.actor, stopped.detail) == (user.id, "system", {})
    assert AuditLog.select().count() == 1


def test_what_was_typed_as_the_email_is_kept_nowhere(
    app: Flask, now: datetime, counted_passwords: list[str]
) -> None:
    guess(visitor(app), "my-real-password")
    assert "my-real-password" not in str(list(SignInFailure.select().dicts()))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::3", "2001:db8:1:3::3", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("198.51.100.7", "198.51.100.8", False),
    ],
)
def test_a_household_of_ipv6_counts_as_one_address(
    app: Flask, now: datetime, counted_passwords: list[str], one: str, other: str, is_same: bool
) -> None:
    make_admin(now)
    guess(visitor(app, one), times=HERE.most)
    expected = 429 if is_same else 302
    assert visitor(app, other).sign_in(EMAIL).status_code == expected


def test_old_failures_are_dropped(app: Flask, now: datetime, counted_passwords: list[str]) -> None:
    make_admin(now)
    old = now - sign_in_failure.KEPT_FOR - timedelta(minutes=1)
    SignInFailure.insert(account="a", client="c", happened_at=old).execute()
    guess(visitor(app))
    assert [row.client for row in SignInFailure.select()] == [HOME]


def test_limits_hold_while_redis_is_away(
    app: Flask, now: datetime, counted_passwords: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_named: object) -> None:
        raise ConnectionError("Redis is away, for a test")

    monkeypatch.setattr(actors.broker.broker.client, "execute_command", gone)
    make_admin(now)
    site = visitor(app)
    assert guess(site, times=HERE.most + 1) == [400] * HERE.most + [429]
    assert is_let_in(visitor(app, ELSEWHERE).sign_in(EMAIL))


@pytest.mark.commits
def test_of_many_at_the_same_moment_no_more_than_the_limit_pass(now: datetime) -> None:
    many = 3 * HERE.most
    starting_line = Barrier(many)
    passed: list[bool] = []

    def attempt() -> None:
        with db.connection_context():
            starting_line.wait()
            passed.append(sign_in_failure.begin(Try("account", HOME), now=now) is None)

    threads = [Thread(target=attempt) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == many
    assert sum(passed) <= HERE.most


def attacked_from_everywhere(now: datetime, app: Flask, email: str = EMAIL) -> None:
    with app.app_context():
        account = auth.clients.account_key(email)
    SignInFailure.insert_many(
        [
            {"account": account, "client": f"192.0.2.{number}", "happened_at": now}
            for number in range(ACCOUNT.most)
        ]
    ).execute()
    assert AdminUser.select().exists()
