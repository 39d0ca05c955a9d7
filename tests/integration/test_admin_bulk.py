"""One thing to many lines at once: asked in numbers, done to those lines only, written down."""

import html
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.conversation import consent
from models import inbound
from models.admin_user import Role
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import HeldBecause, MessageCategory, MessageStatus, MessageType
from models.opt_out import SmsOptOut, has_opted_out, opt_out
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite, make_admin, signed_in
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.statements import statements
from web.admin.bulk import MOST_AT_ONCE

ABSENT = {"check_in_time": None, "check_in_method": None, "sms_opt_in": False,
          "sms_consent_at": None, "sms_consent_source": None}  # fmt: skip


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.ORGANISER, name="Olu")


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, ends_at=now + timedelta(hours=5))


def page_of(place: str, do: str, rows: Collection[Any] = (), query: str = "") -> str:
    chosen = "".join(f"&ids={row.id}" for row in rows)
    return f"/admin/{place}/bulk/?do={do}{chosen}{query}"


def agree(site: AdminSite, page: str, **typed: str) -> str:
    """Read the question, say yes, and return what the list says then."""
    question = site.get(page).text
    hidden = {
        name: html.unescape(re.search(rf'name="{name}"[^>]*value="([^"]*)"', question).group(1))
        for name in ("ids", "do", "back")
    }
    return site.notes(site.post(page.partition("?")[0], page=page, **hidden, **typed))


def deeds() -> list[tuple[str, int]]:
    lines = AuditLog.select().where(AuditLog.action != "session.started").order_by(AuditLog.id)
    return [(line.action, line.subject_id) for line in lines]


def test_those_who_are_ticked_are_checked_in_and_nobody_else(site: AdminSite, event: Event) -> None:
    first, second, other = (make_attendee(event, **ABSENT) for _ in range(3))
    here = make_attendee(event)
    page = page_of("attendees", "checked_in", [first, second, here])
    question = site.text(page)
    assert "Check 2 people in?" in question
    assert "Not touched: 1 person checked in before." in question
    assert agree(site, page) == "Checked in: 2 people."
    rows = {row.id: row for row in EventAttendee.select()}
    assert rows[first.id].check_in_method == rows[second.id].check_in_method == "admin"
    assert rows[other.id].check_in_time is None
    assert rows[here.id].check_in_time == here.check_in_time
    assert deeds() == [("event_attendees.checked_in", key) for key in (first.id, second.id)]


def test_all_that_fit_the_filter_are_meant_not_only_those_on_the_page(
    site: AdminSite, event: Event, now: datetime
) -> None:
    elsewhere = make_attendee(make_event(now, name="Elsewhere"), **ABSENT)
    everybody = [make_attendee(event, **ABSENT) for _ in range(25)]
    narrowed = f"event={event.id}&page_size=20"
    listing = site.text(f"/admin/attendees/?{narrowed}")
    assert "All 25 that fit, on every page" in listing
    page = page_of("attendees", "checked_in", everybody[:1], f"&all=1&{narrowed}")
    assert "Check 25 people in?" in site.text(page)
    agree(site, page)
    assert EventAttendee.get_by_id(elsewhere.id).check_in_time is None
    assert EventAttendee.select().where(EventAttendee.check_in_time.is_null(False)).count() == 25


def test_a_yes_to_a_question_touches_nobody_who_came_after_it(
    site: AdminSite, event: Event
) -> None:
    asked_about = make_attendee(event, **ABSENT)
    page = page_of("attendees", "checked_in", query=f"&all=1&event={event.id}")
    question = site.get(page).text
    late = make_attendee(event, **ABSENT)
    ids = re.search(r'name="ids"[^>]*value="([^"]*)"', question).group(1)
    site.post(
        "/admin/attendees/bulk/", page="/admin/", ids=ids, do="checked_in", back="",
    )  # fmt: skip
    assert EventAttendee.get_by_id(asked_about.id).check_in_time is not None
    assert EventAttendee.get_by_id(late.id).check_in_time is None


def test_a_check_in_after_the_batch_asks_for_one_top_up(
    site: AdminSite, event: Event, now: datetime
) -> None:
    Event.update(
        matching_status=MatchingStatus.COMPLETED, introductions_at=now + timedelta(hours=1)
    ).where(Event.id == event.id).execute()
    agree(site, page_of("attendees", "checked_in", [make_attendee(event, **ABSENT)]))
    assert Event.get_by_id(event.id).top_up_at is not None


