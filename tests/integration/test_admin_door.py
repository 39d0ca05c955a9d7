"""An event's door: find, check in, agree to texts, take a slip back; and who may."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import clock, door
from models.admin_user import Role
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun, RunStatus
from models.opt_out import opt_out
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_attendee, make_contractor, make_event, make_match
from tests.integration.test_admin_pages import EVIL
from tests.statements import statements

DOOR = "/admin/events/door/"
Wait = Callable[[timedelta], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Wait:
    """Stop the clock of the pages; call it to move it on."""
    moment = [now]

    def move(by: timedelta) -> None:
        moment[0] += by

    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return move


def absent(event: Event, **person: object) -> EventAttendee:
    """Somebody registered, not here, who was not asked about texts."""
    nothing = {"sms_opt_in": False, "sms_consent_at": None, "sms_consent_source": None}
    return make_attendee(
        event, make_contractor(**person), check_in_time=None, check_in_method=None, **nothing
    )


def fresh(attendee: EventAttendee) -> EventAttendee:
    return EventAttendee.get_by_id(attendee.id)


def names(text: str) -> list[str]:
    return re.findall(r'class="entry-name">([^<]+)<', text)


def found(site: AdminSite, event: Event, typed: str) -> list[str]:
    return names(site.text(f"{DOOR}found/?id={event.id}&q={typed}"))


def check_in(site: AdminSite, event: Event, **fields: object) -> TestResponse:
    return site.post(f"{DOOR}check-in/", page=f"{DOOR}?id={event.id}", id=event.id, **fields)


def undo(site: AdminSite, row: EventAttendee, made_at: datetime) -> TestResponse:
    return site.post(
        f"{DOOR}undo/", page=f"{DOOR}?id={row.event_id}", id=row.event_id, attendee=row.id,
        made_at=made_at.isoformat(),
    )  # fmt: skip


def deeds() -> list[str]:
    return [row.action for row in AuditLog.select().order_by(AuditLog.id)][1:]


@pytest.mark.parametrize("typed", ["and", "ANDERS", "zoe", "Zoe And", "sky ro", "0142", "555-0142"])
def test_a_few_letters_or_digits_find_a_person(site: AdminSite, now: datetime, typed: str) -> None:
    event = make_event(now)
    absent(
        event, first_name="Zoe", last_name="Anderson", company_name="Sky Roofing",
        phone="+15125550142",
    )  # fmt: skip
    absent(event, first_name="Bo", last_name="Tell", company_name="Pool Co", phone="+15125550999")
    assert found(site, event, typed) == ["Zoe Anderson"]


@pytest.mark.parametrize("typed", ["", "z", "1", "01", "%25", "__", " . "])
def test_too_little_finds_nobody(site: AdminSite, now: datetime, typed: str) -> None:
    event = make_event(now)
    absent(event, first_name="Zoe", last_name="Anderson")
    assert found(site, event, typed) == []


def test_whose_name_begins_with_it_comes_first(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    absent(event, first_name="Bo", last_name="Aaron", company_name="Annex")
    absent(event, first_name="Anna", last_name="Zeta", company_name="Co")
    assert found(site, event, "ann") == ["Anna Zeta", "Bo Aaron"]


def test_a_code_that_a_hand_scanner_types_finds_its_badge(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    badge = absent(event, first_name="Zoe", last_name="Anderson")
    assert found(site, event, str(badge.qr_code_data)) == ["Zoe Anderson"]


@pytest.mark.parametrize("people", [10, 5_000])
def test_the_page_is_bounded_and_its_queries_are_constant(
    site: AdminSite, now: datetime, people: int
) -> None:
    event = make_event(now)
    rows = [
        {"first_name": "Ana", "last_name": f"Moss{n}", "company_name": "Moss", "phone": None}
        for n in range(people)
    ]
    keys = [row.id for row in Contractor.insert_many(rows).returning(Contractor.id).execute()]
    EventAttendee.insert_many([{"event": event.id, "contractor": key} for key in keys]).execute()
    with statements() as seen:
        page = site.text(f"{DOOR}?id={event.id}&q=moss")
    assert len(names(page)) == min(people, door.MOST_FOUND)
    assert len(seen) == 4, "who asks, the event, the count, who fits"
    assert f"<strong>0</strong> of {people:,} here" in page
    with statements() as seen:
        assert found(site, event, "nobody") == []
    assert len(seen) == 4, "who asks, the event, who fits, whom else we know"


def test_one_tap_checks_in_without_asking_for_consent(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    row = absent(event, first_name="Zoe", last_name="Anderson")
    answer = check_in(site, event, person=row.contractor_id)
    saved = fresh(row)
    assert (saved.check_in_method, saved.sms_opt_in, saved.sms_consent_at) == ("door", False, None)
    page = site.text(answer.headers["Location"])
    assert "Zoe Anderson is in" in page
    assert "<strong>1</strong> of 1 here" in page
    assert deeds() == ["event_attendees.checked_in"]


def test_with_script_only_the_parts_that_changed_come_back(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    row = absent(event, first_name="Zoe", last_name="Anderson")
    data = {
        "csrf_token": site.token(f"{DOOR}?id={event.id}"), "id": event.id,
        "person": row.contractor_id,
    }  # fmt: skip
    answer = site.client.post(f"{DOOR}check-in/", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "<strong>1</strong> of 1 here" in answer.text
    assert answer.text.count("hx-swap-oob") == 2
    assert 'data-undo="10"' in answer.text


def test_a_tick_at_the_door_is_stored_as_consent(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    row = absent(event)
    check_in(site, event, person=row.contractor_id, consent="y")
    saved = fresh(row)
    assert (saved.sms_opt_in, saved.sms_consent_source) == (True, "door")
    assert saved.sms_consent_at == saved.check_in_time


def test_somebody_who_is_here_can_agree_later(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    row = absent(event)
    EventAttendee.update(check_in_time=now - timedelta(hours=1)).execute()
    row = fresh(row)
    page = check_in(site, event, person=row.contractor_id, consent="y")
    assert fresh(row).sms_opt_in
    assert fresh(row).check_in_time == row.check_in_time
    assert "Already checked in, at" in site.text(page.headers["Location"])
    assert deeds() == ["event_attendees.consented"]


def test_a_tick_never_beats_a_stop_and_the_page_says_so(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    row = absent(event)
    opt_out(row.contractor.phone, now=now, source="STOP")
    answer = check_in(site, event, person=row.contractor_id, consent="y")
    saved = fresh(row)
    assert saved.check_in_time is not None
    assert (saved.sms_opt_in, saved.sms_consent_at) == (False, None)
    page = site.text(answer.headers["Location"])
    assert "this phone once sent STOP" in page
    assert "Agrees to texts" not in page


def test_a_badge_checks_in_its_person_and_a_foreign_one_nobody(
    site: AdminSite, now: datetime
) -> None:
    event, other = make_event(now), make_event(now)
    row, foreign = absent(event), absent(other)
    check_in(site, event, code=f" {row.qr_code_data} ")
    assert fresh(row).check_in_method == "door"
    answer = check_in(site, event, code=foreign.qr_code_data)
    assert "No badge of this event has this code." in site.notes(answer)
    assert fresh(foreign).check_in_time is None


def test_a_typed_name_with_enter_is_no_wrong_code(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    absent(event, first_name="Zoe", last_name="Anderson")
    answer = check_in(site, event, code="Anderson", typed="Anderson")
    page = site.text(answer.headers["Location"])
    assert names(page) == ["Zoe Anderson"]
    assert "No badge" not in page


def test_a_late_check_in_asks_for_a_top_up(site: AdminSite, now: datetime) -> None:
    event = make_event(
        now, matching_status=MatchingStatus.COMPLETED, introductions_at=now + timedelta(hours=1)
    )
    row = absent(event)
    check_in(site, event, person=row.contractor_id)
    assert Event.get_by_id(event.id).top_up_at is not None


def test_somebody_known_but_not_registered_becomes_a_walk_in(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now)
    person = make_contractor(first_name="Wanda", last_name="Walker")
    page = site.text(f"{DOOR}?id={event.id}&q=wand")
    assert names(page) == ["Wanda Walker"]
    assert "Add and check in" in page
    check_in(site, event, person=person.id)
    assert EventAttendee.get(event=event, contractor=person).check_in_method == "door"


def test_undo_takes_back_the_check_in_and_the_consent_given_with_it(
    site: AdminSite, now: datetime, wait: Wait
) -> None:
    row = absent(make_event(now))
    check_in(site, row.event, person=row.contractor_id, consent="y")
    wait(timedelta(seconds=9))
    answer = undo(site, row, now)
    assert "is not checked in any more" in site.notes(answer)
    saved = fresh(row)
    assert (saved.check_in_time, saved.check_in_method) == (None, None)
    assert (saved.sms_opt_in, saved.sms_consent_at, saved.sms_consent_source) == (False, None, None)
    assert deeds() == ["event_attendees.checked_in", "event_attendees.check_in_undone"]


def test_undo_leaves_a_consent_that_was_there_before(
    site: AdminSite, now: datetime, wait: Wait
) -> None:
    row = make_attendee(make_event(now), check_in_time=None, check_in_method=None)
    check_in(site, row.event, person=row.contractor_id, consent="y")
    undo(site, row, now)
    saved = fresh(row)
    assert saved.check_in_time is None
    assert (saved.sms_opt_in, saved.sms_consent_source) == (True, "test")


def test_undo_is_offered_and_taken_within_its_time_only(
    site: AdminSite, now: datetime, wait: Wait
) -> None:
    row = absent(make_event(now))
    page = check_in(site, row.event, person=row.contractor_id).headers["Location"]
    assert "data-undo" in site.text(page)
    wait(timedelta(seconds=13))
    assert "data-undo" not in site.text(page)
    assert "Ten seconds are over" in site.notes(undo(site, row, now))
    assert fresh(row).check_in_time == now


def _matched(row: EventAttendee, now: datetime) -> None:
    make_match(row.event, row.contractor, make_contractor())


def _running(row: EventAttendee, now: datetime) -> None:
    MatchingRun.insert(event=row.event_id, status=RunStatus.RUNNING, started_at=now).execute()


def _by_somebody_else(row: EventAttendee, now: datetime) -> None:
    EventAttendee.update(check_in_time=now + timedelta(seconds=1)).execute()


def _by_hand(row: EventAttendee, now: datetime) -> None:
    EventAttendee.update(check_in_method="admin").execute()


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (_matched, "Matching has begun"),
        (_running, "Matching has begun"),
        (_by_somebody_else, "Somebody else has changed"),
        (_by_hand, "Somebody else has changed"),
    ],
)
def test_undo_is_refused_once_the_check_in_is_another_or_is_used(
    site: AdminSite,
    now: datetime,
    wait: Wait,
    meanwhile: Callable[[EventAttendee, datetime], None],
    words: str,
) -> None:
    row = absent(make_event(now))
    check_in(site, row.event, person=row.contractor_id)
    meanwhile(row, now)
    wait(timedelta(seconds=3))
    assert words in site.notes(undo(site, row, now))
    assert fresh(row).check_in_time is not None
    assert deeds() == ["event_attendees.checked_in"]


def test_a_second_undo_changes_nothing(site: AdminSite, now: datetime, wait: Wait) -> None:
    row = absent(make_event(now))
    check_in(site, row.event, person=row.contractor_id)
    undo(site, row, now)
    assert "nothing was undone" in site.notes(undo(site, row, now))
    assert deeds()[-1] == "event_attendees.check_in_undone"
    assert len(deeds()) == 2


def test_names_are_shown_and_never_run(site: AdminSite, now: datetime) -> None:
    event = make_event(now, name=EVIL)
    row = absent(event, first_name=EVIL, last_name="", company_name=f"{EVIL} Co")
    shown = check_in(site, event, person=row.contractor_id).headers["Location"]
    for address in (f"{DOOR}?id={event.id}&q=script", f"{DOOR}?id={event.id}&q={EVIL}x", shown):
        answer = site.get(address)
        assert answer.status_code == 200
        assert EVIL not in answer.text
        assert "&lt;script&gt;" in answer.text
        assert answer.text.count("<script") == answer.text.count("<script src=")


def test_only_the_door_may_use_the_camera_and_scripts_are_our_own(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now)
    page = site.get(f"{DOOR}?id={event.id}")
    assert page.headers["Permissions-Policy"].startswith("camera=(self)")
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert site.get("/admin/").headers["Permissions-Policy"].startswith("camera=()")


def test_a_viewer_sees_the_door_and_changes_nothing(client: FlaskClient, now: datetime) -> None:
    event = make_event(now)
    row = absent(event, first_name="Zoe", last_name="Anderson")
    site = AdminSite(client)
    site.sign_in(make_admin(now, Role.VIEWER).email)
    page = site.text(f"{DOOR}?id={event.id}&q=zoe")
    assert names(page) == ["Zoe Anderson"]
    assert "<strong>0</strong> of 1 here" in page
    for offered in ("check-in/", "Agrees to texts", "data-scan "):
        assert offered not in page
    data = {"csrf_token": site.token("/admin/"), "id": event.id, "person": row.contractor_id}
    assert client.post(f"{DOOR}check-in/", data=data).status_code == 403
    assert client.post(f"{DOOR}undo/", data={**data, "attendee": row.id}).status_code == 403
    assert fresh(row).check_in_time is None


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("check-in", {"person": "999999"}, 404),
        ("check-in", {"person": "x"}, 404),
        ("check-in", {}, 404),
        ("undo", {"attendee": "999999", "made_at": "2027-01-01T10:00:00+00:00"}, 404),
        ("undo", {"attendee": "1", "made_at": "yesterday"}, 400),
        ("undo", {"attendee": "1", "made_at": "2027-01-01T10:00:00"}, 400),
        ("undo", {"attendee": "x"}, 404),
    ],
)
def test_nonsense_is_refused_in_words(
    site: AdminSite, now: datetime, action: str, fields: dict[str, str], status: int
) -> None:
    event = make_event(now)
    page = f"{DOOR}?id={event.id}"
    answer = site.post(f"{DOOR}{action}/", page=page, id=event.id, **fields)
    assert answer.status_code == status


@pytest.mark.parametrize("action", ["check-in", "undo"])
def test_the_buttons_need_their_token(site: AdminSite, now: datetime, action: str) -> None:
    row = absent(make_event(now))
    data = {"id": row.event_id, "person": row.contractor_id, "attendee": row.id}
    assert site.client.post(f"{DOOR}{action}/", data=data).status_code == 400
    assert fresh(row).check_in_time is None


def test_the_event_its_desk_and_the_home_page_lead_to_the_door(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now)
    for address in ("/admin/events/details/", "/admin/events/desk/"):
        page = site.text(f"{address}?id={event.id}")
        assert f"{DOOR}?id={event.id}" in page
        assert f"/admin/events/badges/?id={event.id}" in page
    assert f"{DOOR}?id={event.id}" in site.text("/admin/")
