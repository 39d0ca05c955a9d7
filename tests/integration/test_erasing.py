"""Erasing a person: nothing of them is left, what is counted is, and nobody hears of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from peewee import IntegrityError

from actors.conversation.delivery_reports import DeliveryReport, Recorded, record
from actors.conversation.receiving import Inbound, receive
from actors.conversation.replies import handle
from actors.pairing.introductions import schedule_introductions
from actors.pairing.match_storing import store_matches
from actors.people import erasing
from actors.people.erasing import NotNowError
from actors.sending.delivery import deliver
from matching import Pair
from models import badges, check_in, door
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.eligibility import eligible_contractors
from models.event import Event, EventSpeaker
from models.import_job import ImportJob
from models.message import EventMessage
from models.opt_out import SmsOptOut
from models.pair_rule import EventPairRule
from models.peer_match import EventPeerMatch
from tests.erasable import FIRST, PHONE, ADayOfTheirs, counts, is_trace, traces
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.fakes import FakeGateway
from tests.uploads import confirmed


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now,
        introductions_at=now + timedelta(minutes=10),
        starts_at=now - timedelta(hours=3),
        ends_at=now + timedelta(hours=5),
        matching_status="completed",
    )


def two_planned(event: Event, now: datetime) -> tuple[Contractor, Contractor, EventPeerMatch]:
    """Two people whose introductions wait."""
    first, second = (make_attendee(event).contractor for _ in range(2))
    match = make_match(event, first, second)
    schedule_introductions(event, [match.id], now=now)
    return first, second, match


def fresh(row: Any) -> Any:
    return type(row).get_by_id(row.id)


def test_nothing_of_the_person_is_left_in_any_table_and_all_counts_are_as_before(
    config: Config,
) -> None:
    day = ADayOfTheirs(config)
    person = day.people[FIRST]
    assert len({place.split(":")[0] for place in traces()}) > 15, "something about them everywhere"
    before = counts(day.event)
    assert before["funnel"]["connected"] == 1
    assert before["standing"]["opted_out"] == 1
    done = erasing.erase(person.id, now=day.clock())
    assert traces() == []
    assert counts(day.event) == before
    assert (done.opt_outs, done.files, done.rows, done.matches) == (1, 1, 1, 2)
    assert fresh(person).erased_at == day.clock()
    assert EventPairRule.select().count() == 0
    [file] = ImportJob.select()
    assert [row[1] for row in file.refused["rows"]] == ["Ed"]


def test_what_others_have_of_others_stays(config: Config) -> None:
    day = ADayOfTheirs(config)
    apart = [
        row.id
        for row in EventMessage.select().order_by(EventMessage.id)
        if row.contractor_id != day.people[FIRST].id
        and not any(is_trace(str(value)) for value in row.__data__.values())
        and row.match_id in (None, day.matches["Cleo-Dov"].id)
    ]
    of_them = EventMessage.select().where(EventMessage.id.in_(apart)).order_by(EventMessage.id)
    before = list(of_them.dicts())
    people = Contractor.select().where(Contractor.first_name != FIRST).order_by(Contractor.id)
    others, match = list(people.dicts()), day.match("Cleo-Dov").__data__
    assert len(before) >= 2
    erasing.erase(day.people[FIRST].id, now=day.clock())
    assert list(of_them.dicts()) == before
    assert list(people.where(Contractor.erased_at.is_null()).dicts()) == others
    assert day.match("Cleo-Dov").__data__ == match


def test_the_question_says_what_will_be_done_and_does_nothing(config: Config) -> None:
    day = ADayOfTheirs(config)
    person, now = day.people[FIRST], day.clock()
    before = traces()
    foreseen = erasing.effect(person.id, now=now)
    assert traces() == before
    assert erasing.erase(person.id, now=now) == foreseen


def test_what_waits_for_them_or_about_them_never_leaves(
    event: Event, now: datetime, config: Config
) -> None:
    person, peer, match = two_planned(event, now)
    done = erasing.erase(person.id, now=now)
    assert (done.cancelled, done.introductions_off) == (2, 1)
    gateway, later = FakeGateway(), now + timedelta(minutes=11)
    for text in EventMessage.select():
        deliver(text.id, now=lambda: later, gateway=gateway, config=config)
    assert gateway.posts == []
    assert {text.status for text in EventMessage.select()} == {"cancelled"}
    assert fresh(match).cancelled_at == now
    # Whoever lost the introduction gets another partner.
    assert fresh(event).top_up_at is not None
    assert fresh(peer).erased_at is None


def test_who_was_told_of_them_hears_no_more_and_their_yes_gives_nothing_away(
    config: Config,
) -> None:
    day = ADayOfTheirs(config)
    erasing.erase(day.people[FIRST].id, now=day.clock())
    day.told()
    reply = day.say("Cleo", "YES 1")
    day.at(60 * 24)
    kinds = [kind for name, kind in day.told() if name == "Cleo"]
    assert "contact_exchange" not in kinds
    assert day.row(reply).handled_at is not None
    assert not any("Erased person" in text for text in day.gateway.texts)
    assert day.match(f"{FIRST}-Cleo").state == "open"


def test_a_reply_that_nobody_had_handled_is_not_answered(
    event: Event, now: datetime, config: Config
) -> None:
    person = make_attendee(event).contractor
    waiting = make_message(
        now, event=event, contractor=person, phone=person.phone, direction="inbound",
        message_type="reply", status="received", message_content="HELP",
    )  # fmt: skip
    erasing.erase(person.id, now=now)
    handle(waiting.id, now=now, config=config)
    assert fresh(waiting).handled_at == now
    assert EventMessage.select().count() == 1


def test_a_reply_that_is_delivered_once_more_is_still_known(event: Event, now: datetime) -> None:
    person = make_attendee(event).contractor
    reply = Inbound(person.phone, "hello", "ghl:7", None, None, None, {"phone": person.phone})
    first = receive(reply, now=now)
    erasing.erase(person.id, now=now)
    again = receive(reply, now=now)
    assert (again.message_id, again.is_repeat) == (first.message_id, True)
    assert fresh(EventMessage(id=first.message_id)).phone is None


def test_while_a_text_is_in_the_air_nothing_is_erased(event: Event, now: datetime) -> None:
    person, peer, _ = two_planned(event, now)
    for contractor in (person, peer):
        of_whom = EventMessage.contractor == contractor
        EventMessage.update(status="sending").where(of_whom).execute()
        with pytest.raises(NotNowError, match="right now"), db.atomic():
            erasing.erase(person.id, now=now)
        EventMessage.update(status="scheduled").where(of_whom).execute()
    assert fresh(person).phone == person.phone


def test_while_a_file_with_them_is_imported_nothing_is_erased(now: datetime) -> None:
    person = make_contractor(phone="+15125550977")
    confirmed(b"First name,Mobile\r\nAl,512-555-0977\r\n", now)
    with pytest.raises(NotNowError, match="imported"), db.atomic():
        erasing.erase(person.id, now=now)
    assert fresh(person).erased_at is None


def test_off_the_list_of_events_to_come_and_counted_at_those_that_were(now: datetime) -> None:
    to_come = make_event(now, date=now.date() + timedelta(days=3), matching_status="scheduled")
    was = make_event(now, date=now.date() - timedelta(days=3), matching_status="completed")
    person = make_attendee(to_come).contractor
    make_attendee(was, person)
    done = erasing.erase(person.id, now=now)
    assert (done.events, done.left_events) == (1, 1)
    [left] = EventAttendee.select()
    assert (left.event_id, left.qr_code_data, left.sms_consent_source) == (was.id, None, None)
    assert left.check_in_time is not None


def test_nobody_is_erased_twice(now: datetime) -> None:
    person = make_contractor()
    erasing.erase(person.id, now=now)
    for key in (person.id, person.id + 1):
        with pytest.raises(NotNowError, match="already"), db.atomic():
            erasing.erase(key, now=now)


def test_whoever_read_the_person_before_fills_nothing_in_afterwards(now: datetime) -> None:
    person = make_contractor()
    erasing.erase(person.id, now=now)
    with pytest.raises(IntegrityError), db.atomic():
        Contractor.update(first_name="Ana").where(Contractor.id == person.id).execute()
    assert fresh(person).first_name == "Erased"


def test_a_phone_that_two_have_stays_the_others_with_its_opt_out(
    event: Event, now: datetime
) -> None:
    first, second = (make_contractor(phone=PHONE) for _ in range(2))
    text = make_message(now, event=event, contractor=second, phone=PHONE, status="sent",
                        message_content="Hi")  # fmt: skip
    SmsOptOut.insert(phone=PHONE, source="STOP reply").execute()
    done = erasing.erase(first.id, now=now)
    assert done.opt_outs == 0
    assert fresh(second).phone == PHONE
    assert fresh(text).message_content == "Hi"
    assert SmsOptOut.select().count() == 1


def test_a_namesake_keeps_their_name_in_every_text(event: Event, now: datetime) -> None:
    one, other = (make_contractor(first_name="Ana", last_name="Moss") for _ in range(2))
    text = make_message(now, event=event, contractor=other, message_content="Hi Ana Moss")
    EventSpeaker.insert(event=event, name="Ana Moss").execute()
    erasing.erase(one.id, now=now)
    assert fresh(text).message_content == "Hi Ana Moss"
    assert EventSpeaker.get().name == "Ana Moss"


def test_a_room_that_was_read_before_makes_no_match_of_them(event: Event, now: datetime) -> None:
    person, peer = (make_attendee(event).contractor for _ in range(2))
    low, high = sorted((person.id, peer.id))
    pair = Pair(low, high, 0.8, {}, "general_match", "both do roofs")
    erasing.erase(person.id, now=now)
    assert store_matches(event, None, [pair]) == []


def test_a_text_about_them_that_was_planned_all_the_same_does_not_leave(
    event: Event, now: datetime, config: Config
) -> None:
    person, peer, match = two_planned(event, now)
    EventMessage.update(status="sent").execute()
    erasing.erase(person.id, now=now)
    late = make_message(now, event=event, contractor=peer, match=match, message_content="Meet",
                        message_type="break_prompt")  # fmt: skip
    gateway = FakeGateway()
    deliver(late.id, now=lambda: now, gateway=gateway, config=config)
    assert gateway.posts == []
    assert fresh(late).status == "cancelled"


def test_a_report_on_their_text_is_not_kept(event: Event, now: datetime) -> None:
    person = make_attendee(event).contractor
    text = make_message(now, event=event, contractor=person, status="sent")
    erasing.erase(person.id, now=now)
    report = DeliveryReport("failed", message_id=text.id, error=f"{person.phone} is off")
    assert record(report, now=now) is Recorded.UNKNOWN
    assert fresh(text).delivery_report is None


def test_nobody_checks_in_as_them_and_no_batch_takes_them(event: Event, now: datetime) -> None:
    person = make_attendee(event).contractor
    erasing.erase(person.id, now=now)
    with pytest.raises(check_in.UnknownContractorError):
        check_in.check_in(event, person.id, method="api", now=now)
    other = make_attendee(event).contractor
    assert [each.id for each in eligible_contractors(event.id)] == [other.id]


def test_the_deed_is_written_down_with_it_or_neither_is(now: datetime) -> None:
    person = make_contractor()

    def broken(_done: object) -> None:
        AuditLog.insert(actor="x", action="contractors.erased").execute()
        raise RuntimeError

    with pytest.raises(RuntimeError), db.atomic():
        erasing.erase(person.id, now=now, note=broken)
    assert fresh(person).erased_at is None
    assert AuditLog.select().count() == 0


def test_an_erased_person_is_not_found_at_the_door_nor_printed(event: Event, now: datetime) -> None:
    person = make_attendee(event).contractor
    attendee = EventAttendee.get(contractor=person)
    erasing.erase(person.id, now=now)
    assert door.find(event.id, "Erased") == []
    assert door.strangers(make_event(now).id, "Erased") == []
    assert door.person(event.id, attendee.id) is None
    assert (badges.count(event.id), badges.page(event.id, start=0, most=9)) == (0, [])
