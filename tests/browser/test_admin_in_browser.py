"""The admin as a person meets it: questions before deletions, typed choices, a phone's width."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from models.attendee import EventAttendee
from models.event import Event, EventSpeaker
from models.event_text import template_of
from models.message_status import MessageType
from tests.browser.served_admin import sign_in
from tests.factories import (
    make_contractor,
    make_event,
)

pytestmark = [pytest.mark.browser, pytest.mark.commits]


def test_a_deletion_asks_first_with_and_without_script(
    page: Page, browser: Browser, address: str, now: datetime
) -> None:
    first, second = make_event(now, name="First"), make_event(now, name="Second")
    sign_in(page, address, now)
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.goto(f"{address}events/details/?id={first.id}")
    page.get_by_role("button", name="Delete").click()
    assert asked == ["Delete “First”? This can not be undone."]
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    assert Event.select().count() == 2

    plain = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    bare = plain.new_page()
    bare.goto(f"{address}events/details/?id={second.id}")
    bare.get_by_role("button", name="Delete").click()
    expect(bare.get_by_role("heading", name="Delete “Second”?")).to_be_visible()
    assert Event.select().count() == 2
    plain.close()

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status")).to_have_text("Deleted: First.")
    assert [event.name for event in Event.select()] == ["Second"]


def test_an_event_is_made_with_speakers_on_lines_that_the_page_adds(
    page: Page, address: str, now: datetime
) -> None:
    sign_in(page, address, now)
    page.goto(f"{address}events/new/")
    page.get_by_label("Name").first.fill("Summit")
    page.get_by_label("Date").fill((now.date() + timedelta(days=3)).isoformat())
    for number, name in enumerate(("Ana", "Ben")):
        page.get_by_role("button", name="Add a line").first.click()
        page.locator(f"[name=speakers-{number}-name]").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The agenda was generated anew")).to_be_visible()
    assert [row.name for row in EventSpeaker.select().order_by(EventSpeaker.position)] == [
        "Ana",
        "Ben",
    ]


def test_a_person_is_found_by_typing_and_chosen_with_the_keyboard(
    page: Page, address: str, now: datetime
) -> None:
    event = make_event(now)
    for number in range(30):
        make_contractor(first_name=f"Nobody{number}")
    dora = make_contractor(first_name="Dora", last_name="Fields", company_name="Fields Roofing")
    sign_in(page, address, now)
    page.goto(f"{address}attendees/new/?event={event.id}")
    box = page.get_by_role("combobox", name="Contractor")
    box.press_sequentially("dora fie")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value(re.compile("Dora Fields"))
    page.get_by_label("Checked in").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Attendees")).to_be_visible()
    saved = EventAttendee.get()
    assert saved.contractor_id == dora.id
    assert saved.check_in_time is not None


def test_words_that_were_never_chosen_are_no_choice(
    page: Page, address: str, now: datetime
) -> None:
    event = make_event(now)
    make_contractor(first_name="Dora")
    sign_in(page, address, now)
    page.goto(f"{address}attendees/new/?event={event.id}")
    page.get_by_role("combobox", name="Contractor").fill("Dora")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Choose one from the list.")).to_be_visible()
    assert EventAttendee.select().count() == 0


def test_the_preview_follows_what_is_typed_and_a_press_puts_placeholders_in(
    page: Page, address: str, now: datetime
) -> None:
    event = make_event(now, name="Summit")
    sign_in(page, address, now)
    page.goto(f"{address}events/details/?id={event.id}")
    page.get_by_role("link", name="Words", exact=True).click()
    page.get_by_role("link", name=re.compile("Change words.*Break prompt")).click()
    preview = page.get_by_role("region", name="How it reads")
    expect(preview).to_contain_text("Hi Ana, want to meet Zeek Test")
    words = page.get_by_label("This event's own words")
    words.fill("Coffee with ")
    expect(preview).to_contain_text("the word SKIP is missing")
    page.get_by_role("button", name="{peer_first_name}").press("Enter")
    words.press_sequentially("? YES or SKIP 👋")
    expect(preview).to_contain_text("Coffee with Zeek? YES or SKIP 👋")
    expect(preview).to_contain_text("👋 halves every segment")
    expect(page.get_by_role("status")).to_have_text("1 segment")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("your own words are saved")
    assert (
        template_of(event.id, MessageType.BREAK_PROMPT)
        == "Coffee with {peer_first_name}? YES or SKIP 👋"
    )


def test_the_usual_words_are_a_start_that_can_be_changed(
    page: Page, address: str, now: datetime
) -> None:
    event = make_event(now, name="Summit")
    sign_in(page, address, now)
    page.goto(f"{address}events/words/edit/?id={event.id}&kind=introduction")
    expect(page.get_by_text("There is no such kind of text.")).to_be_visible()
    page.goto(f"{address}events/words/edit/?id={event.id}&kind=break_prompt")
    page.get_by_role("link", name="Start from the usual words").click()
    words = page.get_by_label("This event's own words")
    expect(words).to_have_value(
        "Hi {first_name}, want to meet {peer} {place}? Reply YES{number} or SKIP{number}."
    )
