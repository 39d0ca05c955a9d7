"""An event's desk: what happens next in numbers, what is missing, how far the texts are."""

import html
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models import service_state
from models.admin_user import Role
from models.agenda_item import EventAgendaItem, ItemType
from models.config import Config
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.admin_site import AdminSite, make_admin
from tests.desk_day import fill_room, introduce, make_day
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_message,
)

EVIL = "<script>alert(1)</script>"


def desk(event: Event) -> str:
    return f"/admin/events/desk/?id={event.id}"


def clock(moment: datetime, event: Event) -> str:
    local = moment.astimezone(event.zone)
    return f"{local:%I:%M %p} {local:%Z}".lstrip("0")


def section(page: str, name: str) -> str:
    return page.split(f'id="desk-{name}"')[1].split("</section>")[0]


def test_the_desk_is_reached_from_the_list_the_first_page_and_the_details(
    site: AdminSite, now: datetime
) -> None:
    event = make_day(now)
    for place in ("events/", "", f"events/details/?id={event.id}"):
        assert desk(event) in site.text(f"/admin/{place}"), place
    assert site.get("/admin/events/desk/?id=99999").status_code == 404


def test_what_happens_next_is_said_in_numbers_in_the_events_zone(
    site: AdminSite, now: datetime
) -> None:
    event = make_day(now)
    fill_room(event, now)
    page = section(site.text(desk(event)), "now")
    assert (
        f"Matching runs at {clock(event.matching_at, event)} with 4 of 9 people; 1 has not agreed "
        "to texts, 1 has no phone that can be texted, 1 sent STOP and 2 are not checked in."
    ) in page
    leaves = clock(event.introductions_at, event)
    assert f"Introductions leave at {leaves}: 12 texts at the most, two for each match." in page
    assert f'data-until="{int(event.matching_at.timestamp() * 1000)}"' in page
    assert "America/Chicago time" in site.text(desk(event))


def test_the_day_is_a_picture_with_its_items_marks_and_the_present(
    site: AdminSite, now: datetime
) -> None:
    event = make_day(now)
    page = section(site.text(desk(event)), "now")
    assert 'role="img"' in page
    assert page.count('class="day-block') == 3
    assert "is-over" in page
    assert page.count('class="day-mark') == 2
    assert "style=" not in page, "the policy forbids it"
    line = page.split("data-now-line")[1]
    # Two hours and up to a minute of seven, between registration and the end of the closing.
    assert 28 <= float(line.split('x1="')[1].split("%")[0]) <= 29


def test_another_day_has_no_present_and_names_its_date(site: AdminSite, now: datetime) -> None:
    event = make_day(now, lunch_in=timedelta(days=40))
    page = section(site.text(desk(event)), "now")
    assert "day-now is-away" in page
    local = event.matching_at.astimezone(event.zone)
    assert f"{local:%a}, {local:%b} {local.day}" in page


def test_texts_that_are_planned_say_when_the_first_and_the_last_leave(
    site: AdminSite, now: datetime
) -> None:
    event = make_day(now)
    for _ in range(4):
        introduce(event, now)
    page = site.text(desk(event))
    assert "8 texts to 8 people" in section(page, "now")
    right = section(page, "departures")
    first = event.introductions_at.astimezone(event.zone)
    assert f"{first:%I:%M:%S %p}".lstrip("0") in right
    assert "8 texts at 8 a second" in right
    assert "All of it leaves in time" in right


