"""Every admin page opens for who may see it, and costs few queries."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from actors.pairing.batch_matching import run_matching
from models.agenda_item import EventAgendaItem
from models.event import Event, EventSponsor
from models.matching_run import MatchingRun, RunKind
from models.opt_out import opt_out
from models.service_state import N8N, PLANNER, ServiceState, report
from tests.admin_site import AdminSite, signed_in
from tests.factories import (
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
    make_speaker,
)

PLACES = (
    "events", "agenda", "speakers", "sponsors", "attendees", "contractors", "opt-outs",
    "matches", "messages", "runs", "accounts", "audit",
)  # fmt: skip
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now)


def fill(now: datetime, people: int = 2, name: str = "Ana") -> Event:
    """Make an event with something in every table."""
    event = make_event(now, name=f"Summit {name}", timezone="America/Chicago")
    make_speaker(event, name=f"Speaker {name}")
    EventSponsor.insert(event=event, name=f"Sponsor {name}").execute()
    EventAgendaItem.insert(
        event=event, item_type="lunch", title=f"Lunch {name}",
        start_time=now, end_time=now + timedelta(hours=1),
    ).execute()  # fmt: skip
    MatchingRun.insert(event=event, status="completed", error=name).execute()
    crowd = [make_contractor(first_name=name, company_name=name) for _ in range(people)]
    for person in crowd:
        make_attendee(event, person)
    for first, second in zip(crowd[::2], crowd[1::2], strict=False):
        match = make_match(event, first, second, match_reason=name, notes=name)
        make_message(
            now, event=event, match=match, contractor=first, message_content=name,
            phone=first.phone, personalization_data={"peer_name": name},
        )  # fmt: skip
    opt_out(f"+1512555{people:04d}", now=now, source=name)
    return event


@pytest.mark.parametrize("place", PLACES)
def test_every_list_and_record_opens(site: AdminSite, now: datetime, place: str) -> None:
    fill(now)
    listing = site.text(f"/admin/{place}/")
    assert "details/?id=" in listing
    key = listing.split("details/?id=")[1].split("&")[0].split('"')[0]
    site.text(f"/admin/{place}/details/?id={key}")
    assert site.get(f"/admin/{place}/export/csv/").status_code == 200


@pytest.mark.parametrize(
    "place", ["events", "agenda", "speakers", "sponsors", "attendees", "contractors", "accounts"]
)
def test_every_form_opens_empty_and_filled(site: AdminSite, now: datetime, place: str) -> None:
    fill(now)
    site.text(f"/admin/{place}/new/")
    key = site.text(f"/admin/{place}/").split("edit/?id=")[1].split("&")[0].split('"')[0]
    site.text(f"/admin/{place}/edit/?id={key}")


@pytest.mark.parametrize("place", PLACES)
def test_empty_lists_say_what_to_do(site: AdminSite, place: str) -> None:
    page = site.text(f"/admin/{place}/?search=nobodyhasthis")
    assert "empty" in page or place in ("runs",)


def test_an_export_runs_no_formula_and_keeps_phones(site: AdminSite, now: datetime) -> None:
    make_contractor(first_name="=cmd()", last_name="@x", company_name="-2+3", phone="+15125550100")
    row = site.get("/admin/contractors/export/csv/").text.splitlines()[1]
    assert row.startswith("'=cmd(),'@x,")
    assert ",+15125550100,'-2+3," in row


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/admin/events/details/?id=abc", 404),
        ("/admin/events/details/?id=99999999999999999999", 404),
        ("/admin/events/details/?id=-1", 404),
        ("/admin/events/edit/?id=1%00", 400),
        ("/admin/events/edit/?id=999999", 404),
        ("/admin/events/?page=-1", 404),
        ("/admin/events/?page=x", 400),
        ("/admin/events/?page=99999999999999999999", 404),
        ("/admin/events/?page_size=-5", 404),
        ("/admin/events/?sort=nonsense", 400),
        ("/admin/events/?sort=99", 200),
        ("/admin/events/?search=%00", 400),
        ("/admin/events/?search=%25%27%22;--", 200),
        ("/admin/events/?_scheme=x&_external=1", 200),
        ("/admin/events/?agenda=nonsense&from=yesterday", 200),
        ("/admin/attendees/?event=abc", 200),
        ("/admin/attendees/?event=99999999999999999999", 200),
        ("/admin/attendees/ajax/lookup/?name=contractor&query=a&offset=-1&limit=-1", 200),
        ("/admin/attendees/ajax/lookup/?name=contractor&limit=99999999999999999999", 200),
        ("/admin/attendees/ajax/lookup/?name=contractor", 200),
        ("/admin/attendees/ajax/lookup/?name=nothing", 404),
        ("/admin/events/export/xlsx/", 404),
        ("/admin/nothing/here", 404),
        ("/admin/events/details/", 302),
    ],
)  # fmt: skip
def test_garbage_is_answered_not_crashed_on(
    site: AdminSite, now: datetime, address: str, status: int
) -> None:
    make_event(now)
    assert site.get(address).status_code == status


def test_filters_on_two_related_tables_find_the_right_rows(site: AdminSite, now: datetime) -> None:
    first, second = fill(now, people=2, name="Bea"), fill(now, people=2, name="Cy")
    person = make_contractor(first_name="Dora")
    make_message(now, event=first, contractor=person, message_type="reply")
    make_message(now, event=second, contractor=person, message_type="reply")
    page = site.text(f"/admin/messages/?event={first.id}&contractor={person.id}&search=Dora")
    assert page.count("details/?id=") - page.count("events/details") >= 1
    assert page.count('<th scope="row">') == 1


def test_times_are_shown_in_the_zone_of_the_event(site: AdminSite, now: datetime) -> None:
    noon_utc = now.replace(year=2026, month=11, day=23, hour=18, minute=5, second=0, microsecond=0)
    event = make_event(now, timezone="America/Chicago")
    make_message(noon_utc, event=event)
    shown = site.text("/admin/messages/")
    assert "<span>Nov 23, 2026,</span> <span>12:05 PM CST</span>" in shown
    assert 'datetime="2026-11-23T18:05:00+00:00"' in shown


def test_a_phone_is_found_however_it_is_typed(site: AdminSite) -> None:
    make_contractor(first_name="Dora", phone="+15125550142")
    make_contractor(first_name="Emil", phone="+15125550143")
    page = site.text("/admin/contractors/?search=(512)+555-0142")
    assert "Dora" in page
    assert "Emil" not in page


def test_home_says_where_matching_stands(site: AdminSite, now: datetime) -> None:
    event = fill(now)
    Event.update(
        matching_status="scheduled",
        matching_at=now.replace(hour=17, minute=45),
        introductions_at=now.replace(hour=18, minute=5),
        date=now.date() + timedelta(days=1),
    ).where(Event.id == event.id).execute()
    page = site.text("/admin/")
    assert "Matching runs" in page
    assert "introductions leave" in page
    assert "1 scheduled" in page
    assert "Planner: not heard of yet." in page


@pytest.mark.parametrize(
    ("planner", "words"),
    [
        (("up", 0, None), "Planner: working; nothing is late."),
        (("trouble", 0, "texts: KeyError"),
         "Planner: trouble since 12:04 PM CST (texts: KeyError)."),
        (("up", 60, None), "Planner: silent since Nov 23, 2026, 12:04 PM CST. Is a worker"),
    ],
)  # fmt: skip
def test_home_says_how_the_planner_is(
    site: AdminSite, now: datetime, planner: tuple[str, int, str | None], words: str
) -> None:
    make_event(now, timezone="America/Chicago")
    state, silent_for, message = planner
    at = now - timedelta(seconds=silent_for)
    report(PLANNER, state, now=at, message=message, leader="host:7")
    at_noon = now.replace(month=11, day=23, hour=18, minute=4, second=0, year=2026)
    seen = at_noon if silent_for else now
    ServiceState.update(since=at_noon, seen_at=seen).execute()
    assert words in site.text("/admin/")


def test_home_says_since_when_n8n_is_down_and_how_much_waits(
    site: AdminSite, now: datetime
) -> None:
    make_event(now, timezone="America/Chicago")
    report(PLANNER, "up", now=now, leader="host:7")
    report(N8N, "down", now=now, message="n8n refused the connection")
    at = now.replace(month=11, day=23, hour=18, minute=4, second=0, year=2026)
    ServiceState.update(since=at).where(ServiceState.name == N8N).execute()
    for _ in range(3):
        make_message(now - timedelta(minutes=5))
    make_message(now + timedelta(minutes=5))
    page = site.text("/admin/")
    assert "n8n: down since 12:04 PM CST, 3 waiting. n8n refused the connection." in page
    assert "Planner: working; the oldest text is 5 min late." in page


def test_home_says_what_is_completed_and_that_it_is_a_rehearsal(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now, matching_status="completed")
    page = site.text("/admin/")
    assert ">Matched</span>" in page
    assert "Rehearsal" not in page
    for place in ("what-if", "matches", "pairs"):
        assert f"/admin/events/{place}/?id={event.id}" in page
    for scale, words in ((60, "a minute lasts a second."), (120, "the day goes by 120 times")):
        Event.update(time_scale=scale).execute()
        assert f"Rehearsal: {words}" in site.text("/admin/")


def test_home_repeats_no_words_about_a_failure(site: AdminSite, now: datetime) -> None:
    make_event(now, matching_status="failed", matching_status_reason="Matching failed: MemoryError")
    assert ">Matching failed: MemoryError<" in site.text("/admin/")


def test_home_without_events_says_what_to_do(site: AdminSite) -> None:
    assert "Create an event with its speakers" in site.text("/admin/")


def test_a_run_says_in_words_why_it_can_be_trusted_and_compares_other_ways(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(
        now, matching_at=now, matching_status="queued", ends_at=now + timedelta(hours=5)
    )
    for _ in range(6):
        make_attendee(event)
    run_matching(event.id, now, RunKind.BATCH, now=lambda: now)
    run = MatchingRun.get()
    page = site.text(f"/admin/runs/details/?id={run.id}")
    assert "6 of 6 people have at least one introduction." in page
    compared = site.text(f"/admin/runs/compare/?id={run.id}")
    assert "Best pair first" in compared
    assert compared.count("6 of 6") == 3
    assert site.get("/admin/runs/compare/?id=99999").status_code == 404
