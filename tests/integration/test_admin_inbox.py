"""The inbox: replies that need a person, answered by text or done with, and never over a STOP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.conversation import inbox_answers
from actors.conversation.inbox_answers import NotAllowed
from models import inbox
from models.admin_user import Role
from models.audit_log import AuditLog
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import Direction, MessageCategory, MessageStatus
from models.opt_out import opt_out
from tests.admin_site import AdminSite, make_admin, signed_in
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.statements import statements

EVIL = "<script>alert(1)</script>"
INBOX = "/admin/inbox/"
UNCLEAR = "We asked back once and still do not understand it."
POOR = "A rating of 2 out of 10."


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.ORGANISER, name="Olu")


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit", timezone="America/Chicago")


@pytest.fixture
def ana(event: Event) -> Contractor:
    person = make_contractor(first_name="Ana", last_name="Moss")
    make_attendee(event, person)
    return person


def wrote(event: Event | None, person: Contractor | None, at: datetime, **columns: Any) -> int:
    columns = {
        "message_content": "is lunch vegan?", "inbox_reason": UNCLEAR, "handled_at": at,
        "phone": person.phone if person else "+15125550000", **columns,
    }  # fmt: skip
    return make_message(
        at, event=event, contractor=person, message_type="reply", message_category="reply",
        direction=Direction.INBOUND, status=MessageStatus.RECEIVED, created_at=at,
        scheduled_time=None, expires_at=None, **columns,
    ).id  # fmt: skip


def sent() -> list[EventMessage]:
    return list(EventMessage.select().where(EventMessage.direction == Direction.OUTBOUND))


def deeds() -> list[tuple[str, int, dict[str, Any]]]:
    wanted = AuditLog.action.startswith("event_messages.")
    rows = AuditLog.select().where(wanted).order_by(AuditLog.id)
    return [(row.action, row.subject_id, row.detail) for row in rows]


def answer(site: AdminSite, key: int, text: str, **fields: Any) -> Any:
    page = f"{INBOX}answer/?id={key}"
    return site.post(f"{INBOX}answer/", page=page, id=key, text=text, **fields)


def test_each_reply_is_shown_with_who_where_why_and_what_we_said_before(
    site: AdminSite, event: Event, ana: Contractor
) -> None:
    noon = datetime.fromisoformat("2026-06-01T17:05Z")
    for minute, words in ((-9, "Meet Ben!"), (-5, "Which one, 1 or 2?"), (5, "too late")):
        at = noon + timedelta(minutes=minute)
        make_message(
            at, event=event, phone=ana.phone, message_content=words, actual_send_time=at,
            status=MessageStatus.SENT, message_type="which_introduction",
        )  # fmt: skip
    wrote(event, ana, noon)
    wrote(None, None, noon, inbox_reason="We do not know this number.", message_content="hello?")
    page = site.text(INBOX)
    for words in (
        "Ana Moss", "Summit", UNCLEAR, "is lunch vegan?", "Which one, 1 or 2?", "12:05 PM CDT",
        "+15125550000", "We do not know this number.", "No event",
    ):  # fmt: skip
        assert words in page, words
    assert "Meet Ben!" not in page
    assert "too late" not in page
    assert page.index("is lunch vegan?") < page.index("hello?")
    assert "2 replies need a person" in site.text("/admin/")


def test_what_was_dealt_with_or_needs_nobody_is_not_there(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    wrote(event, ana, now, inbox_reason=None)
    wrote(event, ana, now, inbox_done_at=now)
    assert inbox.count() == 0
    assert "No reply needs you" in site.text(INBOX)
    assert "needs a person" not in site.text("/admin/")


def test_done_takes_a_reply_out_and_says_who_did_it(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    key, other = wrote(event, ana, now), wrote(event, ana, now)
    said = site.notes(site.post(f"{INBOX}done/", page=INBOX, id=key))
    assert "Done." in said
    assert EventMessage.get_by_id(key).inbox_done_at is not None
    assert EventMessage.get_by_id(other).inbox_done_at is None
    again = site.notes(site.post(f"{INBOX}done/", page=INBOX, id=key))
    assert "Nothing was changed" in again
    assert deeds() == [("event_messages.inbox_done", key, {})]
    assert "1 reply needs a person" in site.text("/admin/")


def test_an_answer_is_written_read_again_and_sent_once(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    match = make_match(event, ana, make_contractor())
    key = wrote(event, ana, now, match=match, ghl_contact_id="c-1", ghl_location_id="l-1")
    asked = answer(site, key, "  Yes!\r\nAsk at the desk. ").text
    assert "Send this to Ana Moss?" in asked
    assert "21 characters, <strong>1 SMS segment</strong>" in asked
    assert sent() == []
    assert inbox.count() == 1

    said = site.notes(answer(site, key, "Yes!\nAsk at the desk.", confirmed="yes"))
    assert "Your answer to Ana Moss leaves in a moment." in said
    data = {"csrf_token": site.token("/admin/"), "id": key, "text": "Yes!", "confirmed": "yes"}
    site.client.post(f"{INBOX}answer/", data=data)
    (text,) = sent()
    assert text.message_content == "Yes!\nAsk at the desk."
    assert (text.message_type, text.message_category) == ("reply", MessageCategory.REPLY)
    assert (text.status, text.phone) == (MessageStatus.SCHEDULED, ana.phone)
    assert (text.contractor_id, text.event_id, text.match_id) == (ana.id, event.id, match.id)
    assert (text.ghl_contact_id, text.ghl_location_id) == ("c-1", "l-1")
    assert text.expires_at == text.scheduled_time + timedelta(hours=1)
    assert EventMessage.get_by_id(key).inbox_done_at == text.scheduled_time
    assert deeds() == [("event_messages.answered", key, {"text": text.id})]


def test_a_text_can_be_changed_before_it_is_sent(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    key = wrote(event, ana, now)
    page = answer(site, key, "See you thare 👋", confirmed="edit").text
    assert "See you thare 👋</textarea>" in page
    assert sent() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write something first."),
        ("   \r\n ", "Write something first."),
        ("x" * 1001, "At most 1,000 characters."),
    ],
)
def test_an_empty_or_endless_answer_is_sent_back(
    site: AdminSite, event: Event, ana: Contractor, now: datetime, text: str, words: str
) -> None:
    key = wrote(event, ana, now)
    page = answer(site, key, text, confirmed="yes").text
    assert words in page
    assert sent() == []
    assert inbox.count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 161, "2 SMS segments"),
        ("x" * 69 + "👋", "2 SMS segments"),
        ("x" * 160, "1 SMS segment<"),
    ],
)
def test_the_segments_are_counted_before_it_is_sent(
    site: AdminSite, event: Event, ana: Contractor, now: datetime, text: str, words: str
) -> None:
    assert words in answer(site, wrote(event, ana, now), text).text


def test_an_answer_while_sending_is_paused_says_when_it_leaves(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    Event.update(paused_at=now).where(Event.id == event.id).execute()
    key = wrote(event, ana, now)
    assert "once somebody resumes" in answer(site, key, "At the stairs.").text
    said = site.notes(answer(site, key, "At the stairs.", confirmed="yes"))
    assert said == "Your answer to Ana Moss leaves once sending is resumed."


def test_a_phone_that_opted_out_is_never_answered(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    key = wrote(event, ana, now)
    token = site.token(f"{INBOX}answer/?id={key}")
    opt_out(ana.phone, now=now, source="STOP")
    page = site.text(f"{INBOX}answer/?id={key}")
    assert "has opted out" in page
    assert "<textarea" not in page
    data = {"csrf_token": token, "id": key, "text": "hi", "confirmed": "yes"}
    assert "has opted out" in site.client.post(f"{INBOX}answer/", data=data).text
    with pytest.raises(NotAllowed, match="opted out"):
        inbox_answers.answer(key, "hi", now=now)
    assert sent() == []
    assert inbox.count() == 1
    assert deeds() == []


def test_a_stop_between_the_question_and_the_click_wins(
    site: AdminSite, event: Event, ana: Contractor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = wrote(event, ana, now)
    lock = inbox.lock_waiting

    def stop_comes_first(message_id: int) -> EventMessage | None:
        opt_out(ana.phone, now=now, source="STOP")
        return lock(message_id)

    monkeypatch.setattr(inbox, "lock_waiting", stop_comes_first)
    said = site.notes(answer(site, key, "hi", confirmed="yes"))
    assert "Nothing was sent. This phone has opted out" in said
    assert sent() == []


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("no phone", inbox_answers.NO_PHONE),
        ("event off", inbox_answers.EVENT_IS_OFF),
        ("no consent", inbox_answers.NO_CONSENT),
    ],
)
def test_what_could_not_leave_is_refused_before_it_is_written(
    site: AdminSite, now: datetime, case: str, reason: str
) -> None:
    event = make_event(now, cancelled_at=now if case == "event off" else None)
    person = make_contractor()
    make_attendee(event, person, sms_opt_in=case != "no consent")
    key = wrote(event, person, now, **({"phone": None} if case == "no phone" else {}))
    assert reason in site.text(f"{INBOX}answer/?id={key}")
    with pytest.raises(NotAllowed):
        inbox_answers.answer(key, "hi", now=now)
    assert sent() == []


def test_a_stranger_who_wrote_to_us_can_be_answered(event: Event, now: datetime) -> None:
    key = wrote(None, None, now)
    assert inbox_answers.answer(key, "Who is this?", now=now) is not None
    (text,) = sent()
    assert (text.phone, text.contractor_id) == ("+15125550000", None)


def test_an_answer_about_a_cancelled_match_can_still_leave(
    event: Event, ana: Contractor, now: datetime
) -> None:
    match = make_match(event, ana, make_contractor(), cancelled_at=now)
    inbox_answers.answer(wrote(event, ana, now, match=match), "Sorry!", now=now)
    assert sent()[0].match_id is None


def test_two_clicks_plan_one_text(event: Event, ana: Contractor, now: datetime) -> None:
    key = wrote(event, ana, now)
    assert inbox_answers.answer(key, "hi", now=now) is not None
    assert inbox_answers.answer(key, "hi", now=now) is None
    assert inbox_answers.finish(key, now=now) is False
    assert len(sent()) == 1


def test_all_of_one_reason_are_done_with_at_once_and_no_other(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    alike = [wrote(event, ana, now) for _ in range(3)]
    other = wrote(event, ana, now, inbox_reason=POOR)
    page = site.text(INBOX)
    assert f"Done with all 3: “{UNCLEAR}”" in page
    assert f"“{POOR}”" not in page, "one alone has its own button"
    question = f"{INBOX}all/?id={alike[0]}"
    assert question in page
    words = site.text(question)
    assert "3 replies will leave the inbox. Nobody is answered." in words
    assert f'value="{alike[-1]}"' in words
    token = site.token(question)
    came_since = wrote(event, ana, now)
    data = {"csrf_token": token, "id": alike[-1]}
    said = site.notes(site.client.post(f"{INBOX}all/", data=data))
    assert "Done with 3 replies." in said
    site.client.post(f"{INBOX}all/", data=data)
    left = {row.id for row in EventMessage.select().where(inbox.waits())}
    assert left == {other, came_since}
    assert [deed[:2] for deed in deeds()] == [("event_messages.inbox_done", key) for key in alike]


def test_viewers_read_the_inbox_and_press_nothing(
    client: FlaskClient, event: Event, ana: Contractor, now: datetime
) -> None:
    key = wrote(event, ana, now)
    viewer = AdminSite(client)
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    page = viewer.text(INBOX)
    assert "is lunch vegan?" in page
    assert "answer/?id=" not in page
    assert f"{INBOX}done/" not in page
    data = {"csrf_token": viewer.token("/admin/"), "id": key, "text": "hi", "confirmed": "yes"}
    for place in ("done", "all", "answer"):
        assert client.post(f"{INBOX}{place}/", data=data).status_code == 403
    assert viewer.get(f"{INBOX}answer/?id={key}").status_code == 403
    assert viewer.get(f"{INBOX}all/?id={key}").status_code == 403
    assert inbox.count() == 1
    assert sent() == []


def test_no_button_works_without_its_token(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    key = wrote(event, ana, now)
    data = {"id": key, "text": "hi", "confirmed": "yes"}
    for place in ("done", "all", "answer"):
        assert site.client.post(f"{INBOX}{place}/", data=data).status_code == 400
    assert inbox.count() == 1
    assert sent() == []


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("answer/?id=x", 404),
        ("answer/", 404),
        ("answer/?id=999999", 302),
        ("all/?id=", 404),
        ("all/?id=999999", 302),
    ],
)
def test_nonsense_is_answered(site: AdminSite, place: str, status: int) -> None:
    assert site.get(f"{INBOX}{place}").status_code == status


@pytest.mark.parametrize("number", [10, 1000])
def test_any_number_of_replies_costs_the_same_queries(
    site: AdminSite, event: Event, ana: Contractor, now: datetime, number: int
) -> None:
    make_message(now, event=event, phone=ana.phone, status="sent", actual_send_time=now)
    row = {
        "event": event.id, "contractor": ana.id, "phone": ana.phone, "message_type": "reply",
        "direction": "inbound", "status": "received", "inbox_reason": UNCLEAR,
        "message_content": "hm", "created_at": now + timedelta(minutes=1),
    }  # fmt: skip
    EventMessage.insert_many([row] * number).execute()
    site.text(INBOX)
    with statements() as seen:
        page = site.text(INBOX)
    assert len(seen) == 4, seen
    assert page.count("We wrote:") == min(number, 100)
    assert ("900 more follow" in page) is (number == 1000)


def test_the_inbox_is_found_by_its_index(event: Event, ana: Contractor, now: datetime) -> None:
    wrote(event, ana, now)
    db.execute_sql("SET LOCAL enable_seqscan = off")
    sql, params = EventMessage.select(EventMessage.id).where(inbox.waits()).sql()
    plan = "\n".join(row[0] for row in db.execute_sql(f"EXPLAIN {sql}", params))
    assert "event_messages_inbox" in plan, plan


def test_nothing_that_people_wrote_is_markup(site: AdminSite, now: datetime) -> None:
    event = make_event(now, name=EVIL)
    person = make_contractor(first_name=EVIL)
    make_attendee(event, person)
    make_message(
        now, event=event, phone=person.phone, message_content=EVIL, status="sent",
        actual_send_time=now - timedelta(minutes=1),
    )  # fmt: skip
    keys = [wrote(event, person, now, message_content=EVIL, inbox_reason=EVIL) for _ in range(2)]
    for page in (INBOX, f"{INBOX}answer/?id={keys[0]}", f"{INBOX}all/?id={keys[0]}"):
        assert EVIL not in site.get(page).text, page
    asked = answer(site, keys[0], f'"{EVIL}').text
    assert EVIL not in asked
    assert "&lt;script&gt;" in asked
