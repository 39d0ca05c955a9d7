"""Badges to print: eight a sheet, a dozen sheets a page, each with the code that the door reads."""

import re
from datetime import datetime

import pytest
import segno
from flask.testing import FlaskClient

from models.admin_user import Role
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.event import Event
from tests.admin_site import AdminSite, signed_in
from tests.factories import make_attendee, make_contractor, make_event
from tests.integration.test_admin_pages import EVIL
from tests.statements import statements

BADGES = "/admin/events/badges/"


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.VIEWER)


def fill(event: Event, people: int) -> None:
    rows = [{"first_name": "Ana", "last_name": f"Moss{n:05d}"} for n in range(people)]
    keys = [row.id for row in Contractor.insert_many(rows).returning(Contractor.id).execute()]
    EventAttendee.insert_many([{"event": event.id, "contractor": key} for key in keys]).execute()


def names(text: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", text)


def test_a_badge_has_name_company_and_the_code_that_the_door_reads(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now)
    person = make_contractor(first_name="Zoe", last_name="Anderson", company_name="Sky Roofing")
    row = make_attendee(event, person)
    page = site.get(f"{BADGES}?id={event.id}").text
    assert names(page) == ["Zoe Anderson"]
    assert "Sky Roofing" in page
    drawn = re.findall(r'<svg[^>]*class="qr">(.*?)</svg>', page)
    code = segno.make(row.qr_code_data, error="m", micro=False)
    square = code.svg_inline(omitsize=True, border=4, lineclass=None)
    assert drawn == re.findall(r"<svg[^>]*>(.*?)</svg>", square)


def test_two_thousand_people_come_a_dozen_sheets_at_a_time(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    fill(event, 2_000)
    with statements() as seen:
        first = site.text(f"{BADGES}?id={event.id}")
    assert len(seen) == 4, "who asks, the event, how many, a page of them"
    assert len(names(first)) == 96
    assert first.count('class="badges-sheet"') == 12
    assert "1 to 96 of 2,000 people" in first
    last = site.text(f"{BADGES}?id={event.id}&page=21")
    assert names(last)[-1] == "Ana Moss01999"
    assert len(names(last)) == 2_000 - 20 * 96


@pytest.mark.parametrize("page", ["0", "2", "x", "99999999999"])
def test_a_page_that_is_not_there_says_so(site: AdminSite, now: datetime, page: str) -> None:
    event = make_event(now)
    fill(event, 3)
    assert site.get(f"{BADGES}?id={event.id}&page={page}").status_code == 404


def test_one_person_s_badge_can_be_printed_alone(site: AdminSite, now: datetime) -> None:
    event, other = make_event(now), make_event(now)
    fill(event, 3)
    row = make_attendee(event, make_contractor(first_name="Zoe", last_name="Anderson"))
    page = site.text(f"{BADGES}?id={event.id}&attendee={row.id}")
    assert names(page) == ["Zoe Anderson"]
    assert "There is no such badge" in site.text(f"{BADGES}?id={other.id}&attendee={row.id}")


@pytest.mark.parametrize("code", [EVIL, "Grüße 你好", "x" * 255, "7"])
def test_any_code_becomes_a_square_and_never_markup(
    site: AdminSite, now: datetime, code: str
) -> None:
    event = make_event(now, name=EVIL)
    person = make_contractor(first_name=EVIL, last_name="", company_name=f"{EVIL} Co")
    make_attendee(event, person, qr_code_data=code)
    page = site.get(f"{BADGES}?id={event.id}").text
    assert EVIL not in page
    assert page.count('class="qr"') == 1
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=")


def test_without_a_code_or_people_the_page_says_what_to_do(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    assert "Nobody is registered yet" in site.text(f"{BADGES}?id={event.id}")
    make_attendee(event, qr_code_data=None)
    assert "No code: find by name" in site.text(f"{BADGES}?id={event.id}")
