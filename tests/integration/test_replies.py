"""STOP, START, HELP and everything else: obeyed, answered once, never undone by accident."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest

from actors.broker import FOLLOW_UP_QUEUE
from actors.conversation.receiving import Inbound, receive
from actors.conversation.replies import handle, handle_reply
from models.attendee import EventAttendee
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageStatus, MessageType
from models.opt_out import SmsOptOut, has_opted_out, opt_out
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message

PHONE = "+15125550123"
_ids = count(1)


def say(text: str, *, now: datetime, phone: str | None = PHONE, **columns: Any) -> int:
    """Receive one reply and return where it is stored."""
    reply = Inbound(
        phone=phone,
        text=text,
        key=f"ghl:m-{next(_ids)}",
        ghl_contact_id=None,
        ghl_location_id=None,
        ghl_message_id=None,
        raw_payload={},
    )
    return receive(replace(reply, **columns), now=now).message_id


def answers(phone: str = PHONE) -> list[EventMessage]:
    kinds = [MessageType.HELP_REPLY, MessageType.START_REPLY, MessageType.STOP_REPLY]
    wanted = EventMessage.message_type.in_(kinds) & (EventMessage.phone == phone)
    return list(EventMessage.select().where(wanted).order_by(EventMessage.id))


def action(message_id: int) -> str | None:
    taken: str | None = EventMessage.get_by_id(message_id).action_taken
    return taken


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Contractor Summit")


@pytest.fixture
def person(event: Event) -> Contractor:
    contractor = make_contractor(phone=PHONE)
    make_attendee(event, contractor)
    return contractor


@pytest.fixture
def ours(config: Config) -> Config:
    return replace(config, opt_out_reply="ours", contact_email="help@example.com")


def test_stop_cancels_what_waits_and_leaves_the_rest(
    event: Event, person: Contractor, now: datetime
) -> None:
    mine = [
        make_message(now, event=event, contractor=person, status=status, message_type=kind)
        for status, kind in (
            ("scheduled", "test_introduction"),
            ("queued", "test_introduction"),
            ("held", "test_introduction"),
            ("sent", "test_introduction"),
            ("sending", "test_introduction"),
        )
    ]
    by_phone = make_message(now, phone=PHONE, message_type="test_introduction")
    somebody = make_message(now, event=event, contractor=make_contractor())
    message_id = say("Stop!", now=now)
    assert has_opted_out(PHONE)
    rows = [EventMessage.get_by_id(row.id) for row in (*mine, by_phone)]
    assert [row.status for row in rows] == [
        *("cancelled", "cancelled", "cancelled", "sent", "sending", "cancelled")
    ]
    assert all("replied STOP" in row.error_message for row in rows if row.status == "cancelled")
    assert EventMessage.get_by_id(somebody.id).status == "scheduled"
    assert action(message_id) == "opted out"
    attendee = EventAttendee.get(contractor=person)
    assert attendee.sms_opt_in, "consent is history; the list decides"


@pytest.mark.commits
def test_stop_protects_in_the_transaction_that_stores_it(
    event: Event, person: Contractor, now: datetime
) -> None:
    waiting = make_message(now, event=event, contractor=person)
    say("STOP", now=now)
    assert not db.in_transaction()
    assert has_opted_out(PHONE)
    assert EventMessage.get_by_id(waiting.id).status == "cancelled"


@pytest.mark.commits
def test_a_failing_stop_stores_nothing_by_halves(
    person: Contractor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("actors.conversation.consent.stop", fail)
    with pytest.raises(RuntimeError):
        say("STOP", now=now)
    assert EventMessage.select().where(EventMessage.direction == "inbound").count() == 0


def test_stop_reaches_everybody_who_shares_the_phone(event: Event, now: datetime) -> None:
    people = [make_contractor(phone=PHONE) for _ in range(2)]
    waiting = [make_message(now, event=event, contractor=each) for each in people]
    say("please take me off this list", now=now)
    assert {EventMessage.get_by_id(row.id).status for row in waiting} == {"cancelled"}


def test_stop_from_another_phone_of_a_known_contact_covers_both(
    event: Event, now: datetime
) -> None:
    person = make_contractor(phone=PHONE, ghl_contact_id="c-1")
    waiting = make_message(now, event=event, contractor=person)
    say("STOP", now=now, phone="+15125550999", ghl_contact_id="c-1")
    assert has_opted_out(PHONE)
    assert has_opted_out("+15125550999")
    assert EventMessage.get_by_id(waiting.id).status == "cancelled"


def test_stop_of_an_unknown_number_is_kept_for_later(now: datetime) -> None:
    say("STOP", now=now)
    assert has_opted_out(PHONE)


def test_carrier_confirms_stop_so_we_do_not(
    person: Contractor, now: datetime, config: Config
) -> None:
    message_id = say("STOP", now=now)
    handle(message_id, now=now, config=config)
    assert answers() == []
    assert EventMessage.get_by_id(message_id).handled_at == now


def test_our_own_stop_confirmation_is_sent_once(
    event: Event, person: Contractor, now: datetime, ours: Config
) -> None:
    make_message(now, event=event, contractor=person, phone=PHONE, status="sent")
    for text in ("STOP", "STOP", "unsubscribe"):
        message_id = say(text, now=now)
        handle(message_id, now=now, config=ours)
        handle(message_id, now=now, config=ours)
    assert [row.message_type for row in answers()] == [MessageType.STOP_REPLY]
    assert "opted out" in answers()[0].message_content
    assert action(message_id) == "was opted out already"


def test_start_lifts_and_consents_and_confirms(
    event: Event, person: Contractor, now: datetime, config: Config
) -> None:
    old = make_event(now, date=(now - timedelta(days=9)).date())
    make_attendee(old, person, sms_opt_in=False, sms_consent_source=None)
    handle(say("STOP", now=now), now=now, config=config)
    later = now + timedelta(minutes=1)
    message_id = say("Start", now=later)
    assert has_opted_out(PHONE), "START is for the actor"
    handle(message_id, now=later, config=config)
    handle(message_id, now=later, config=config)
    assert not has_opted_out(PHONE)
    lifted = SmsOptOut.get(phone=PHONE)
    assert (lifted.lifted_at, lifted.lifted_source) == (later, "START reply")
    today = EventAttendee.get(event=event)
    assert (today.sms_opt_in, today.sms_consent_at) == (True, later)
    assert today.sms_consent_source == "START reply"
    assert not EventAttendee.get(event=old).sms_opt_in, "that event is over"
    assert action(message_id) == "opted in"
    (confirmation,) = answers()
    assert confirmation.message_type == MessageType.START_REPLY
    assert (confirmation.status, confirmation.message_category) == ("scheduled", "compliance")
    assert (confirmation.scheduled_time, confirmation.expires_at) == (
        later,
        later + timedelta(hours=1),
    )
    assert (confirmation.contractor_id, confirmation.event_id) == (person.id, event.id)
    assert "Contractor Summit" in confirmation.message_content
    assert "STOP" in confirmation.message_content


def test_start_gives_a_first_consent_and_asks_for_a_top_up(now: datetime, config: Config) -> None:
    soon = now + timedelta(minutes=5)
    done = make_event(now, matching_status=MatchingStatus.COMPLETED, introductions_at=soon)
    to_come = make_event(now, matching_status=MatchingStatus.SCHEDULED, introductions_at=soon)
    person = make_contractor(phone=PHONE)
    for event in (done, to_come):
        make_attendee(event, person, sms_opt_in=False)
    handle(say("START", now=now), now=now, config=config)
    assert all(attendee.sms_opt_in for attendee in EventAttendee.select())
    assert Event.get_by_id(done.id).top_up_at == now
    assert Event.get_by_id(to_come.id).top_up_at is None


def test_start_again_changes_nothing_and_confirms_at_most_once(
    event: Event, person: Contractor, now: datetime, config: Config
) -> None:
    before = EventAttendee.get(contractor=person).sms_consent_at
    for _ in range(3):
        message_id = say("START", now=now)
        handle(message_id, now=now, config=config)
    assert EventAttendee.get(contractor=person).sms_consent_at == before
    assert len(answers()) == 1
    assert action(message_id) == "was opted in already"


@pytest.mark.parametrize("text", ["YES", "Yes!", "start please", "opt in", "HELP", "👍"])
def test_nothing_but_start_lifts_an_opt_out(
    person: Contractor, now: datetime, config: Config, text: str
) -> None:
    handle(say("STOP", now=now), now=now, config=config)
    handle(say(text, now=now), now=now, config=config)
    assert has_opted_out(PHONE)


def test_late_start_does_not_undo_the_stop_that_came_after_it(
    person: Contractor, now: datetime, config: Config
) -> None:
    opt_out(PHONE, now=now, source="import")
    start, stop = say("START", now=now), say("STOP", now=now)
    handle(stop, now=now, config=config)
    handle(start, now=now, config=config)
    assert has_opted_out(PHONE)
    assert action(start) == "nothing: STOP came after it"
    assert answers() == []


def test_start_of_a_stranger_is_left_to_a_person(now: datetime, config: Config) -> None:
    message_id = say("START", now=now)
    handle(message_id, now=now, config=config)
    assert (action(message_id), answers()) == ("needs a person", [])


def test_start_promises_introductions_only_where_some_can_come(
    event: Event, person: Contractor, now: datetime, config: Config
) -> None:
    opt_out(PHONE, now=now, source="import")
    handle(say("START", now=now), now=now, config=config)
    assert "introductions will come" in answers()[-1].message_content
    after = event.last_moment
    opt_out(PHONE, now=after, source="import")
    handle(say("START", now=after), now=after, config=config)
    strange = "+15125550998"
    opt_out(strange, now=after, source="import")
    handle(say("START", now=after, phone=strange), now=after, config=config)
    said = EventMessage.select().where(EventMessage.message_type == MessageType.START_REPLY)
    _, after_the_event, to_a_stranger = said.order_by(EventMessage.id)
    for text in (after_the_event, to_a_stranger):
        assert "on again" in text.message_content
        assert "introductions will" not in text.message_content


@pytest.mark.parametrize("is_opted_out", [False, True])
def test_help_names_the_event_the_way_out_and_the_contact(
    event: Event, person: Contractor, now: datetime, ours: Config, is_opted_out: bool
) -> None:
    if is_opted_out:
        opt_out(PHONE, now=now, source="import")
    message_id = say("HELP", now=now)
    handle(message_id, now=now, config=ours)
    handle(message_id, now=now, config=ours)
    (text,) = answers()
    assert (text.message_type, text.message_category) == (
        MessageType.HELP_REPLY,
        "compliance",
    )
    way_out = "Reply START" if is_opted_out else "Reply STOP"
    for part in ("Contractor Summit", way_out, "help@example.com"):
        assert part in text.message_content
    assert ("opted out" in text.message_content) == is_opted_out
    assert len(text.message_content) <= 320


def test_help_without_event_or_contact_still_reads_well(now: datetime, config: Config) -> None:
    handle(say("info?", now=now), now=now, config=config)
    text = answers()[0].message_content
    assert "None" not in text
    assert "  " not in text
    assert "Reply STOP" in text


def test_what_is_not_understood_is_asked_back_about_and_noted_on_the_text(
    event: Event, person: Contractor, now: datetime, config: Config
) -> None:
    other = make_contractor()
    match = make_match(event, person, other)
    sent = {"event": event, "contractor": person, "phone": PHONE, "status": "delivered"}
    early = make_message(now, actual_send_time=now - timedelta(hours=1), **sent)
    latest = make_message(now, actual_send_time=now, match=match, **sent)
    make_message(now + timedelta(hours=1), event=event, contractor=person, phone=PHONE)
    message_id = say("where do I park?", now=now)
    handle(message_id, now=now, config=config)
    assert action(message_id) == "asked what was meant"
    noted = EventMessage.get_by_id(latest.id)
    assert (noted.response_received, noted.response_time) == ("where do I park?", now)
    assert noted.status == MessageStatus.DELIVERED
    assert EventMessage.get_by_id(early.id).response_received is None
    assert answers() == []


def test_stop_is_not_noted_as_an_answer(
    event: Event, person: Contractor, now: datetime, config: Config
) -> None:
    sent = make_message(now, event=event, contractor=person, phone=PHONE, status="sent")
    handle(say("STOP", now=now), now=now, config=config)
    assert EventMessage.get_by_id(sent.id).response_received is None


def test_answer_goes_to_the_phone_that_wrote(now: datetime, config: Config) -> None:
    make_contractor(phone=PHONE, ghl_contact_id="c-1")
    handle(say("HELP", now=now, phone="+15125550999", ghl_contact_id="c-1"), now=now, config=config)
    assert answers() == []
    assert answers("+15125550999")[0].contractor_id is None


@pytest.mark.commits
def test_two_workers_answer_one_reply_once(now: datetime, config: Config) -> None:
    make_contractor(phone=PHONE)
    message_id = say("HELP", now=now)
    starting_line = Barrier(2)

    def work() -> None:
        with db.connection_context():
            starting_line.wait()
            handle(message_id, now=now, config=config)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers()) == 1


@pytest.mark.commits
def test_stop_and_start_at_once_end_as_they_were_received(now: datetime, config: Config) -> None:
    make_contractor(phone=PHONE)
    opt_out(PHONE, now=now, source="import")
    start = say("START", now=now)
    starting_line = Barrier(2)

    def run(work: Any) -> None:
        with db.connection_context():
            starting_line.wait()
            work()

    threads = [
        Thread(target=run, args=(lambda: say("STOP", now=now),)),
        Thread(target=run, args=(lambda: handle(start, now=now, config=config),)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert has_opted_out(PHONE)


def test_actor_states_its_limits() -> None:
    assert handle_reply.queue_name == FOLLOW_UP_QUEUE
    assert handle_reply.options["max_retries"] == 0
    assert {"max_age", "time_limit"} <= set(handle_reply.options)
