"""Importing as people do it: drop or choose a file, mend a column, watch it, take the report."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from actors.people.importing import run_import
from models import clock
from models.attendee import EventAttendee
from models.import_job import ImportJob
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.served_admin import sign_in, too_wide
from tests.factories import make_event

pytestmark = [pytest.mark.browser, pytest.mark.commits]
FILE = """Rufname;Last name;Mobile;SMS opt-in
Zoë;Moss;(512) 555-0101;yes
Ben;Dunn;(512) 555-0102;no
Cy;Egan;12345;yes
"""
HOLDING = """text => {
  const held = new DataTransfer();
  held.items.add(new File([text], "people.csv", { type: "text/csv" }));
  return held;
}"""


def give_file(page: Page, *, by_drop: bool) -> None:
    if by_drop:
        held = page.evaluate_handle(HOLDING, FILE)
        page.dispatch_event("[data-import-drop]", "drop", {"dataTransfer": held})
        return
    given = {"name": "people.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    page.get_by_label("Drop a CSV file here, or choose one").set_input_files(given)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Read the file").press("Enter")


@pytest.mark.parametrize(
    ("size", "by_drop"), [(DESKTOP, True), (PHONE, False)], ids=["desktop", "phone"]
)
def test_a_file_is_dropped_its_columns_mended_and_the_report_taken(
    browser: Browser,
    address: str,
    now: datetime,
    size: dict[str, int],
    by_drop: bool,
) -> None:
    event = make_event(now, name="Summit")
    context = browser.new_context(viewport=size)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, address, now)
    page.goto(f"{address}attendees/?event={event.id}")
    page.get_by_role("link", name="Import CSV").click()
    assert too_wide(page) == 0
    give_file(page, by_drop=by_drop)

    expect(page.get_by_role("heading", name="people.csv")).to_be_visible()
    page.get_by_label("Rufname").select_option("First name")
    expect(page.get_by_role("row", name=re.compile("Zoë Moss"))).to_be_visible()
    expect(page.get_by_text("Mobile 12345: the phone number is not readable")).to_be_visible()
    page.get_by_label("Where did they agree to texts?").fill("tick on the form")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Summit: 2 newly registered, 1 newly agree to texts.")).to_be_visible()
    assert too_wide(page) == 0
    page.get_by_role("button", name="Import 2 rows…").click()
    expect(page.get_by_role("heading", name="Import 2 people from people.csv?")).to_be_visible()
    page.get_by_role("button", name="Import them").press("Enter")

    expect(page.get_by_role("heading", name="Waiting for a worker")).to_be_visible()
    ImportJob.update(status="running", done_rows=1).execute()
    expect(page.get_by_role("progressbar", name="Rows imported")).to_have_js_property("value", 1)
    page.goto(f"{address}imports/")
    page.get_by_role("link", name="people.csv").click()
    expect(page.get_by_text("1 of 2 rows")).to_be_visible()
    ImportJob.update(status="queued", done_rows=0).execute()
    run_import(ImportJob.get().id, now=clock.now)
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    assert too_wide(page) == 0
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").click()
    report = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [line.split(",")[1] for line in report.splitlines()] == [
        "Result", "New", "New", "Left out",
    ]  # fmt: skip
    assert EventAttendee.select().where(EventAttendee.sms_opt_in).count() == 1
    assert complaints == []
    context.close()
