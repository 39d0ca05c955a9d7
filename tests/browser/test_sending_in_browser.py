"""Approving, pausing and resuming with a thumb: asked first, done once, and seen at once."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from models import approval
from models.event import Approval, Event
from tests.browser.conftest import PHONE
from tests.browser.served_admin import complaints_of, sign_in, too_wide
from tests.desk_day import fill_room, introduce, make_day

pytestmark = [pytest.mark.browser, pytest.mark.commits]


def test_introductions_are_approved_and_all_sending_is_paused_from_a_phone(
    page: Page, address: str, now: datetime
) -> None:
    event = make_day(now, approval=Approval.UNTIL_DEADLINE, approval_wait_minutes=5)
    fill_room(event, now)
    for _ in range(3):
        introduce(event, now)
    approval.hold_waiting(event.id)
    complaints = complaints_of(page)
    page.set_viewport_size(PHONE)
    sign_in(page, address, now)
    page.goto(f"{address}events/desk/?id={event.id}")
    control = page.get_by_role("region", name="Control")
    expect(control).to_contain_text("6 introductions for 3 matches wait for your approval until")
    _press(page, "Approve 6 introductions", "Approve 6 introductions")
    expect(control).to_contain_text("Introductions were approved by")
    _press(page, "Pause all sending", "Pause all sending")
    expect(control).to_contain_text("Sending is paused since")
    assert Event.get_by_id(event.id).is_paused
    assert too_wide(page) == 0
    Event.update(paused_at=None).where(Event.id == event.id).execute()
    expect(control).to_contain_text("Sending is on. 6 texts still to leave.", timeout=2_400)
    _press(page, "Take the approval back", "Take the approval back")
    expect(control).to_contain_text("What nobody approved by then is not sent.")
    assert complaints == []


def _press(page: Page, link: str, button: str) -> None:
    """Follow a button of the desk to its question, and say yes."""
    page.get_by_role("link", name=re.compile(link)).click()
    assert too_wide(page) == 0
    page.get_by_role("button", name=button).click()
