"""The polls of an event's desk: 304 while nothing changes, few queries however many people."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import clock, service_state
from models.admin_user import Role
from models.agenda_item import EventAgendaItem
from models.attendee import EventAttendee
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import MessageStatus
from models.opt_out import opt_out
from tests.admin_site import AdminSite, make_admin
from tests.desk_day import fill_room, introduce, make_day
from tests.factories import make_attendee, make_message
from tests.population import population
from tests.statements import statements

LIVE = "/admin/events/desk/live/"


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Callable[[timedelta], None]:
    """Stop the clock of the pages; call it to move it on."""
    moment = [now.replace(second=10, microsecond=0)]

    def move(by: timedelta) -> None:
        moment[0] += by

    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return move


def poll(site: AdminSite, event: Event, etag: str = "") -> TestResponse:
    headers = {"If-None-Match": etag} if etag else {}
    return site.client.get(f"{LIVE}?id={event.id}", headers=headers)


def test_nothing_new_answers_304_without_a_body(
    site: AdminSite, now: datetime, still: Callable[[timedelta], None]
) -> None:
    event = make_day(now)
    fill_room(event, now)
    first = poll(site, event)
    assert first.status_code == 200
    assert first.text.count("hx-swap-oob") == 5
    assert "<html" not in first.text
    still(timedelta(seconds=2))
    service_state.report(service_state.PLANNER, service_state.UP, now=clock.now())
    again = poll(site, event, first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_page_itself_says_what_it_shows(
    site: AdminSite, now: datetime, still: Callable[[timedelta], None]
) -> None:
    event = make_day(now)
    page = site.text(f"/admin/events/desk/?id={event.id}")
    etag = page.split("data-etag='")[1].split("'")[0]
    assert poll(site, event, etag).status_code == 304


def _leave(event: Event, now: datetime) -> None:
    EventMessage.update(status=MessageStatus.SENT, actual_send_time=now).execute()


CHANGES: dict[str, Callable[[Event, datetime], object]] = {
    "a text leaves": _leave,
    "a text is planned": lambda event, now: make_message(now, event=event),
    "somebody comes": lambda event, now: make_attendee(event),
    "somebody is checked in": lambda event, now: EventAttendee.update(check_in_time=now).execute(),
    "somebody agrees": lambda event, now: EventAttendee.update(sms_opt_in=True).execute(),
    "somebody goes": lambda event, now: (
        EventAttendee.delete().where(EventAttendee.check_in_time.is_null()).execute()
    ),
    "a phone is mended": lambda event, now: (
        Contractor.update(phone="+15125550111").where(Contractor.phone.is_null()).execute()
    ),
    "somebody sends STOP": lambda event, now: opt_out(
        Contractor.select().where(Contractor.phone.is_null(False)).first().phone,
        now=now,
        source="x",
    ),
    "lunch moves": lambda event, now: EventAgendaItem.update(title="Late lunch").execute(),
    "the event changes": lambda event, now: Event.update(max_matches=2).execute(),
    "a run begins": lambda event, now: MatchingRun.insert(event=event).execute(),
    "n8n goes down": lambda event, now: service_state.report(
        service_state.N8N, service_state.DOWN, now=now
    ),
    "the planner falls silent": lambda event, now: service_state.report(
        service_state.PLANNER, service_state.UP, now=now - timedelta(minutes=2)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_is_seen(
    site: AdminSite, now: datetime, still: Callable[[timedelta], None], change: str
) -> None:
    event = make_day(now)
    fill_room(event, now)
    introduce(event, now)
    etag = poll(site, event).headers["ETag"]
    assert poll(site, event, etag).status_code == 304
    CHANGES[change](event, clock.now())
    answer = poll(site, event, etag)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


def test_another_event_changes_nothing_here(
    site: AdminSite, now: datetime, still: Callable[[timedelta], None]
) -> None:
    event, other = make_day(now), make_day(now, name="Other")
    etag = poll(site, event).headers["ETag"]
    fill_room(other, now)
    introduce(other, now)
    Event.update(max_matches=2).where(Event.id == other.id).execute()
    assert poll(site, event, etag).status_code == 304


def test_time_alone_is_seen_where_the_page_depends_on_it(
    site: AdminSite, now: datetime, still: Callable[[timedelta], None]
) -> None:
    event = make_day(now)
    texts = introduce(event, now)
    _leave(event, clock.now())
    etag = poll(site, event).headers["ETag"]
    still(timedelta(minutes=1, seconds=1))
    fresh = poll(site, event, etag)
    assert "No text went out in the last minute" in fresh.text
    EventMessage.update(status=MessageStatus.SCHEDULED, scheduled_time=clock.now()).where(
        EventMessage.id == texts[0].id
    ).execute()
    still(timedelta(seconds=2))
    late = poll(site, event).headers["ETag"]
    still(timedelta(seconds=2))
    assert poll(site, event, late).status_code == 200, "what is late gets later"


def test_a_role_that_was_lowered_is_seen(
    client: FlaskClient, site: AdminSite, now: datetime, still: Callable[[timedelta], None]
) -> None:
    event = make_day(now)
    introduce(event, now)
    etag = poll(site, event).headers["ETag"]
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    answer = poll(viewer, event, etag)
    assert answer.status_code == 200
    assert "Pause all sending" not in answer.text


def test_strangers_are_sent_to_sign_in_without_an_etag(client: FlaskClient, now: datetime) -> None:
    event = make_day(now)
    answer = client.get(f"{LIVE}?id={event.id}")
    assert answer.status_code == 302
    assert "ETag" not in answer.headers


def _crowd(event: Event, number: int, now: datetime) -> None:
    people = [{k: v for k, v in row.items() if k != "id"} for row in population(number, 5)]
    ids = [row.id for row in Contractor.insert_many(people).returning(Contractor.id).execute()]
    same = {"event": event.id, "sms_opt_in": True, "check_in_time": now}
    EventAttendee.insert_many([{**same, "contractor": key} for key in ids]).execute()
    text = {"event": event.id, "message_type": "break_prompt", "scheduled_time": now}
    EventMessage.insert_many(
        [
            {**text, "contractor": key, "status": status, "actual_send_time": now}
            for key in ids
            for status in ("sent", "delivered", "failed")
        ]
    ).execute()
    db.execute_sql("ANALYZE event_attendees, event_messages, contractors")


@pytest.mark.parametrize("number", [10, 2_000])
def test_a_poll_asks_few_questions_however_many_people_there_are(
    site: AdminSite, now: datetime, still: Callable[[timedelta], None], number: int
) -> None:
    event = make_day(now)
    _crowd(event, number, now)
    poll(site, event)
    with statements() as full:
        answer = poll(site, event)
    assert f"{number:,} people here" in answer.text
    assert len(full) == 11, full
    with statements() as unchanged:
        assert poll(site, event, answer.headers["ETag"]).status_code == 304
    assert len(unchanged) == 4, unchanged
