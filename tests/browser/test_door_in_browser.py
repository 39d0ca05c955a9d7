"""The door as somebody stands at it with a phone: type, tap, take back, scan."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from models.attendee import EventAttendee
from models.event import Event
from tests.browser.conftest import ARGUMENTS, PHONE
from tests.browser.served_admin import complaints_of, sign_in
from tests.factories import make_attendee, make_contractor, make_event

pytestmark = [pytest.mark.browser, pytest.mark.commits]
SIZE = 320


def absent(event: Event, first_name: str, last_name: str) -> EventAttendee:
    person = make_contractor(first_name=first_name, last_name=last_name, company_name="Sky Roofing")
    return make_attendee(
        event, person, check_in_time=None, check_in_method=None, sms_opt_in=False,
        sms_consent_at=None, sms_consent_source=None,
    )  # fmt: skip


def open_door(page: Page, address: str, now: datetime, event: Event) -> list[str]:
    """Sign in and open the door; return where the console's complaints are gathered."""
    complaints = complaints_of(page)
    sign_in(page, address, now)
    page.goto(f"{address}events/door/?id={event.id}")
    return complaints


def test_three_letters_a_tap_and_undo_on_a_phone(page: Page, address: str, now: datetime) -> None:
    event = make_event(now)
    row = absent(event, "Zoe", "Anderson")
    absent(event, "Bo", "Tell")
    page.set_viewport_size(PHONE)
    complaints = open_door(page, address, now, event)
    box, count = page.get_by_role("searchbox"), page.locator("#door-count")
    expect(box).to_be_focused()
    expect(count).to_have_text("0 of 2 here")
    page.keyboard.type("and")
    expect(page.get_by_role("button", name="Check in Zoe Anderson")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Agrees to texts")).not_to_be_checked()
    tap = page.get_by_role("button", name="Check in Zoe Anderson")
    where = tap.bounding_box()
    assert where
    assert where["height"] >= 48
    tap.click()
    expect(page.get_by_text("Zoe Anderson is in")).to_be_visible()
    expect(count).to_have_text("1 of 2 here")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    assert not EventAttendee.get_by_id(row.id).sms_opt_in
    undo = page.get_by_role("button", name="Undo the check-in of Zoe Anderson")
    expect(undo).to_contain_text(re.compile(r"\d+ s"))
    undo.click()
    expect(page.get_by_text("Zoe Anderson is not checked in any more.")).to_be_visible()
    expect(count).to_have_text("0 of 2 here")
    assert EventAttendee.get_by_id(row.id).check_in_time is None
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert complaints == []


def test_a_hand_scanner_s_enter_checks_in_and_a_name_s_does_not(
    page: Page, address: str, now: datetime
) -> None:
    event = make_event(now)
    row = absent(event, "Zoe", "Anderson")
    open_door(page, address, now, event)
    page.keyboard.type("Anderson")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check in Zoe Anderson")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.keyboard.insert_text(str(row.qr_code_data))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Zoe Anderson is in")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_others_arrivals_are_counted_and_a_lost_connection_is_said(
    page: Page, address: str, now: datetime
) -> None:
    event = make_event(now)
    absent(event, "Zoe", "Anderson")
    open_door(page, address, now, event)
    EventAttendee.update(check_in_time=now).execute()
    expect(page.locator("#door-count")).to_have_text("1 of 1 here", timeout=6_000)
    page.context.set_offline(True)
    page.keyboard.type("zoe")
    expect(page.get_by_role("alert")).to_contain_text("nothing was changed")
    page.context.set_offline(False)
    page.keyboard.type(" a")
    expect(page.get_by_text(re.compile("Here since"))).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()


def test_without_script_plain_forms_do_the_same(
    browser: Browser, address: str, now: datetime
) -> None:
    event = make_event(now)
    absent(event, "Zoe", "Anderson")
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.set_default_timeout(10_000)
    open_door(page, address, now, event)
    page.get_by_role("searchbox").fill("and")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("button", name="Check in Zoe Anderson").click()
    expect(page.get_by_text("Zoe Anderson is in")).to_be_visible()
    page.get_by_role("button", name="Undo the check-in of Zoe Anderson").click()
    expect(page.get_by_text("Zoe Anderson is not checked in any more.")).to_be_visible()
    context.close()


@pytest.fixture
def camera(browser: Browser, tmp_path: Path) -> Iterator[tuple[Browser, Path]]:
    """A browser whose camera shows a film, which a test puts at the path first."""
    film = tmp_path / "badge.y4m"
    film.write_bytes(b"")
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = [
        *ARGUMENTS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    launched = browser.browser_type.launch(executable_path=executable, args=arguments)
    yield launched, film
    launched.close()


def film_of(code: str) -> bytes:
    """Return a film of one second in which a badge is held before the camera."""
    rows = [list(row) for row in segno.make(code, error="m").matrix]
    scale = SIZE // (len(rows) + 8)
    edge = (SIZE - scale * len(rows)) // 2
    picture = bytearray(b"\xeb" * SIZE * SIZE)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            for line in range(scale * bool(is_dark)):
                start = (edge + y * scale + line) * SIZE + edge + x * scale
                picture[start : start + scale] = b"\x10" * scale
    frame = b"FRAME\n" + bytes(picture) + b"\x80" * (SIZE * SIZE // 2)
    return f"YUV4MPEG2 W{SIZE} H{SIZE} F10:1 Ip A1:1 C420\n".encode() + frame * 10


def test_the_camera_reads_a_badge_and_checks_its_person_in(
    camera: tuple[Browser, Path], address: str, now: datetime
) -> None:
    launched, film = camera
    event = make_event(now)
    row = absent(event, "Zoe", "Anderson")
    film.write_bytes(film_of(str(row.qr_code_data)))
    page = launched.new_context(viewport=PHONE).new_page()
    complaints = open_door(page, address, now, event)
    page.get_by_role("button", name="Scan badges").click()
    expect(page.get_by_text("Zoe Anderson is in")).to_be_visible()
    assert EventAttendee.get_by_id(row.id).check_in_method == "door"
    # The picture leaves room for what can be done next.
    page.get_by_role("button", name="Undo the check-in of Zoe Anderson").click(trial=True)
    assert page.evaluate("window.scrollY") == 0
    page.get_by_role("button", name="Stop scanning").click()
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert complaints == []