def test_consent_is_recorded_with_its_source_and_never_over_a_stop(
    site: AdminSite, event: Event, now: datetime
) -> None:
    new = make_attendee(event, **ABSENT)
    stopped = make_attendee(event, **ABSENT)
    mute = make_attendee(event, make_contractor(phone=None), **ABSENT)
    before = make_attendee(event)
    opt_out(stopped.contractor.phone, now=now, source="STOP reply")
    page = page_of("attendees", "consented", [new, stopped, mute, before])
    question = site.text(page)
    assert "Did 1 person agree to texts?" in question
    assert "1 person who sent STOP" in question
    assert "1 person without a phone, 1 person who agreed before." in question
    assert agree(site, page, note="paper form") == "Consent recorded: 1 person."
    rows = {row.id: row for row in EventAttendee.select()}
    assert rows[new.id].sms_opt_in
    assert rows[new.id].sms_consent_source == "paper form (recorded by Olu)"
    assert not rows[stopped.id].sms_opt_in
    assert not rows[mute.id].sms_opt_in
    assert rows[before.id].sms_consent_source == "test"
    assert deeds() == [("event_attendees.consented", new.id)]


@pytest.mark.parametrize("do", ["consented", "opted_out"])
def test_without_its_source_or_reason_nothing_happens(
    site: AdminSite, event: Event, do: str
) -> None:
    row = make_attendee(event, **ABSENT)
    page = page_of("attendees", do, [row])
    answer = site.post(
        "/admin/attendees/bulk/", page=page, ids=str(row.id), do=do, back="", note="  "
    )
    assert "Please fill this in." in answer.text
    assert deeds() == []
    assert not EventAttendee.get_by_id(row.id).sms_opt_in


@pytest.mark.parametrize("place", ["attendees", "contractors"])
def test_whoever_is_opted_out_is_as_if_they_had_sent_stop(
    site: AdminSite, event: Event, now: datetime, place: str
) -> None:
    person, before, other = make_contractor(), make_contractor(), make_contractor()
    opt_out(before.phone, now=now, source="STOP reply")
    rows = [make_attendee(event, each) for each in (person, before, make_contractor(phone=None))]
    waiting = make_message(now, event=event, contractor=person, phone=person.phone)
    held = make_message(
        now, event=event, contractor=person, phone=person.phone, message_type="rating_question",
        status=MessageStatus.HELD, held_because=HeldBecause.PERSON,
    )  # fmt: skip
    untouched = make_message(now, event=event, contractor=other, phone=other.phone)
    chosen = rows if place == "attendees" else [row.contractor for row in rows]
    page = page_of(place, "opted_out", chosen)
    question = site.text(page)
    assert "Put 1 person on the opt-out list?" in question
    assert "Waiting for them, and cancelled for good: 2 texts." in question
    assert "1 person who opted out before, 1 person without a phone" in question
    said = agree(site, page, note="asked at the desk")
    assert said == "Opted out: 1 person. Cancelled: 2 texts."
    assert has_opted_out(person.phone)
    assert SmsOptOut.get(phone=person.phone).source == "asked at the desk (by Olu)"
    statuses = {row.id: row.status for row in EventMessage.select()}
    assert statuses == {waiting.id: "cancelled", held.id: "cancelled", untouched.id: "scheduled"}
    assert deeds() == [("contractors.opted_out", person.id)]
    assert "Nothing to do." in site.notes(site.get(page)), "a second press finds it done"


def test_two_who_share_a_phone_are_out_together(
    site: AdminSite, event: Event, now: datetime
) -> None:
    one = make_contractor()
    other = make_contractor(phone=one.phone)
    make_message(now, event=event, contractor=other, phone=other.phone)
    page = page_of("contractors", "opted_out", [one, other])
    assert "Put 2 people on the opt-out list?" in site.text(page)
    said = agree(site, page, note="asked at the desk")
    assert said == "Opted out: 2 people. Cancelled: 1 text."
    assert deeds() == [("contractors.opted_out", one.id), ("contractors.opted_out", other.id)]


@pytest.mark.parametrize("do", ["held", "released", "retried", "cancelled"])
def test_a_question_about_many_texts_asks_the_database_as_often_as_one_about_few(
    site: AdminSite, event: Event, now: datetime, monkeypatch: pytest.MonkeyPatch, do: str
) -> None:
    status = {"released": "held", "retried": "failed"}.get(do, "scheduled")

    def asked(number: int) -> int:
        people = [make_contractor() for _ in range(number)]
        rows = [
            make_message(
                now, event=event, contractor=person, phone=person.phone, status=status,
                held_because="person" if do == "released" else None,
            )
            for person in people
        ]  # fmt: skip
        failed = make_message(now, event=event, status=MessageStatus.FAILED)
        make_message(now, event=event, retry_of=failed)
        with statements() as seen:
            page = site.text(page_of("messages", do, [*rows, failed]))
        assert f"{number} texts?" in page
        return len(seen)

    assert asked(12) == asked(3)


