"""Lists as a person works through them: tick, ask, do; find a person by typing."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from models.attendee import EventAttendee
from models.event import Event
from tests.browser.conftest import PHONE
from tests.browser.served_admin import sign_in
from tests.factories import make_attendee, make_contractor, make_event, make_match

pytestmark = [pytest.mark.browser, pytest.mark.commits]


def crowd(now: datetime) -> Event:
    event = make_event(now, ends_at=now + timedelta(hours=5))
    for number in range(25):
        person = make_contractor(first_name=f"Guest{number:02d}", last_name="Ode")
        make_attendee(event, person, check_in_time=None, check_in_method=None)
    return event


def here() -> int:
    return EventAttendee.select().where(EventAttendee.check_in_time.is_null(False)).count()


def test_ticked_lines_then_all_that_fit_are_checked_in_by_keyboard_on_a_phone(
    browser: Browser,
    address: str,
    now: datetime,
) -> None:
    event = crowd(now)
    page = browser.new_context(viewport=PHONE).new_page()
    sign_in(page, address, now)
    page.goto(f"{address}attendees/?event={event.id}&page_size=20")
    button = page.get_by_role("button", name="Check in")
    expect(button).to_be_disabled()
    for name in ("Guest24 Ode", "Guest23 Ode"):
        page.get_by_label(f"Choose {name}").press("Space")
    expect(page.get_by_text("With 2 ticked:")).to_be_visible()
    button.press("Enter")
    expect(page.get_by_role("heading", name="Check 2 people in?")).to_be_visible()
    assert here() == 0, "nothing happens before the question is answered"
    page.get_by_role("button", name="Check in").press("Enter")
    expect(page.get_by_text("Checked in: 2 people.")).to_be_visible()
    expect(page.get_by_text("1–20 of 25")).to_be_visible()
    page.get_by_label("All 25 that fit, on every page").check()
    expect(page.get_by_label("Choose Guest24 Ode")).to_be_disabled()
    page.get_by_role("button", name="Check in").click()
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("Checked in: 23 people.")).to_be_visible()
    assert here() == 25
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


def test_a_list_is_narrowed_to_a_person_who_is_found_by_typing(
    page: Page,
    address: str,
    now: datetime,
) -> None:
    event = make_event(now)
    ana, ben, cho = (make_contractor(first_name=name) for name in ("Ana", "Ben", "Cho"))
    make_match(event, ana, ben)
    make_match(event, ana, cho)
    sign_in(page, address, now)
    page.goto(f"{address}matches/")
    page.get_by_label("Person").press_sequentially("cho")
    page.get_by_role("option", name=f"Cho {cho.last_name}").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    expect(page.get_by_label("Person")).to_have_value(
        f"Cho {cho.last_name} · {cho.company_name} · {cho.phone}"
    )
