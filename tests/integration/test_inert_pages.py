"""No page runs, shows or leads to anything but ours, whatever people typed."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors.process.warm_up import warm_up
from models.admin_user import AdminUser
from tests.access import keys_of
from tests.admin_site import AdminSite, make_admin
from tests.crawl import Page, addresses, crawl, read
from tests.full_house import EVIL, fill
from web.edge import PAGE_POLICY

SCRIPTS = ("/static/", "/admin/static/")
LEADS_AWAY = ("javascript:", "data:", "vbscript:", "//", "http:", "https:")


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Compile what the previews need before a transaction is open and has little time."""
    warm_up()


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    made = AdminSite(client)
    made.sign_in(make_admin(now).email)
    AdminUser.update(name=EVIL).execute()
    return made


def wrong_with(page: Page) -> list[str]:
    """Return what a strict policy would refuse, or should have had to."""
    wrong = [f"inline script: {text}" for text in page.scripts if text.strip()]
    for tag, given in page.tags:
        if tag == "script" and not given.get("src", "").startswith(SCRIPTS):
            wrong.append(f"foreign script: {given}")
        if tag in ("style", "iframe", "object", "embed", "base") or (
            tag == "img" and not given.get("src", "").startswith("/static/")
        ):
            wrong.append(f"<{tag}> {given}")
        wrong += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        wrong += [
            f"{tag} {name}={given[name]}"
            for name in ("href", "src", "action", "formaction", "hx-get", "hx-post")
            if given.get(name, "").strip().lower().startswith(LEADS_AWAY)
        ]
    return wrong


def test_every_page_is_inert_and_nothing_typed_is_markup(
    app: Flask, site: AdminSite, now: datetime
) -> None:
    fill(now)
    start = ["/admin/", *addresses(app, keys_of())]
    wrong: dict[str, list[str]] = {}
    opened, showing = 0, 0
    for page, text in crawl(site.client, start):
        opened += 1
        showing += "&lt;script&gt;alert(1)" in text
        found = wrong_with(page)
        found += ["raw"] if "<script>alert" in text or "<img src=x" in text else []
        found += ["a template was run"] if "onerror=alert(1)&gt;49" in text else []
        if found:
            wrong[page.address] = found
    assert wrong == {}
    assert opened > 100
    assert showing > 60, "few pages showed what was typed, so that little was tested"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<script src="https://evil.example/x.js"></script>',
        '<p onclick="x()">',
        '<p style="color: red">',
        "<style>p {}</style>",
        '<a href=" javascript:alert(1)">',
        '<img src="x">',
        '<form action="https://evil.example">',
    ],
)
def test_what_a_page_must_not_hold_is_seen(text: str) -> None:
    assert wrong_with(read("/admin/", text))


def test_pages_have_the_strict_policy_and_stay_out_of_caches(
    site: AdminSite, now: datetime
) -> None:
    event = fill(now)
    for address in ("/admin/", f"/admin/events/desk/?id={event.id}", "/admin/nowhere"):
        headers = site.get(address).headers
        assert headers["Content-Security-Policy"] == PAGE_POLICY
        assert headers["Cache-Control"] == "no-store"
    assert "unsafe" not in PAGE_POLICY
    assert "script-src 'self';" in PAGE_POLICY
