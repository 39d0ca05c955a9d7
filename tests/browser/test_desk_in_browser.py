"""An event's desk as a person watches it: it keeps itself up to date; lunch moves from it."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, expect

from models import clock
from models.agenda_item import EventAgendaItem, ItemType
from models.attendee import EventAttendee
from models.event import Event
from models.message import EventMessage
from tests.browser.served_admin import complaints_of, sign_in
from tests.desk_day import fill_room, introduce, make_day

pytestmark = [pytest.mark.browser, pytest.mark.commits]
WITHIN_MS = 2_400
HIDE = """() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => %s });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def open_desk(page: Page, address: str, now: datetime, event: Event) -> list[str]:
    """Sign in and open the desk; return where the console's complaints are gathered."""
    complaints = complaints_of(page)
    sign_in(page, address, now)
    page.goto(f"{address}events/desk/?id={event.id}")
    expect(page.get_by_role("status")).to_have_text("Updates by itself")
    return complaints


def test_the_desk_keeps_itself_up_to_date_and_lets_focus_be(
    page: Page, address: str, now: datetime
) -> None:
    event = make_day(now)
    fill_room(event, now)
    introduce(event, now)
    complaints = open_desk(page, address, now, event)
    typed = page.get_by_label(re.compile("Lunch begins at"))
    typed.fill("12:34")
    pause = page.get_by_role("link", name=re.compile("Pause all sending"))
    expect(pause).to_contain_text("2 texts waiting")
    pause.focus()
    introduce(event, now)
    expect(pause).to_contain_text("4 texts waiting", timeout=WITHIN_MS)
    expect(pause).to_be_focused()
    expect(typed).to_have_value("12:34")
    EventMessage.update(status="sent", actual_send_time=clock.now()).execute()
    figures = page.get_by_role("region", name="Delivery").locator("dd")
    expect(figures).to_have_text(["0", "0", "4", "0", "0", "0", "0"], timeout=WITHIN_MS)
    assert complaints == []


def test_only_what_differs_is_replaced(page: Page, address: str, now: datetime) -> None:
    event = make_day(now)
    fill_room(event, now)
    open_desk(page, address, now, event)
    page.evaluate(
        "document.querySelectorAll('[data-version]').forEach((part) => { part.isOld = true; })"
    )
    EventMessage.insert(
        event=event, message_type="wrap_up", scheduled_time=now + timedelta(hours=9)
    ).execute()
    waiting = page.get_by_role("region", name="Delivery").locator("dd").first
    expect(waiting).to_have_text("1", timeout=WITHIN_MS)
    replaced = "[...document.querySelectorAll('[data-version]')].filter((part) => !part.isOld)"
    changed = page.evaluate(f"{replaced}.map((part) => part.id)")
    # The present moves on when a minute begins, whatever happens.
    assert set(changed) - {"desk-now"} == {"desk-control", "desk-delivery"}


def test_a_hidden_tab_asks_nothing_and_catches_up_when_it_is_seen(
    page: Page, address: str, now: datetime
) -> None:
    event = make_day(now)
    fill_room(event, now)
    open_desk(page, address, now, event)
    with page.expect_response(re.compile("desk/live")):
        pass
    page.evaluate(HIDE % "true")
    mark = page.locator("[data-live]")
    expect(mark).to_have_text("Paused")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    EventAttendee.update(sms_opt_in=False).execute()
    # Three of its rounds, by the page's own clock.
    page.evaluate("new Promise((done) => setTimeout(done, 5400))")
    assert asked == []
    page.evaluate(HIDE % "false")
    expect(page.get_by_role("region", name="Readiness")).to_contain_text(
        "9 people have not agreed", timeout=WITHIN_MS
    )
    expect(mark).to_have_text("Updates by itself")


def test_a_server_that_is_gone_and_a_session_that_is_over_are_said(
    page: Page, address: str, now: datetime
) -> None:
    event = make_day(now)
    open_desk(page, address, now, event)
    mark = page.locator("[data-live]")
    page.route("**/desk/live/**", lambda route: route.abort())
    expect(mark).to_have_text(re.compile("Connection lost at"), timeout=WITHIN_MS)
    page.unroute("**/desk/live/**")
    expect(mark).to_have_text("Updates by itself", timeout=WITHIN_MS)
    page.context.clear_cookies()
    expect(mark).to_have_text("Signed out: reload the page", timeout=WITHIN_MS)
    expect(page.get_by_role("heading", name="Summit")).to_be_visible()


def test_lunch_is_moved_from_the_desk_by_keyboard(page: Page, address: str, now: datetime) -> None:
    event = make_day(now, lunch_in=timedelta(hours=2), timezone="UTC")
    lunch = EventAgendaItem.get(EventAgendaItem.item_type == ItemType.LUNCH)
    introduce(event, now)
    later = lunch.start_time + timedelta(minutes=10)
    complaints = open_desk(page, address, now, event)
    field = page.get_by_label(re.compile("Lunch begins at"))
    field.fill(f"{later:%H:%M}")
    field.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Move lunch to"))).to_be_visible()
    expect(page.get_by_text("2 texts that wait")).to_be_visible()
    page.get_by_role("button", name="Move lunch").press("Enter")
    expect(page.locator(".note-good")).to_contain_text("Lunch begins at")
    assert EventAgendaItem.get_by_id(lunch.id).start_time == later
    assert {text.scheduled_time for text in EventMessage.select()} == {later + timedelta(minutes=5)}
    assert complaints == []
