"""One text by hand: read twice, sent once, never over a STOP, in its turn like every other."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.conversation import by_hand, inbox_answers
from actors.conversation.by_hand import ANSWERED
from actors.sending.delivery import deliver
from models import unsolicited
from models.admin_user import Role
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.config import Config
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
from models.opt_out import opt_out
from models.quiet_hours import QuietHours
from tests.admin_site import AdminSite, make_admin, signed_in
from tests.factories import make_attendee, make_contractor, make_event, make_message
from tests.fakes import FakeGateway, SetClock
from tests.talk import Day

EVIL = "<script>alert(1)</script>"
WRITE = "/admin/events/write/"
WORDS = "Your jacket is at the desk."
NO_QUIET = QuietHours(time(0), time(0))


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.ORGANISER, name="Olu")


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit", timezone="America/Chicago")


@pytest.fixture
def ana(event: Event) -> EventAttendee:
    return make_attendee(event, make_contractor(first_name="Ana", last_name="Moss"))


def page(attendee: EventAttendee) -> str:
    return f"{WRITE}?id={attendee.event_id}&person={attendee.contractor_id}"


def write(site: AdminSite, attendee: EventAttendee, text: str, **fields: Any) -> Any:
    return site.post(
        WRITE, page=page(attendee), id=attendee.event_id, person=attendee.contractor_id, text=text,
        **{"once": "form-12345", **fields},
    )  # fmt: skip


def texts() -> list[EventMessage]:
    return list(EventMessage.select().where(EventMessage.message_type == MessageType.BY_HAND))


def had(attendee: EventAttendee, at: datetime, *, number: int = 1) -> None:
    """Let a person have had so many introductions, the first of them then."""
    for minute in range(number):
        moment = at + timedelta(minutes=minute)
        make_message(
            moment, event=attendee.event_id, contractor=attendee.contractor_id,
            status=MessageStatus.SENT, actual_send_time=moment, phone=attendee.contractor.phone,
        )  # fmt: skip


def test_a_text_is_written_read_again_and_sent_once(
    site: AdminSite, event: Event, ana: EventAttendee, now: datetime
) -> None:
    had(ana, now - timedelta(minutes=5))
    asked = write(site, ana, f"  {WORDS}\r\nOlu ").text
    assert "Send this to Ana Moss?" in asked
    assert "31 characters, <strong>1 SMS segment</strong>" in asked
    assert "It leaves at once." in asked
    assert texts() == []

    said = site.notes(write(site, ana, f"{WORDS}\nOlu", confirmed="yes"))
    assert "Your text to Ana Moss leaves in its turn." in said
    again = site.notes(write(site, ana, f"{WORDS}\nOlu", confirmed="yes"))
    assert "A text from this page is planned already, and nothing more was sent" in again
    (text,) = texts()
    assert text.message_content == f"{WORDS}\nOlu"
    assert (text.message_category, text.status) == (MessageCategory.NOTICE, MessageStatus.SCHEDULED)
    assert (text.contractor_id, text.event_id) == (ana.contractor_id, event.id)
    assert text.expires_at == text.scheduled_time + timedelta(hours=6)
    deeds = AuditLog.select().where(AuditLog.action == "event_attendees.texted")
    assert [(row.actor, row.subject_id, row.detail) for row in deeds] == [
        ("organiser@example.com", ana.id, {"text": text.id})
    ]
    assert WORDS in site.text(f"/admin/contractors/conversation/?id={ana.contractor_id}")


def test_another_form_sends_another_text(site: AdminSite, ana: EventAttendee) -> None:
    for token in ("form-12345", "form-67890"):
        write(site, ana, WORDS, confirmed="yes", once=token)
    assert len(texts()) == 2


def test_a_text_can_be_changed_before_it_is_sent(site: AdminSite, ana: EventAttendee) -> None:
    again = write(site, ana, "See you thare", confirmed="edit").text
    assert "See you thare</textarea>" in again
    assert 'value="form-12345"' in again, "the same form, so that it can still send once only"
    assert texts() == []


@pytest.mark.parametrize(
    ("typed", "words"), [("  \r\n", "Write something first."), ("x" * 1001, "At most 1,000")]
)
def test_an_empty_or_endless_text_is_sent_back(
    site: AdminSite, ana: EventAttendee, typed: str, words: str
) -> None:
    assert words in write(site, ana, typed, confirmed="yes").text
    assert texts() == []


def test_the_first_text_at_an_event_says_how_to_stop_them(
    site: AdminSite, ana: EventAttendee, now: datetime
) -> None:
    whole = f"{WORDS}\n\nSummit. Reply STOP to opt out."
    assert whole in write(site, ana, WORDS).text
    assert by_hand.write(ana.id, WORDS, form_token="form-12345", now=now) is not None
    assert texts()[0].message_content == whole


def test_an_introduction_after_it_still_says_how_contacts_are_shared(
    config: Config, ana: EventAttendee, now: datetime
) -> None:
    key = by_hand.write(ana.id, WORDS, form_token="form-12345", now=now)
    gateway = FakeGateway()
    assert key is not None
    deliver(key, now=SetClock(now), gateway=gateway, config=config)
    introduction = make_message(
        now, event=ana.event_id, contractor=ana.contractor_id,
        personalization_data={"peer_name": "Ben"},
    )  # fmt: skip
    deliver(introduction.id, now=SetClock(now), gateway=gateway, config=config)
    assert "Reply STOP" in gateway.texts[0]
    assert "If you both say YES we share" in gateway.texts[1]


def test_how_it_reads_and_travels_is_shown_while_typing(
    site: AdminSite, ana: EventAttendee, now: datetime
) -> None:
    had(ana, now)
    fields = {"id": ana.event_id, "person": ana.contractor_id, "once": "form-12345"}
    shown = site.post(f"{WRITE}size/", page=page(ana), text=f"{EVIL}{'x' * 52}👋", **fields).text
    assert 'data-summary="78 characters, 2 SMS segments"' in shown
    assert "👋 makes every segment shorter" in shown
    assert EVIL not in shown
    assert texts() == []


@pytest.mark.parametrize("case", ["no phone", "STOP", "event off", "no consent"])
def test_what_could_not_leave_is_refused_in_words(
    site: AdminSite, now: datetime, case: str
) -> None:
    event = make_event(now, cancelled_at=now if case == "event off" else None)
    person = make_contractor(phone=None) if case == "no phone" else make_contractor()
    attendee = make_attendee(event, person, sms_opt_in=case != "no consent")
    if case == "STOP":
        opt_out(person.phone, now=now, source="test")
    reason = {
        "no phone": by_hand.NO_PHONE,
        "STOP": inbox_answers.OPTED_OUT,
        "event off": inbox_answers.EVENT_IS_OFF,
        "no consent": inbox_answers.NO_CONSENT,
    }[case]
    shown = site.text(page(attendee))
    assert reason in shown
    assert "<textarea" not in shown
    with pytest.raises(inbox_answers.NotAllowed, match=reason[:20]):
        by_hand.write(attendee.id, WORDS, form_token="form-12345", now=now)
    assert texts() == []


def test_a_stop_between_the_question_and_the_click_wins(
    site: AdminSite, ana: EventAttendee, now: datetime
) -> None:
    fields = {"id": ana.event_id, "person": ana.contractor_id, "text": WORDS, "confirmed": "yes"}
    token = site.token(page(ana))
    opt_out(ana.contractor.phone, now=now, source="STOP")
    data = {"csrf_token": token, "once": "form-12345", **fields}
    assert "has opted out" in site.client.post(WRITE, data=data).text
    assert texts() == []


def test_it_waits_its_turn_when_the_person_has_had_enough(
    site: AdminSite, config: Config, event: Event, ana: EventAttendee, now: datetime
) -> None:
    had(ana, now - timedelta(minutes=30), number=config.unsolicited_per_hour)
    free_at = unsolicited.enough_until(
        ana.contractor_id, event, now=now, per_hour=config.unsolicited_per_hour
    )
    assert free_at == now + timedelta(minutes=30)
    asked = write(site, ana, WORDS).text
    local = free_at.astimezone(event.zone)
    assert f"This one waits until {local:%I:%M %p}".replace(" 0", " ") in asked
    assert "It leaves at once." not in asked
    write(site, ana, WORDS, confirmed="yes")
    (text,) = texts()
    later, gateway = text.scheduled_time, FakeGateway()
    deliver(text.id, now=SetClock(later), gateway=gateway, config=config)
    assert gateway.posts == []
    assert EventMessage.get_by_id(text.id).scheduled_time == free_at
    deliver(text.id, now=SetClock(free_at), gateway=gateway, config=config)
    assert gateway.texts == [WORDS]


def test_a_paused_event_is_named_since_nothing_leaves(
    site: AdminSite, config: Config, event: Event, ana: EventAttendee, now: datetime
) -> None:
    Event.update(paused_at=now).where(Event.id == event.id).execute()
    asked = write(site, ana, WORDS).text
    assert "Sending is paused at this event" in asked
    assert "It leaves at once." not in asked
    write(site, ana, WORDS, confirmed="yes")
    (text,), gateway = texts(), FakeGateway()
    deliver(text.id, now=SetClock(text.scheduled_time), gateway=gateway, config=config)
    assert gateway.posts == []


def test_texts_by_hand_are_themselves_among_the_few_of_an_hour(
    config: Config, event: Event, ana: EventAttendee, now: datetime
) -> None:
    few = replace(config, unsolicited_per_hour=1)
    gateway = FakeGateway()
    for token in ("form-12345", "form-67890"):
        key = by_hand.write(ana.id, WORDS, form_token=token, now=now)
        assert key is not None
        deliver(key, now=SetClock(now), gateway=gateway, config=few)
    assert len(gateway.posts) == 1


def test_quiet_hours_are_warned_about_by_the_persons_own_clock(
    config: Config, event: Event, now: datetime
) -> None:
    person = make_contractor(timezone="Pacific/Honolulu")
    attendee = make_attendee(event, person)
    evening = datetime.fromisoformat("2026-06-01T22:30-10:00")
    seen = by_hand.prospect(attendee, WORDS, now=evening, config=config)
    assert seen.quiet_until == datetime.fromisoformat("2026-06-02T08:00-10:00")
    loud = replace(config, quiet_hours=NO_QUIET)
    assert by_hand.prospect(attendee, WORDS, now=evening, config=loud).quiet_until is None
    Event.update(time_scale=60).where(Event.id == event.id).execute()
    attendee.event = Event.get_by_id(event.id)
    assert by_hand.prospect(attendee, WORDS, now=evening, config=config).quiet_until is None


def test_whom_to_write_to_is_found_from_the_desk(
    site: AdminSite, event: Event, ana: EventAttendee
) -> None:
    make_attendee(event, make_contractor(first_name="Anatol", phone=None))
    make_attendee(event, make_contractor(first_name="Anabel"), sms_opt_in=False)
    desk = site.text(f"/admin/events/desk/?id={event.id}")
    assert 'id="desk-write"' in desk
    found = site.text(f"{WRITE}?id={event.id}&q=ana")
    assert found.count("person=") == 1
    assert page(ana) in found
    assert "No phone that can be texted" in found
    assert "Has not agreed to texts at this event" in found
    assert "Nobody on the list fits “zzz”" in site.text(f"{WRITE}?id={event.id}&q=zzz")
    for place in (
        f"contractors/conversation/?id={ana.contractor_id}",
        f"attendees/details/?id={ana.id}",
    ):
        assert page(ana) in site.text(f"/admin/{place}")


def test_somebody_who_is_not_on_the_list_is_not_written_to(site: AdminSite, event: Event) -> None:
    stranger = make_contractor()
    for person in (stranger.id, "x", 999999):
        assert site.get(f"{WRITE}?id={event.id}&person={person}").status_code == 404
    assert site.get(f"{WRITE}?id=999999&person={stranger.id}").status_code == 404


def test_no_token_no_text_and_viewers_write_nothing(
    client: FlaskClient, site: AdminSite, ana: EventAttendee, now: datetime
) -> None:
    fields = {"id": ana.event_id, "person": ana.contractor_id, "text": WORDS, "confirmed": "yes"}
    assert client.post(WRITE, data={**fields, "once": "form-12345"}).status_code == 400
    token = site.token(page(ana))
    for once in ("", "short", "x" * 65, "form 12345 !"):
        data = {**fields, "csrf_token": token, "once": once}
        assert client.post(WRITE, data=data).status_code == 400, once
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    assert viewer.get(page(ana)).status_code == 403
    data = {**fields, "csrf_token": viewer.token("/admin/"), "once": "form-12345"}
    assert viewer.client.post(WRITE, data=data).status_code == 403
    chat = viewer.text(f"/admin/contractors/conversation/?id={ana.contractor_id}")
    assert "write/?id=" not in chat
    assert texts() == []


@pytest.mark.parametrize(
    ("reply", "is_read"), [("Yes", True), ("no", True), ("which door?", True), ("YES 1", False)]
)
def test_what_answers_a_text_by_hand_is_read_by_a_person(
    config: Config, reply: str, is_read: bool
) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben")
    ana, now = day.people["Ana"], day.clock()
    attendee = EventAttendee.get(EventAttendee.contractor == ana)
    by_hand.write(attendee.id, "Can you speak at 3?", form_token="form-12345", now=now)
    day.at(8)
    assert ("Ana", "by_hand") in day.told()
    message = EventMessage.get_by_id(day.say("Ana", reply))
    assert (message.inbox_reason == ANSWERED) is is_read
    assert (day.told() == []) is is_read, "nobody answers in an organiser's place"


@pytest.mark.parametrize(
    ("reply", "is_read"),
    [
        ("Yes", True),
        ("later", True),
        ("ok", True),
        ("Thanks!", False),
        ("yes 1", False),
        ("STOP", False),
    ],
)
def test_what_follows_an_answer_from_the_inbox_is_read_by_a_person(
    config: Config, reply: str, is_read: bool
) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben")
    asked = day.say("Ana", "where is the cloakroom")
    asked = day.say("Ana", "the cloakroom?")
    answer = inbox_answers.answer(asked, "By the stairs. Shall we fetch it?", now=day.clock())
    day.at(8)
    assert answer is not None
    assert ("Ana", "reply") in day.told()
    message = EventMessage.get_by_id(day.say("Ana", reply))
    assert (message.inbox_reason == ANSWERED) is is_read
    match = day.match("Ana-Ben")
    answered = {match.contractor1_response, match.contractor2_response}
    assert answered == ({None, "yes"} if reply == "yes 1" else {None})


def test_a_question_of_ours_after_the_answer_by_hand_is_what_a_yes_answers(config: Config) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben")
    day.say("Ana", "where is the cloakroom")
    asked = day.say("Ana", "the cloakroom?")
    inbox_answers.answer(asked, "By the stairs.", now=day.clock())
    day.say("Ben", "YES")
    day.at(30)
    assert ("Ana", "yes_reminder") in day.told()
    day.say("Ana", "YES")
    assert day.state("Ana-Ben") == "connected"
