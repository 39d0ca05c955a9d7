"""What organisers save of people: real phones, sane lists, and never a text over a STOP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.opt_out import lift, opt_out
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite
from tests.factories import (
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
)

WHO = "organiser@example.com"


def logged() -> list[tuple[str, dict[str, Any]]]:
    rows = AuditLog.select().where(AuditLog.subject_type.is_null(False)).order_by(AuditLog.id)
    return [(row.action, row.detail) for row in rows]


def test_a_contractor_with_history_stays(site: AdminSite, now: datetime) -> None:
    person, free = make_contractor(), make_contractor()
    make_message(now, event=make_event(now), contractor=person)
    assert "1 texts" in site.notes(site.delete("contractors", person.id, confirmed="yes"))
    site.delete("contractors", free.id, confirmed="yes")
    assert [row.id for row in Contractor.select()] == [person.id]
    assert EventMessage.select().count() == 1


def contractor_form(**changes: Any) -> dict[str, Any]:
    return {"first_name": "Ana", "last_name": "Moss", **changes}


def test_phones_are_stored_as_e164_or_refused(site: AdminSite) -> None:
    site.post("/admin/contractors/new/", **contractor_form(phone="(512) 555-0123"))
    assert Contractor.get().phone == "+15125550123"
    answer = site.post("/admin/contractors/new/", **contractor_form(phone="call me"))
    assert "“call me” is not a phone number" in site.notes(answer)
    answer = site.post("/admin/contractors/new/", **contractor_form(phone="512.555.0123"))
    assert "Another contractor has this phone" in site.notes(answer)
    assert Contractor.select().count() == 1


def test_lists_are_typed_as_lines_and_numbers_stay_in_range(site: AdminSite) -> None:
    areas = "Lead flow, hiring\r\nlead FLOW\r\n ; pricing |"
    site.post("/admin/contractors/new/", **contractor_form(focus_areas=areas))
    assert Contractor.get().focus_areas == ["Lead flow", "hiring", "pricing"]
    assert Contractor.get().services_offered == []
    for column, value in (("team_size", "9" * 12), ("annual_revenue", "NaN"), ("email", "e" * 300)):
        answer = site.post("/admin/contractors/new/", **contractor_form(**{column: value}))
        assert "field-error" in answer.text, column
    assert Contractor.select().count() == 1


def test_saving_an_unchanged_record_changes_and_logs_nothing(
    site: AdminSite, now: datetime
) -> None:
    person = make_contractor()
    address = f"/admin/contractors/edit/?id={person.id}"
    form = {
        column: getattr(person, column) or ""
        for column in ("first_name", "last_name", "email", "phone", "company_name", "job_title",
                       "service_area", "revenue_tier", "team_size", "annual_revenue", "timezone")
    }  # fmt: skip
    lists = {c: "\r\n".join(getattr(person, c)) for c in ("focus_areas", "services_offered")}
    site.post(address, **form, **lists)
    assert Contractor.get_by_id(person.id).__data__ == person.__data__
    assert logged() == []
    site.post(address, **{**form, "job_title": "Owner"}, **lists)
    assert logged() == [("contractors.changed", {"columns": ["job_title"]})]


def attendee_address(row: EventAttendee) -> str:
    return f"/admin/attendees/edit/?id={row.id}"


def test_a_consent_tick_is_stamped_and_withdrawn(site: AdminSite, now: datetime) -> None:
    row = make_attendee(
        make_event(now), sms_opt_in=False, sms_consent_at=None, sms_consent_source=None
    )
    site.post(attendee_address(row), checked_in="y", sms_opt_in="y")
    saved = EventAttendee.get_by_id(row.id)
    assert saved.sms_opt_in
    assert saved.sms_consent_at >= now
    assert saved.sms_consent_source == f"admin: {WHO}"
    assert saved.check_in_time == row.check_in_time
    assert saved.qr_code_data == row.qr_code_data
    site.post(attendee_address(row), checked_in="y", sms_opt_in="y")
    assert EventAttendee.get_by_id(row.id).sms_consent_at == saved.sms_consent_at
    site.post(attendee_address(row), checked_in="y")
    withdrawn = EventAttendee.get_by_id(row.id)
    assert not withdrawn.sms_opt_in
    assert withdrawn.sms_consent_at == saved.sms_consent_at, "what was agreed to stays on record"
    assert withdrawn.sms_consent_source == saved.sms_consent_source


def test_no_tick_goes_over_a_stop(site: AdminSite, now: datetime) -> None:
    row = make_attendee(make_event(now), sms_opt_in=False)
    opt_out(row.contractor.phone, now=now, source="STOP")
    answer = site.post(attendee_address(row), sms_opt_in="y")
    assert "Only a START from the phone itself" in site.notes(answer)
    saved = EventAttendee.get_by_id(row.id)
    assert not saved.sms_opt_in
    assert saved.check_in_time == row.check_in_time, "nothing of a refused save stays"
    fresh = site.post(
        "/admin/attendees/new/",
        event=make_event(now).id,
        contractor=row.contractor_id,
        sms_opt_in="y",
    )
    assert "Only a START" in site.notes(fresh)
    assert EventAttendee.select().count() == 1
    lift(row.contractor.phone, now=now, source="START")
    site.post(attendee_address(row), sms_opt_in="y")
    assert EventAttendee.get_by_id(row.id).sms_opt_in


def test_a_check_in_after_matching_asks_for_a_top_up(site: AdminSite, now: datetime) -> None:
    lunch = now + timedelta(hours=1)
    event = make_event(now, matching_status="completed", introductions_at=lunch)
    row = make_attendee(event, check_in_time=None, check_in_method=None)
    site.post(attendee_address(row), checked_in="y", sms_opt_in="y")
    saved = EventAttendee.get_by_id(row.id)
    assert saved.check_in_time >= now
    assert saved.check_in_method == "admin"
    assert Event.get_by_id(event.id).top_up_at is not None
    site.post(attendee_address(row), sms_opt_in="y")
    assert EventAttendee.get_by_id(row.id).check_in_time is None


def test_nobody_is_on_an_event_twice(site: AdminSite, now: datetime) -> None:
    row = make_attendee(make_event(now))
    form = {"event": row.event_id, "contractor": row.contractor_id}
    answer = site.post("/admin/attendees/new/", **form)
    assert "on the event's list already" in site.notes(answer)


@pytest.mark.parametrize("key", ["999999", "abc", "", "-1", "9" * 30])
def test_a_stale_choice_is_refused(site: AdminSite, now: datetime, key: str) -> None:
    form = {"event": make_event(now).id, "contractor": key}
    answer = site.post("/admin/attendees/new/", **form)
    assert answer.status_code == 200
    assert "field-error" in answer.text
    assert EventAttendee.select().count() == 0


def test_organisers_note_what_came_of_a_match_and_change_nothing_else(
    site: AdminSite, now: datetime
) -> None:
    match = make_match(
        make_event(now, timezone="America/Chicago"), make_contractor(), make_contractor()
    )
    site.post(
        f"/admin/matches/edit/?id={match.id}", notes="They met", connection_made="y",
        meeting_scheduled="y", meeting_time="2026-12-01T10:00", meeting_location="Table 4",
        match_score="1.00", match_reason="forged",
    )  # fmt: skip
    saved = EventPeerMatch.get_by_id(match.id)
    assert (saved.notes, saved.connection_made, saved.meeting_location) == (
        "They met", True, "Table 4",
    )  # fmt: skip
    assert saved.meeting_time == datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert (saved.match_score, saved.match_reason) == (match.match_score, match.match_reason)