def test_a_phone_that_changes_at_that_very_moment_is_not_taken_for_done(
    event: Event, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_contractor()

    def change(_phone: str) -> None:
        Contractor.update(phone="+15125550999").where(Contractor.id == person.id).execute()

    monkeypatch.setattr(inbound, "lock_phone", change)
    assert consent.opt_out_by_hand(person.id, source="asked", now=now) is None
    assert SmsOptOut.select().count() == 0


def test_texts_are_cancelled_and_tried_again_each_by_its_own_rules(
    site: AdminSite, event: Event, now: datetime
) -> None:
    def text(**columns: Any) -> EventMessage:
        person = make_contractor()
        return make_message(now, event=event, contractor=person, phone=person.phone, **columns)

    waiting, sent = text(), text(status=MessageStatus.SENT)
    failed = text(status=MessageStatus.FAILED)
    doubtful = text(status=MessageStatus.HELD, held_because=HeldBecause.UNKNOWN, is_doubtful=True)
    owed = text(message_type=MessageType.STOP_REPLY, message_category=MessageCategory.COMPLIANCE)
    rows = [waiting, sent, failed, doubtful, owed]
    question = site.text(page_of("messages", "cancelled", rows))
    assert "Cancel 2 texts?" in question
    assert "Of these, 1 text may have arrived all the same." in question
    assert "Not touched: 3 texts" in question
    said = agree(site, page_of("messages", "cancelled", rows))
    assert said == "Cancel: 2 texts done. Left as they were: 3."
    assert agree(site, page_of("messages", "retried", rows)).startswith("Try again: 1 text done.")
    statuses = {row.id: row.status for row in EventMessage.select()}
    assert [statuses[row.id] for row in rows] == [
        "cancelled", "sent", "failed", "cancelled", "scheduled",
    ]  # fmt: skip
    assert EventMessage.get(EventMessage.retry_of == failed.id).status == "scheduled"
    assert deeds() == [
        ("event_messages.cancelled", waiting.id),
        ("event_messages.cancelled", doubtful.id),
        ("event_messages.retried", failed.id),
    ]


def test_matches_are_cancelled_with_what_waits_for_them(
    site: AdminSite, event: Event, now: datetime
) -> None:
    people = [make_contractor() for _ in range(4)]
    match = make_match(event, people[0], people[1])
    over = make_match(event, people[2], people[3], cancelled_at=now)
    waiting = make_message(now, event=event, contractor=people[0], match=match)
    page = page_of("matches", "cancelled", [match, over])
    question = site.text(page)
    assert "Cancel 1 match?" in question
    assert "taken back for good: 1 text." in question
    assert agree(site, page) == "Cancelled: 1 match. Left as they were: 1."
    assert EventPeerMatch.get_by_id(match.id).cancelled_at is not None
    assert EventMessage.get_by_id(waiting.id).status == "cancelled"
    assert deeds() == [("event_peer_matches.cancelled", match.id)]


def test_the_failed_texts_of_matches_are_tried_again(
    site: AdminSite, event: Event, now: datetime
) -> None:
    ana, ben = make_contractor(), make_contractor()
    match = make_match(event, ana, ben)
    failed = make_message(
        now, event=event, contractor=ana, match=match, status=MessageStatus.FAILED
    )
    make_message(now, event=event, contractor=ben, match=match, status=MessageStatus.SENT)
    page = page_of("matches", "texts_retried", [match])
    assert "Try 1 text again?" in site.text(page)
    assert agree(site, page) == "Tried again: 1 text."
    assert EventMessage.get(EventMessage.retry_of == failed.id).match_id == match.id
    assert deeds() == [("event_messages.retried", failed.id)]


def test_too_many_at_once_are_refused_and_nothing_chosen_is_said(
    site: AdminSite, event: Event
) -> None:
    Contractor.insert_many(
        [{"first_name": "Ana", "phone": f"+1201555{n:04d}"} for n in range(MOST_AT_ONCE + 1)]
    ).execute()
    assert "that fit, on every page" not in site.text("/admin/contractors/")
    refused = site.notes(site.get(page_of("contractors", "opted_out", query="&all=1")))
    assert refused == "At most 1,000 at a time: narrow the list first."
    assert "tick some lines first" in site.notes(site.get(page_of("contractors", "opted_out")))
    assert site.get(page_of("contractors", "deleted")).status_code == 404
    assert SmsOptOut.select().count() == 0


def test_viewers_have_no_ticks_and_a_yes_needs_its_token(
    client: FlaskClient, event: Event, now: datetime
) -> None:
    row = make_attendee(event, **ABSENT)
    organiser = AdminSite(client)
    organiser.sign_in(make_admin(now, Role.ORGANISER).email)
    data = {"ids": str(row.id), "do": "checked_in", "back": ""}
    assert client.post("/admin/attendees/bulk/", data=data).status_code == 400
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    assert 'name="ids"' not in viewer.text("/admin/attendees/")
    assert viewer.get(page_of("attendees", "checked_in", [row])).status_code == 403
    assert EventAttendee.get_by_id(row.id).check_in_time is None
