"""The whole day, as an organiser watches it: people, lunch, texts on phones, a STOP obeyed."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from models import clock
from models.base import db
from models.message import EventMessage
from models.message_status import MessageStatus, MessageType
from tests.browser.conftest import DESKTOP, PHONE
from tests.leaks import tells_nobody
from web.local import LocalServices
from web.rehearsal_event import RehearsalEvent, prepare
from web.rehearsal_watch import Watch

SCREENSHOTS = Path(__file__).parents[2] / ".local" / "screenshots"
ARRIVES_MS = 90_000


@pytest.fixture
def rehearsed(services: LocalServices) -> RehearsalEvent:
    with db.connection_context():
        return prepare(now=clock.now(), lunch_in=timedelta(seconds=25))


@pytest.mark.browser
def test_a_day_from_import_to_a_stop_that_is_obeyed(
    page: Page, browser: Browser, services: LocalServices, rehearsed: RehearsalEvent, log: Path
) -> None:
    admin = browser.new_context(viewport=DESKTOP).new_page()
    _sign_in(admin, services, rehearsed)

    page.goto(f"{services.url}/simulator/")
    first = page.locator("article.phone").filter(has_text="Find Your Peer").first
    expect(first).to_be_visible(timeout=ARRIVES_MS)
    outcome = Watch(rehearsed, services).until_introductions_are_out()
    assert outcome.is_complete
    assert outcome.pool.eligible >= 100
    assert outcome.covered >= 0.9 * outcome.pool.eligible

    expect(first.locator(".name")).not_to_be_empty()
    name = first.locator(".name").inner_text()
    phone = page.locator("article.phone").filter(has=page.locator(".name", has_text=name)).first
    phone.get_by_placeholder("Text message").fill("STOP")
    phone.get_by_label("Send").click()
    expect(phone.get_by_text("Opted out")).to_be_visible(timeout=20_000)

    with db.connection_context():
        stop = EventMessage.get(EventMessage.message_type == MessageType.REPLY)
        assert (stop.message_content, stop.status) == ("STOP", MessageStatus.RECEIVED)
        assert stop.contractor.full_name == name
        _nothing_waits_for(stop.phone)

    admin.goto(f"{services.url}/admin/messages/?search=STOP")
    expect(admin.get_by_text(name).first).to_be_visible()
    _keep(admin, "admin-messages")
    admin.goto(f"{services.url}/admin/")
    expect(admin.get_by_text("Rehearsal Summit").first).to_be_visible()
    _keep(admin, "admin")
    _keep(page, "simulator")
    page.set_viewport_size(PHONE)
    admin.set_viewport_size(PHONE)
    for shown, label in ((page, "simulator"), (admin, "admin")):
        assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        _keep(shown, f"{label}-phone")
    with db.connection_context():
        tells_nobody(log, says="text handed to n8n")


def _sign_in(admin: Page, services: LocalServices, rehearsed: RehearsalEvent) -> None:
    admin.goto(f"{services.url}/admin/")
    admin.get_by_label("E-mail").fill(rehearsed.email)
    admin.get_by_label("Password").fill(rehearsed.password)
    admin.get_by_role("button", name="Sign in").click()
    expect(admin.get_by_text("Rehearsal Summit").first).to_be_visible()


def _nothing_waits_for(phone: str) -> None:
    waiting = EventMessage.select().where(
        (EventMessage.phone == phone)
        & EventMessage.status.in_((MessageStatus.SCHEDULED, MessageStatus.QUEUED))
    )
    assert waiting.count() == 0


def _keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
