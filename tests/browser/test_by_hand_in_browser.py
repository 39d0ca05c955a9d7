"""Writing one text as an organiser does it on a phone: it counts while typing, and goes once."""

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from models.message import EventMessage
from tests.browser.conftest import PHONE
from tests.browser.served_admin import too_wide
from tests.browser.test_desk_in_browser import open_desk
from tests.desk_day import make_day
from tests.factories import make_attendee, make_contractor

pytestmark = [pytest.mark.browser, pytest.mark.commits]


def write(page: Page, address: str, now: datetime) -> list[str]:
    """Go from the desk to somebody, and write."""
    event = make_day(now, name="Summit")
    make_attendee(event, make_contractor(first_name="Ana", last_name="Moss"))
    complaints = open_desk(page, address, now, event)
    page.get_by_label("Name, company or phone").fill("moss")
    page.get_by_label("Name, company or phone").press("Enter")
    page.get_by_role("link", name="Write to Ana Moss").click()
    return complaints


def test_a_text_is_counted_while_typing_and_sent_once(
    page: Page,
    address: str,
    now: datetime,
) -> None:
    page.set_viewport_size(PHONE)
    complaints = write(page, address, now)
    box = page.get_by_label("Your text")
    box.press_sequentially("Your jacket is here.")
    # With what a person's first text says beneath it.
    counted = "52 characters, 1 SMS segment"
    expect(page.get_by_role("status")).to_have_text(counted)
    expect(page.get_by_role("region", name="How it reads")).to_contain_text("Reply STOP")
    box.press_sequentially(" 👋")
    expect(page.get_by_role("status")).to_have_text("54 characters, 1 SMS segment")
    expect(page.get_by_text("makes every segment shorter")).to_be_visible()
    assert too_wide(page) == 0
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Send this to Ana Moss?")).to_be_visible()
    assert too_wide(page) == 0
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("Your jacket is here. 👋")).to_be_visible()
    assert EventMessage.select().count() == 1
    assert complaints == []
