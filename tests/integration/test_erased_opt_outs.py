"""Who opted out and was erased is texted by no way back in, and only START lets them in again."""

import hmac
from dataclasses import replace
from datetime import datetime

import pytest
from peewee import InternalError, ProgrammingError

from actors.conversation import by_hand, inbox_answers
from actors.conversation.receiving import Inbound, receive
from actors.conversation.replies import handle
from actors.pairing import introductions
from actors.people import erasing
from actors.people.erasing import NotNowError
from actors.sending.delivery import deliver
from models import opt_out, readiness
from models.base import db
from models.check_in import check_in, consent_all
from models.config import Config
from models.contractor import Contractor
from models.contractor_import import Terms, forecast, parse, read_sheet, store
from models.erased_opt_out import LOST_KEY, ErasedOptOut
from models.event import Event
from models.keyed_hash import pads
from models.message import EventMessage
from models.opt_out import SmsOptOut
from tests.factories import make_attendee, make_contractor, make_event, make_message
from tests.fakes import FakeGateway

PHONE = "+15125550977"
FILE = b"First name,Mobile,SMS opt-in\r\nZeb,(512) 555-0977,yes\r\nEd,512-555-0100,yes\r\n"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now)


@pytest.fixture
def _erased(now: datetime) -> None:
    """Somebody opted out, and was erased."""
    person = make_contractor(phone=PHONE)
    opt_out.opt_out(PHONE, now=now, source="STOP reply")
    erasing.erase(person.id, now=now)


@pytest.fixture
def _other_key() -> None:
    """Let this connection have another key than the one before; rolled back with the test."""
    db.execute_sql("SELECT set_config('peer_matching.erasure_key', %s, true)", (pads("other" * 9),))


def arrived(event: Event, **columns: str) -> Contractor:
    return make_attendee(event, make_contractor(phone=PHONE, **columns)).contractor


def texts_to(phone: str, gateway: FakeGateway) -> list[str]:
    return [post["message"] for _, post in gateway.posts if post["phone"] == phone]


@pytest.mark.usefixtures("_erased")
def test_what_is_kept_is_the_standard_keyed_hash_and_no_phone(config: Config) -> None:
    [kept] = ErasedOptOut.select()
    assert (
        kept.phone_hash
        == hmac.new(config.erasure_key.encode(), PHONE.encode(), "sha256").hexdigest()
    )
    assert SmsOptOut.select().count() == 0


@pytest.mark.usefixtures("_erased")
def test_an_import_takes_no_yes_from_them_and_foresees_that(event: Event, now: datetime) -> None:
    parsed = parse(read_sheet(FILE))
    foreseen = forecast(parsed, Terms(event.id, source="form"), now=now)
    report = store(parsed, event_id=event.id, check_in=True, now=now)
    assert (foreseen.opted_in, report.opted_in, report.created) == (1, 1, 2)
    assert [note.line for note in report.notes] == [2]


@pytest.mark.usefixtures("_erased")
def test_nobody_at_the_door_or_the_desk_agrees_for_them(event: Event, now: datetime) -> None:
    person = make_contractor(phone=PHONE)
    done = check_in(event, person.id, method="door", now=now, consent_source="door")
    assert done.consent_refused
    assert consent_all(event.id, [done.attendee.id], source="paper", now=now) == []


@pytest.mark.usefixtures("_erased")
def test_no_text_leaves_for_them_by_plan_by_hand_or_as_a_test(
    event: Event, now: datetime, config: Config
) -> None:
    gateway = FakeGateway()
    test_text = introductions.schedule_test(PHONE, now=now)
    person = arrived(event)
    planned = make_message(now, event=event, contractor=person, message_content="Hi")
    for message_id in (test_text, planned.id):
        deliver(message_id, now=lambda: now, gateway=gateway, config=config)
    assert texts_to(PHONE, gateway) == []
    attendee = person.attendances.get()
    assert by_hand.why_not(attendee) == inbox_answers.OPTED_OUT
    assert opt_out.has_opted_out(PHONE)


@pytest.mark.usefixtures("_erased")
def test_a_phone_that_an_admin_types_in_is_out_too(event: Event) -> None:
    person = make_contractor(phone="+15125550100")
    Contractor.update(phone=PHONE).where(Contractor.id == person.id).execute()
    assert opt_out.has_opted_out(PHONE)
    assert (SmsOptOut.select().count(), ErasedOptOut.select().count()) == (1, 0)


@pytest.mark.usefixtures("_erased")
def test_they_are_not_answered_until_they_send_start(now: datetime, config: Config) -> None:
    def says(text: str) -> EventMessage:
        reply = Inbound(PHONE, text, f"key-{text}", None, None, None, {})
        message_id = receive(reply, now=now).message_id
        handle(message_id, now=now, config=config)
        return EventMessage.get_by_id(message_id)

    hello = says("hello")
    assert hello.action_taken == "nothing: the phone has opted out"
    assert inbox_answers.why_not(hello) == inbox_answers.OPTED_OUT
    says("START")
    assert not opt_out.has_opted_out(PHONE)
    assert (SmsOptOut.get().lifted_source, ErasedOptOut.select().count()) == ("START reply", 0)


@pytest.mark.usefixtures("_erased")
def test_others_come_in_as_ever(event: Event, now: datetime) -> None:
    person = make_contractor(phone="+15125550978")
    assert not opt_out.has_opted_out(person.phone)
    assert ErasedOptOut.select().count() == 1


def test_a_lifted_opt_out_is_forgotten(now: datetime) -> None:
    person = make_contractor(phone=PHONE)
    opt_out.opt_out(PHONE, now=now, source="STOP reply")
    opt_out.lift(PHONE, now=now, source="START reply")
    assert erasing.erase(person.id, now=now).opt_outs == 0
    assert (SmsOptOut.select().count(), ErasedOptOut.select().count()) == (0, 0)


def test_without_a_key_nobody_who_opted_out_is_erased(now: datetime) -> None:
    db.execute_sql("SELECT set_config('peer_matching.erasure_key', '', true)")
    person, other = make_contractor(phone=PHONE), make_contractor()
    opt_out.opt_out(PHONE, now=now, source="STOP reply")
    with pytest.raises(NotNowError, match="ERASURE_KEY"), db.atomic():
        erasing.erase(person.id, now=now)
    assert Contractor.get_by_id(person.id).phone == PHONE
    erasing.erase(other.id, now=now)


@pytest.mark.usefixtures("_erased", "_other_key")
def test_with_another_key_no_phone_comes_in_but_for_what_people_write(now: datetime) -> None:
    with pytest.raises((InternalError, ProgrammingError), match="ERASURE_KEY"), db.atomic():
        make_contractor()
    with pytest.raises((InternalError, ProgrammingError), match="ERASURE_KEY"), db.atomic():
        introductions.schedule_test("+15125550100", now=now)
    received = receive(Inbound("+15125550100", "STOP", "k", None, None, None, {}), now=now)
    assert received.message_id is not None
    assert opt_out.has_opted_out("+15125550100")


@pytest.mark.usefixtures("_erased")
def test_readiness_tells_of_a_lost_key(config: Config) -> None:
    assert readiness.schema_problem(config) is None
    db.execute_sql("SELECT set_config('peer_matching.erasure_key', '', true)")
    assert readiness.schema_problem(replace(config, erasure_key="")) == LOST_KEY