def test_before_matching_the_minute_is_an_estimate(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    fill_room(event, now)
    right = section(site.text(desk(event)), "departures")
    assert "At most 12 texts at 8 a second: 4 people here, up to 3 matches each." in right


def test_a_last_departure_after_lunch_is_a_warning(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    texts = introduce(event, now)
    EventAgendaItem.update(end_time=event.introductions_at + timedelta(milliseconds=100)).where(
        EventAgendaItem.item_type == ItemType.LUNCH
    ).execute()
    right = section(site.text(desk(event)), "departures")
    assert "The last one leaves 1 s after lunch ends" in right
    assert f"/admin/events/edit/?id={event.id}" in right
    assert len(texts) == 2


def test_texts_beyond_their_use_are_counted(site: AdminSite, now: datetime) -> None:
    event = make_day(now, lunch_in=-timedelta(minutes=34, seconds=59))
    made = introduce(event, now)
    due = now - timedelta(minutes=30) + timedelta(milliseconds=60)
    EventMessage.update(scheduled_time=due).where(
        EventMessage.id.in_([t.id for t in made])
    ).execute()
    right = section(site.text(desk(event)), "departures")
    assert "would leave more than 30 minutes after their time, and are not sent then." in right


def test_what_left_is_history(site: AdminSite, now: datetime) -> None:
    event = make_day(now, lunch_in=-timedelta(minutes=10))
    introduce(event, now, status=MessageStatus.SENT, actual_send_time=now - timedelta(minutes=4))
    page = site.text(desk(event))
    assert "First left" in section(page, "departures")
    assert "2 introductions have left" in section(page, "now")


def test_while_texts_leave_the_next_step_is_the_last_of_them(
    site: AdminSite, now: datetime
) -> None:
    event = make_day(now, lunch_in=-timedelta(minutes=6))
    for _ in range(20):
        introduce(event, now)
    introduce(event, now, status=MessageStatus.SENT, actual_send_time=now)
    page = section(site.text(desk(event)), "now")
    assert "Introductions are leaving: 2 of 42 have left." in page
    assert "Last introduction" in page


def test_nothing_missing_is_said_plainly(
    site: AdminSite, now: datetime, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_day(now)
    make_attendee(event)
    make_attendee(event)
    said = section(site.text(desk(event)), "readiness")
    assert "Nobody would be told if matching or n8n fails" in said
    told = replace(config, alert_webhook_url="https://chat.example.com/hook")
    monkeypatch.setitem(site.client.application.config, "PEER_CONFIG", told)
    ready = section(site.text(desk(event)), "readiness")
    assert "Ready." in ready
    assert "Nothing is missing." in ready


def test_what_is_missing_is_listed_with_where_it_is_mended(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    fill_room(event, now)
    make_attendee(event, make_contractor(focus_areas=[], services_offered=[]))
    ready = section(site.text(desk(event)), "readiness")
    listed = f"/admin/attendees/?event={event.id}"
    for words, where in (
        ("1 person has not agreed to texts.", f"{listed}&sms=0"),
        ("1 person agreed to texts, but without a phone", f"{listed}&sms=1&phone=0"),
        ("1 person names neither focus areas nor services", f"{listed}&sms=1&profile=0"),
        ("1 person sent STOP", "/admin/opt-outs/"),
    ):
        assert words in ready
        assert where in ready
    assert "Moss" in site.text(f"{listed}&sms=1&profile=0")
    assert site.text(f"{listed}&sms=1&phone=0").count("attendees/details/?id=") == 1
    assert site.text(f"{listed}&sms=1&profile=0").count("attendees/details/?id=") == 1


def test_servers_that_do_not_work_come_first(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    fill_room(event, now)
    past = now - timedelta(minutes=5)
    service_state.report(service_state.PLANNER, service_state.UP, now=past)
    service_state.report(service_state.N8N, service_state.DOWN, now=past, message="it timed out")
    ready = section(site.text(desk(event)), "readiness")
    assert "The planner is silent since" in ready
    assert "Start a worker." in ready
    assert "n8n takes no texts since" in ready
    assert "It timed out." in ready
    assert ready.index("planner") < ready.index("n8n") < ready.index("agreed")


def test_an_event_without_agenda_or_people_says_so(site: AdminSite, now: datetime) -> None:
    bare = make_event(now, date=now.date() + timedelta(days=3))
    ready = section(site.text(desk(bare)), "readiness")
    assert "There is no agenda" in ready
    assert "Nobody is registered." in ready
    make_agenda_item(bare, now + timedelta(days=3), ItemType.SESSION)
    assert "The agenda has no lunch" in section(site.text(desk(bare)), "readiness")


def test_times_that_are_past_are_named(site: AdminSite, now: datetime) -> None:
    event = make_day(now, lunch_in=timedelta(minutes=10))
    ready = section(site.text(desk(event)), "readiness")
    assert f"Matching was due {clock(event.matching_at, event)}, which is past." in ready
    gone = make_day(now, lunch_in=-timedelta(minutes=70))
    assert "Lunch ended" in section(site.text(desk(gone)), "readiness")


def test_how_far_the_texts_are_is_counted(site: AdminSite, now: datetime) -> None:
    event = make_day(now, lunch_in=-timedelta(minutes=6))
    introduce(event, now)
    introduce(event, now, status=MessageStatus.SENT, actual_send_time=now)
    introduce(event, now, status=MessageStatus.DELIVERED, actual_send_time=now)
    introduce(event, now, status=MessageStatus.FAILED, error_message="n8n answered 400")
    introduce(event, now, status=MessageStatus.HELD, held_because="person")
    make_message(now, event=event, status=MessageStatus.SENDING)
    make_message(now, event=event, status=MessageStatus.CANCELLED)
    make_message(now, status=MessageStatus.SENT, actual_send_time=now)
    found = section(site.text(desk(event)), "delivery")
    figures = [part.split("<")[0] for part in found.split('id="desk-figure-')[1:]]
    assert len(figures) == 7
    numbers = [part.split(">")[1].split("<")[0] for part in found.split('id="desk-figure-')[1:]]
    assert numbers == ["2", "1", "2", "2", "2", "2", "1"]
    assert "4 texts went out in the last minute, 0.1 a second." in found
    assert "reported as delivered" not in found
    assert "n8n answered 400" in found
    assert "/admin/trouble/" in found
    assert f"/admin/messages/?event={event.id}&status=failed" in found
    rows = found.split("<tbody>")[1].replace("</td>", " ").replace("<td>", "")
    assert "Waiting</th>0 2 0" in rows
    assert "To come</th>0 3 0" in rows


def test_no_delivery_report_at_all_is_explained(site: AdminSite, now: datetime) -> None:
    event = make_day(now, lunch_in=-timedelta(minutes=6))
    page = section(site.text(desk(event)), "delivery")
    assert "No text went out in the last minute." in page
    assert "reported as delivered" not in page
    introduce(event, now, status=MessageStatus.SENT, actual_send_time=now)
    page = section(site.text(desk(event)), "delivery")
    assert "No text is reported as delivered so far. “Sent” means that n8n took it" in page
    EventMessage.update(status=MessageStatus.RESPONDED).execute()
    introduce(event, now, status=MessageStatus.SENT, actual_send_time=now)
    introduce(event, now, status=MessageStatus.SENT, actual_send_time=now)
    page = section(site.text(desk(event)), "delivery")
    assert "“delivered”, that a delivery report or an answer came since." in page


def test_lunch_that_can_not_be_moved_says_why(site: AdminSite, now: datetime) -> None:
    event = make_day(now, lunch_in=-timedelta(minutes=70))
    assert "See what moves" in section(site.text(desk(event)), "lunch")
    introduce(event, now)
    ends = clock(EventAgendaItem.get(EventAgendaItem.item_type == ItemType.LUNCH).end_time, event)
    assert f"Lunch ended {ends} and matching is done" in section(site.text(desk(event)), "lunch")
    over = section(site.text(desk(make_day(now, lunch_in=-timedelta(hours=5)))), "lunch")
    assert "The day is over, so lunch stays where it was." in over
    bare = section(site.text(desk(make_event(now))), "lunch")
    assert "The agenda has no lunch yet." in bare
    assert "<form" not in over + bare


def test_a_rehearsal_is_called_one(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    assert "Rehearsal" not in site.text(desk(event))
    Event.update(time_scale=60).execute()
    page = site.text(desk(event))
    assert "Rehearsal: a minute lasts a second. The times here are real" in page


def test_a_cancelled_event_has_nothing_left_to_steer(site: AdminSite, now: datetime) -> None:
    event = make_day(now, cancelled_at=now)
    page = site.text(desk(event))
    assert "This event was cancelled" in section(page, "now")
    assert "nothing is left to steer" in section(page, "control")
    assert 'id="desk-lunch"' not in page


def test_matching_that_was_missed_or_failed_is_named(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    Event.update(
        matching_status=MatchingStatus.FAILED, matching_status_reason="The profiles broke it."
    ).where(Event.id == event.id).execute()
    page = site.text(desk(event))
    assert "Matching failed: The profiles broke it." in section(page, "now")
    assert "Matching failed: The profiles broke it." in section(page, "readiness")


def test_what_people_typed_is_escaped_everywhere(site: AdminSite, now: datetime) -> None:
    event = make_day(now, name=EVIL, location=EVIL, matching_status_reason=EVIL)
    EventAgendaItem.update(title=EVIL).execute()
    for _ in range(2):
        make_attendee(event, make_contractor(first_name=EVIL, company_name=EVIL))
    introduce(event, now, status=MessageStatus.FAILED, error_message=EVIL)
    service_state.report(service_state.N8N, service_state.DOWN, now=now, message=EVIL)
    for address in (desk(event), desk(event).replace("desk/", "desk/live/")):
        raw = site.get(address).text
        assert EVIL not in raw
        assert html.escape(EVIL) in raw


def test_a_viewer_sees_the_day_and_no_button(
    client: FlaskClient, site: AdminSite, now: datetime
) -> None:
    event = make_day(now)
    introduce(event, now)
    fill_room(event, now)
    mine = site.text(desk(event))
    assert "Pause all sending" in mine
    assert 'id="desk-lunch"' in mine
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    page = viewer.text(desk(event))
    assert "texts still to leave" in page
    for absent in ("desk/act/", "desk/lunch/", "events/edit/", 'href="#desk', 'id="desk-lunch"'):
        assert absent not in page, absent
