"""An opt-out stays one whatever happens to the phone, the list, the day or the row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from actors.conversation import delivery_reports
from actors.conversation.consent import start, stop
from actors.conversation.delivery_reports import DeliveryReport
from actors.conversation.receiving import Inbound, receive
from actors.sending.delivery import deliver
from models.base import db
from models.contractor import Contractor
from models.contractor_import import read_rows
from models.contractor_import import store as store_import
from models.eligibility import eligible_contractors
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.opt_out import SmsOptOut, has_opted_out
from tests.conftest import settings
from tests.factories import make_attendee, make_contractor, make_event, make_message
from tests.fakes import FakeGateway

WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"
OLD, NEW = "+15125550123", "+15125550124"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, matching_status=MatchingStatus.COMPLETED)


@pytest.fixture
def stopped(event: Event, now: datetime) -> Contractor:
    """Somebody who agreed to texts and then sent STOP."""
    person = make_contractor(phone=OLD, email="ana@example.com")
    make_attendee(event, person)
    stop([OLD], person, now=now)
    return person


def test_a_new_phone_from_an_import_does_not_lift_an_opt_out(
    event: Event, stopped: Contractor, now: datetime
) -> None:
    parsed = read_rows(b"first name,email,phone\nAna,ana@example.com,512-555-0124\n")
    with db.atomic():
        store_import(parsed, event_id=event.id, check_in=True, now=now)
    assert Contractor.get_by_id(stopped.id).phone == NEW
    assert has_opted_out(NEW)
    assert eligible_contractors(event.id) == []
    text = make_message(now, event=event, contractor=stopped, message_content="Hello again.")
    gateway = FakeGateway()
    deliver(text.id, now=lambda: now, gateway=gateway, config=settings())
    assert gateway.posts == []
    assert EventMessage.get_by_id(text.id).status == "cancelled"


def test_a_later_yes_in_an_import_does_not_lift_it_either(
    event: Event, stopped: Contractor, now: datetime
) -> None:
    Contractor.update(phone=NEW).where(Contractor.id == stopped.id).execute()
    parsed = read_rows(b"first name,email,sms_opt_in\nAna,ana@example.com,yes\n")
    with db.atomic():
        store_import(parsed, event_id=event.id, check_in=True, now=now)
    assert eligible_contractors(event.id) == []


def test_start_from_the_new_phone_lifts_it(
    event: Event, stopped: Contractor, now: datetime
) -> None:
    Contractor.update(phone=NEW).where(Contractor.id == stopped.id).execute()
    assert start([NEW], Contractor.get_by_id(stopped.id), now=now + timedelta(minutes=1))
    assert [person.id for person in eligible_contractors(event.id)] == [stopped.id]
    assert has_opted_out(OLD), "whoever has that phone now did not ask for texts"


def test_a_phone_that_nobody_opted_out_with_takes_nothing_along(now: datetime) -> None:
    person = make_contractor(phone=OLD)
    Contractor.update(phone=NEW).where(Contractor.id == person.id).execute()
    Contractor.update(phone=None).where(Contractor.id == person.id).execute()
    Contractor.update(phone=OLD).where(Contractor.id == person.id).execute()
    assert SmsOptOut.select().count() == 0


@pytest.mark.commits
def test_a_stop_and_a_report_of_it_do_not_lock_each_other_out(now: datetime) -> None:
    event = make_event(now)
    person = make_attendee(event, make_contractor(phone=OLD)).contractor
    waiting = make_message(now, event=event, contractor=person, phone=OLD)
    held = make_message(now, event=event, contractor=person, phone=OLD, status="held")

    def send_stop() -> None:
        with db.connection_context():
            receive(Inbound(OLD, "STOP", "ghl:1", None, None, None, {}), now=now)

    def report() -> None:
        with db.connection_context():
            delivery_reports.record(DeliveryReport("opt_out", message_id=held.id), now=now)

    with ThreadPoolExecutor(2) as threads:
        with db.atomic():
            EventMessage.update(delay_minutes=1).where(EventMessage.id == waiting.id).execute()
            done = []
            for blocked, work in enumerate((send_stop, report), start=1):
                done.append(threads.submit(work))
                while db.execute_sql(WAITING_FOR_A_LOCK).fetchone()[0] < blocked:
                    assert not done[-1].done(), "nobody waited"
        for each in done:
            each.result(timeout=20)
    assert has_opted_out(OLD)
    texts = EventMessage.select().where(EventMessage.direction == "outbound")
    assert [text.status for text in texts] == ["cancelled", "cancelled"]


@pytest.mark.commits
def test_a_reported_opt_out_holds_no_text_while_it_waits_for_an_earlier_one(now: datetime) -> None:
    person = make_contractor(phone=OLD)
    first, reported = (make_message(now, contractor=person, phone=OLD) for _ in range(2))

    def report() -> None:
        with db.connection_context():
            delivery_reports.record(DeliveryReport("opt_out", message_id=reported.id), now=now)

    with ThreadPoolExecutor(1) as threads:
        with db.atomic():
            db.execute_sql("SET LOCAL lock_timeout = '5s'")
            EventMessage.update(delay_minutes=1).where(EventMessage.id == first.id).execute()
            done = threads.submit(report)
            while not db.execute_sql(WAITING_FOR_A_LOCK).fetchone()[0]:
                assert not done.done(), "nobody waited"
            EventMessage.update(delay_minutes=1).where(EventMessage.id == reported.id).execute()
        done.result(timeout=20)
    assert {text.status for text in EventMessage.select()} == {"cancelled"}


def test_a_new_phone_forgets_the_old_numbers_contact() -> None:
    person = make_contractor(phone="+15125550177", ghl_contact_id="contact-of-0177")
    Contractor.update(team_size=9).where(Contractor.id == person.id).execute()
    assert Contractor.get_by_id(person.id).ghl_contact_id == "contact-of-0177"
    Contractor.update(phone="+15125550178").where(Contractor.id == person.id).execute()
    assert Contractor.get_by_id(person.id).ghl_contact_id is None
    Contractor.update(phone="+15125550179", ghl_contact_id="contact-of-0179").execute()
    assert Contractor.get_by_id(person.id).ghl_contact_id == "contact-of-0179"
