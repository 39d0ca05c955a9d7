"""Calling an event off in the admin: what it does in numbers, and one question to answer."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models.admin_user import Role
from models.audit_log import AuditLog
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageStatus, MessageType
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_attendee, make_contractor, make_event, make_message

CANCEL = "/admin/events/cancel/"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit", ends_at=now + timedelta(hours=5))


def introduce(event: Event, now: datetime, **columns: object) -> EventMessage:
    person = make_contractor()
    make_attendee(event, person)
    return make_message(now, event=event, contractor=person, phone=person.phone, **columns)


def notices() -> int:
    return (
        EventMessage.select()
        .where(EventMessage.message_type == MessageType.EVENT_CANCELLED)
        .count()
    )


def press(site: AdminSite, event: Event, **fields: str) -> str:
    page = f"{CANCEL}?id={event.id}"
    return site.notes(site.post(CANCEL, page=page, id=event.id, **fields))


def test_the_page_counts_and_the_answer_is_needed(
    site: AdminSite, event: Event, now: datetime
) -> None:
    waiting = introduce(event, now)
    for _ in range(2):
        introduce(event, now, status=MessageStatus.SENT)
    address = f"{CANCEL}?id={event.id}"
    assert address in site.text(f"/admin/events/details/?id={event.id}")
    page = site.text(address)
    assert "<strong>1</strong> text that waits" in page
    assert "2 people have been introduced already" in page
    assert " checked" not in page, "neither answer is chosen beforehand"
    refused = site.post(CANCEL, page=address, id=event.id)
    assert "Choose whether they are told" in refused.text
    assert Event.get_by_id(event.id).cancelled_at is None
    assert EventMessage.get_by_id(waiting.id).status == MessageStatus.SCHEDULED


@pytest.mark.parametrize(("tell", "told"), [("yes", 2), ("no", 0)])
def test_an_event_is_cancelled_and_people_are_told_or_not(
    site: AdminSite, event: Event, now: datetime, tell: str, told: int
) -> None:
    waiting = introduce(event, now)
    for _ in range(2):
        introduce(event, now, status=MessageStatus.SENT)
    said = press(site, event, tell=tell)
    assert "The event is cancelled, and with it 1 text;" in said
    assert ("2 of those introduced are told" if told else "nobody is told") in said
    assert notices() == told
    assert Event.get_by_id(event.id).cancelled_at is not None
    assert EventMessage.get_by_id(waiting.id).status == MessageStatus.CANCELLED
    entry = AuditLog.select().order_by(AuditLog.id.desc()).get()
    assert (entry.action, entry.subject_id) == ("events.cancelled", event.id)
    assert entry.detail == {"texts": 1, "told": told, "in_the_air": 0}


def test_nobody_introduced_means_no_question(site: AdminSite, event: Event, now: datetime) -> None:
    introduce(event, now)
    page = site.text(f"{CANCEL}?id={event.id}")
    assert 'type="radio"' not in page
    assert "nobody needs to be told" in page
    assert "nobody is told" in press(site, event)


def test_the_question_is_asked_when_somebody_was_introduced_since_the_page_was_opened(
    site: AdminSite, event: Event, now: datetime
) -> None:
    page = f"{CANCEL}?id={event.id}"
    data = {"csrf_token": site.token(page), "id": event.id}
    introduce(event, now, status=MessageStatus.SENT)
    answer = site.client.post(CANCEL, data=data)
    assert "1 person has been introduced already" in answer.text
    assert Event.get_by_id(event.id).cancelled_at is None


def test_a_second_press_cancels_and_tells_nobody_again(
    site: AdminSite, event: Event, now: datetime
) -> None:
    introduce(event, now, status=MessageStatus.SENT)
    token = site.token(f"{CANCEL}?id={event.id}")
    data = {"csrf_token": token, "id": event.id, "tell": "yes"}
    for _ in range(2):
        answer = site.client.post(CANCEL, data=data)
    assert "somebody was faster" in site.notes(answer)
    assert notices() == 1
    assert [row.action for row in AuditLog.select()].count("events.cancelled") == 1
    shown = site.text(f"/admin/events/details/?id={event.id}")
    assert CANCEL not in shown


def test_viewers_and_forgers_cancel_nothing(
    client: FlaskClient, site: AdminSite, event: Event, now: datetime
) -> None:
    forged = client.post(CANCEL, data={"id": event.id, "tell": "no"})
    assert forged.status_code == 400
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    assert viewer.get(f"{CANCEL}?id={event.id}").status_code == 403
    data = {"csrf_token": viewer.token("/admin/"), "id": event.id, "tell": "no"}
    assert viewer.client.post(CANCEL, data=data).status_code == 403
    assert CANCEL not in viewer.text(f"/admin/events/details/?id={event.id}")
    assert Event.get_by_id(event.id).cancelled_at is None
    assert site.get(f"{CANCEL}?id=99999").status_code == 404
