"""Filters say whom and when they mean, and the days are those of the event."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models.audit_log import record
from models.opt_out import opt_out
from tests.admin_site import AdminSite, signed_in
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from web.admin import text_search


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now)


def test_a_person_is_found_by_typing_and_the_filter_says_who_it_is(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now)
    ana, ben, cho = (make_contractor(first_name=name) for name in ("Ana", "Ben", "Cho"))
    make_match(event, ana, ben)
    make_match(event, ben, cho)
    found = site.get("/admin/matches/ajax/lookup/?name=contractor&query=cho").get_json()
    assert [(key, text.split()[0]) for key, text in found] == [(cho.id, "Cho")]
    page = site.text(f"/admin/matches/?contractor={cho.id}")
    assert "1–1 of 1" in page
    assert f'value="Cho {cho.last_name}' in page


def test_a_filter_that_a_link_carries_names_its_record(site: AdminSite, now: datetime) -> None:
    match = make_match(make_event(now), make_contractor(first_name="Ana"), make_contractor())
    assert "Match: Ana" in site.text(f"/admin/messages/?match={match.id}")


def test_the_days_of_a_filter_are_those_of_the_event(site: AdminSite) -> None:
    noon = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
    event = make_event(noon, timezone="America/Chicago")
    # Half past ten in the evening there, the day after in London.
    late = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    make_message(noon, event=event, message_content="late", created_at=late)
    day = f"from=2026-11-23&to=2026-11-23&event={event.id}"
    page = site.text(f"/admin/messages/?{day}")
    assert "1–1 of 1" in page
    assert "Added from (Chicago)" in page
    elsewhere = site.text("/admin/messages/?from=2026-11-23&to=2026-11-23")
    assert "Nothing fits" in elsewhere
    assert "Added from (UTC)" in elsewhere


def test_who_opted_out_can_be_listed(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    out, in_ = make_contractor(first_name="Otto"), make_contractor(first_name="Ina")
    make_attendee(event, out)
    make_attendee(event, in_)
    opt_out(out.phone, now=now + timedelta(seconds=1), source="STOP reply")
    for place in ("attendees", "contractors"):
        page = site.text(f"/admin/{place}/?out=1")
        assert "Otto" in page
        assert "Ina " not in page


def test_the_audit_log_leads_to_the_record(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    record("events.changed", now=now, actor="x", subject_type="events", subject_id=event.id)
    assert f"/admin/events/details/?id={event.id}" in site.text("/admin/audit/")


def test_texts_are_found_by_whom_they_are_to_and_by_what_they_say(
    site: AdminSite, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(now)
    olu = make_contractor(first_name="Olu", last_name="Vane", company_name="Roofs", phone=None)
    text = make_message(now, event=event, contractor=olu, message_content="See you at the buffet")
    other = make_message(now, event=event, contractor=make_contractor(), message_content="Hello")

    def found(words: str) -> set[int]:
        page = site.text(f"/admin/messages/?search={words}")
        return {key for key in (text.id, other.id) if f">{key}</" in page}

    for words in ("vane", "olu+roofs", "buffet", "olu+buffet", "100%25"):
        assert found(words) == ({text.id} if "%" not in words else set()), words
    assert found("hello") == {other.id}
    # A name that too many share is looked for like any word.
    monkeypatch.setattr(text_search, "MOST_PEOPLE", 0)
    assert found("vane") == {text.id}
    monkeypatch.setattr(text_search, "MOST_READ", 1)
    assert found("buffet") == set(), "only the latest is read"
