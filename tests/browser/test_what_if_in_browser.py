"""Trying settings as a person does it: slide a weight, watch the result, use them."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from actors.process.warm_up import warm_up
from actors.wording.percents import FACTORS, percents_of
from models.event import Event
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.served_admin import complaints_of, sign_in, too_wide
from tests.factories import make_attendee, make_contractor, make_event
from tests.population import population

pytestmark = [pytest.mark.browser, pytest.mark.commits]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up()


@pytest.fixture
def event(now: datetime) -> Event:
    event = make_event(now, name="Summit of contractors")
    for person in population(40, 7):
        known = {key: value for key, value in person.items() if key != "id"}
        make_attendee(event, make_contractor(**known))
    return event


def open_page(page: Page, address: str, now: datetime, event: Event) -> list[str]:
    """Sign in and come from the event's page; return where complaints are gathered."""
    complaints = complaints_of(page)
    sign_in(page, address, now)
    page.goto(f"{address}events/details/?id={event.id}")
    page.get_by_role("link", name="What if").click()
    return complaints


def typed(page: Page) -> tuple[int, ...]:
    return tuple(int(page.locator(f"#{name}").input_value()) for name in FACTORS)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_weight_is_slid_the_result_changes_and_the_settings_are_used(
    browser: Browser, address: str, now: datetime, event: Event, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size)
    page = context.new_page()
    complaints = open_page(page, address, now, event)
    total = page.locator(".trial-figures dd").nth(2)
    before = total.inner_text()
    slider = page.get_by_role("slider", name="Focus areas, slider")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
        assert sum(typed(page)) == 100
    assert typed(page) == (55, 17, 14, 10, 4)
    expect(page.get_by_text("Focus areas 35 % → 55 %")).to_be_visible()
    assert total.inner_text() != before
    expect(page.get_by_role("status")).to_have_text(re.compile(r"\d+ of 40 people covered"))
    for _ in range(20):
        slider.press("ArrowLeft")
    assert typed(page) == (35, 25, 20, 15, 5), "there and back changes nothing"
    expect(page.get_by_text("These are today's settings.")).to_be_visible()
    page.get_by_label("Distance apart", exact=True).fill("40")
    expect(page.get_by_text("Distance apart 25 % → 40 %")).to_be_visible()
    wanted = typed(page)
    assert sum(wanted) == 100
    page.reload()
    assert typed(page) == wanted
    assert too_wide(page) == 0
    page.get_by_role("button", name="Use these settings").click()
    expect(page.get_by_role("row", name="Distance apart 25 % 40 %")).to_be_visible()
    assert too_wide(page) == 0
    page.get_by_role("button", name="Use these settings").press("Enter")
    expect(page.locator(".note-good").first).to_contain_text("uses these settings")
    assert percents_of(Event.get_by_id(event.id).weights) == wanted
    assert complaints == []
    context.close()


def test_only_the_last_of_many_changes_is_asked_for_and_shown(
    page: Page, address: str, now: datetime, event: Event
) -> None:
    complaints = open_page(page, address, now, event)
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/result/" in request.url else 0
    )
    least = page.get_by_role("slider", name="Lowest score, slider")
    for value in ("0.3", "0.4", "0.5"):
        least.fill(value)
    expect(page.get_by_text("Lowest score (0 to 1) 0.60 → 0.50")).to_be_visible()
    assert len(asked) == 1
    assert "min_score=0.5" in asked[0]
    page.get_by_label("Matches per person, at most", exact=True).fill("99")
    expect(page.get_by_role("alert")).to_contain_text("a whole number from 1 to 20")
    page.get_by_label("Matches per person, at most", exact=True).fill("2")
    expect(page.get_by_text("Matches per person, at most 3 → 2")).to_be_visible()
    page.get_by_label("Whom would one person meet?").fill("nowhere at all")
    expect(page.get_by_text("Nobody here who can be matched has that name")).to_be_visible()
    assert "max_matches=2" in asked[-1]
    assert complaints == []


def test_without_a_script_a_button_tries(
    browser: Browser, address: str, now: datetime, event: Event
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_page(page, address, now, event)
    expect(page.get_by_role("slider")).to_have_count(0)
    page.get_by_label("Focus areas", exact=True).fill("40")
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_role("alert")).to_contain_text("add up to 105 %, not 100 %: 5 too many")
    assert page.get_by_label("Focus areas", exact=True).input_value() == "40"
    page.get_by_label("Job title", exact=True).fill("0")
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("Job title 5 % → 0 %")).to_be_visible()
    context.close()
