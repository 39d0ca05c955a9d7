"""Lunch on the picture of the day: moved by mouse, finger or keys, and never without asking."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from models.agenda_item import EventAgendaItem, ItemType
from models.event import Event
from tests.browser.conftest import PHONE
from tests.browser.test_desk_in_browser import WITHIN_MS, open_desk
from tests.desk_day import introduce, make_day

pytestmark = [pytest.mark.browser, pytest.mark.commits]
ASKED = re.compile("Move lunch to")
# From registration to the end of the closing, as `make_day` has it.
DAY = timedelta(hours=7)


@pytest.fixture
def day(now: datetime) -> Event:
    # About noon wherever that is, so that no move goes past midnight.
    ahead = 12 - (now + timedelta(hours=2)).hour
    event = make_day(now, lunch_in=timedelta(hours=2), timezone=f"Etc/GMT{-ahead:+}")
    introduce(event, now)
    return event


def lunch() -> EventAgendaItem:
    return EventAgendaItem.get(EventAgendaItem.item_type == ItemType.LUNCH)


def clock_of(event: Event, moment: datetime) -> str:
    return f"{moment.astimezone(event.zone):%-I:%M %p}"


def grip_of(page: Page) -> Locator:
    return page.get_by_role("slider", name=re.compile("Move lunch"))


def pixels(page: Page, minutes: float) -> float:
    """Return how far a finger goes for so many minutes."""
    frame = page.locator(".day-line").bounding_box()
    assert frame
    return frame["width"] * timedelta(minutes=minutes) / DAY


def middle(grip: Locator) -> tuple[float, float]:
    box = grip.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_dragging_shows_what_would_move_and_dropping_asks(
    page: Page,
    address: str,
    now: datetime,
    day: Event,
) -> None:
    complaints = open_desk(page, address, now, day)
    before, later = lunch().start_time, lunch().start_time + timedelta(minutes=30)
    x, y = middle(grip_of(page))
    page.mouse.move(x, y)
    page.mouse.down()
    # A little off the step: it snaps to whole five minutes.
    page.mouse.move(x + pixels(page, 31), y, steps=4)
    bubble = page.locator(".lunch-bubble")
    expect(bubble).to_contain_text("30 min later")
    expect(bubble).to_contain_text(f"introductions {clock_of(day, later + timedelta(minutes=5))}")
    expect(page.locator(".lunch-mark").nth(1)).to_be_visible()
    said, times = bubble.bounding_box(), page.locator(".day-steps").bounding_box()
    assert said
    assert times
    assert said["y"] + said["height"] <= times["y"], "it does not cover the times"
    assert page.get_by_role("heading", name=ASKED).count() == 0
    page.mouse.up()
    expect(page.get_by_role("heading", name=ASKED)).to_contain_text(clock_of(day, later))
    expect(page.get_by_text("2 texts that wait")).to_be_visible()
    assert lunch().start_time == before, "it is only asked"
    page.get_by_role("button", name="Move lunch").click()
    expect(page.locator(".note-good")).to_contain_text("Lunch begins at")
    assert lunch().start_time == later
    assert complaints == []


def test_arrow_keys_move_it_by_five_minutes_and_escape_puts_it_back(
    page: Page,
    address: str,
    now: datetime,
    day: Event,
) -> None:
    open_desk(page, address, now, day)
    before = lunch().start_time
    grip = grip_of(page)
    grip.focus()
    for _ in range(3):
        grip.press("ArrowRight")
    expect(grip).to_have_attribute("aria-valuetext", re.compile("15 min later, introductions"))
    # The page replaces the picture meanwhile, and neither focus nor the move is lost.
    introduce(day, now)
    expect(page.get_by_role("region", name="Delivery").locator("dd").first).to_have_text(
        "4", timeout=WITHIN_MS
    )
    expect(grip).to_be_focused()
    expect(grip).to_have_attribute("aria-valuetext", re.compile("15 min later"))
    grip.press("Escape")
    expect(grip).to_have_attribute("aria-valuetext", re.compile("Lunch begins at"))
    expect(page.locator(".lunch-bubble")).to_be_hidden()
    grip.press("Enter")
    grip.press("ArrowLeft")
    grip.press("Enter")
    expect(page.get_by_role("heading", name=ASKED)).to_contain_text(
        clock_of(day, before - timedelta(minutes=5))
    )
    page.get_by_role("link", name="Leave it as it is").click()
    expect(page.get_by_role("status")).to_have_text("Updates by itself")
    assert lunch().start_time == before


def test_a_rehearsal_s_lunch_moves_by_seconds_as_the_page_that_asks_says(
    page: Page,
    address: str,
    now: datetime,
    day: Event,
) -> None:
    Event.update(time_scale=60).execute()
    open_desk(page, address, now, day)
    grip = grip_of(page)
    grip.focus()
    for _ in range(3):
        grip.press("ArrowRight")
    expect(page.locator(".lunch-bubble")).to_contain_text("15 s later")
    grip.press("Enter")
    expect(page.get_by_text("Lunch is 15 s later")).to_be_visible()


def test_it_goes_neither_into_the_past_nor_over_the_end_of_the_day(
    page: Page,
    address: str,
    now: datetime,
    day: Event,
) -> None:
    open_desk(page, address, now, day)
    starts = lunch().start_time
    x, y = middle(grip_of(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(0, y)
    least = int(str(grip_of(page).get_attribute("aria-valuenow")))
    page.mouse.move(4000, y)
    most = int(str(grip_of(page).get_attribute("aria-valuenow")))
    page.keyboard.press("Escape")
    page.mouse.up()
    begins = starts - timedelta(hours=3)
    assert begins + timedelta(minutes=least) > now
    assert begins + timedelta(minutes=most) == starts + timedelta(hours=3)
    expect(page.locator(".lunch-bubble")).to_be_hidden()
    assert page.get_by_role("heading", name=ASKED).count() == 0


def test_a_finger_drags_it_on_a_phone_and_nothing_slides_by_itself(
    browser: Browser,
    address: str,
    now: datetime,
    day: Event,
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    open_desk(page, address, now, day)
    later = lunch().start_time + timedelta(minutes=60)
    grip = grip_of(page)
    grip.scroll_into_view_if_needed()
    assert grip.evaluate("grip => getComputedStyle(grip).transitionDuration") == "0s"
    x, y = middle(grip)
    finger = context.new_cdp_session(page)
    for kind, places in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + pixels(page, 40), "y": y}]),
        ("touchMove", [{"x": x + pixels(page, 60), "y": y}]),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    expect(page.locator(".lunch-bubble")).to_contain_text("1 h 00 min later")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_role("heading", name=ASKED)).to_contain_text(clock_of(day, later))
    context.close()
