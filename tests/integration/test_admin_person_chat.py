"""A person's page: everything we and they ever wrote, as a chat, and who they were matched with."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.admin_user import Role
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import Direction, MessageStatus
from models.opt_out import opt_out
from models.person_texts import texts_with
from tests.admin_site import AdminSite, signed_in
from tests.factories import make_contractor, make_event, make_match, make_message
from tests.statements import statements

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.VIEWER)


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit", timezone="America/Chicago")


@pytest.fixture
def ana() -> Contractor:
    return make_contractor(first_name="Ana", last_name="Moss")


def ours(event: Event, person: Contractor, at: datetime, words: str, **columns: Any) -> int:
    columns = {"status": MessageStatus.SENT, "actual_send_time": at, "created_at": at, **columns}
    return make_message(
        at, event=event, contractor=person, phone=person.phone, message_content=words, **columns
    ).id


def theirs(event: Event | None, phone: str, at: datetime, words: str, **columns: Any) -> int:
    return make_message(
        at, event=event, phone=phone, message_content=words, message_type="reply",
        direction=Direction.INBOUND, status=MessageStatus.RECEIVED, created_at=at,
        scheduled_time=None, **columns,
    ).id  # fmt: skip


def address(person: Contractor) -> str:
    return f"/admin/contractors/conversation/?id={person.id}"


def test_what_was_sent_and_received_reads_as_a_chat_the_newest_last(
    site: AdminSite, event: Event, ana: Contractor
) -> None:
    noon = datetime.fromisoformat("2026-06-01T17:05Z")
    ours(event, ana, noon, "Meet Ben!", status=MessageStatus.DELIVERED)
    theirs(event, ana.phone, noon + timedelta(minutes=3), "who is he?", contractor=ana)
    ours(event, ana, noon + timedelta(minutes=4), "Ben builds roofs.", message_type="more_details")
    assert f'href="{address(ana)}">Conversation' in site.text(
        f"/admin/contractors/details/?id={ana.id}"
    )
    page = site.text(address(ana))
    places = [page.index(words) for words in ("Meet Ben!", "who is he?", "Ben builds roofs.")]
    assert places == sorted(places)
    assert page.count("bubble-ours") == 2
    assert page.count("bubble-theirs") == 1
    for words in ("12:05 PM CDT", "12:08 PM CDT", "Delivered", "Tell me more"):
        assert words in page


def test_each_state_of_a_text_is_in_words_with_its_reason(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    ours(event, ana, now, "one", status=MessageStatus.FAILED, error_message="n8n answered 400")
    waiting = {"status": MessageStatus.SCHEDULED, "actual_send_time": None}
    ours(event, ana, now, "", **waiting)
    page = site.text(address(ana))
    for words in ("Failed", "n8n answered 400", "Scheduled", "written when it leaves"):
        assert words in page


def test_a_shared_phone_does_not_mix_two_people_up(
    event: Event, ana: Contractor, now: datetime
) -> None:
    twin = make_contractor(phone=ana.phone)
    ours(event, ana, now, "to Ana")
    ours(event, twin, now, "to her twin")
    theirs(event, ana.phone, now, "nobody knows whose", contractor=None)
    theirs(event, "+15125559999", now, "a stranger")
    assert [text.message_content for text in texts_with(ana)] == ["to Ana", "nobody knows whose"]
    assert len(texts_with(twin)) == 2


def test_texts_of_nobodys_phone_are_not_those_of_a_person_without_one(
    event: Event, now: datetime
) -> None:
    person = make_contractor(phone=None)
    make_message(now, event=event, phone=None)
    assert texts_with(person) == []


def test_the_persons_matches_are_beside_it_from_their_side(
    site: AdminSite, event: Event, ana: Contractor, now: datetime
) -> None:
    ben = make_contractor(first_name="Ben", last_name="Ode", company_name="Ode Roofing")
    early = make_contractor(first_name="Cleo", last_name="Park")
    make_match(
        event, ana, ben, state="connected", contractor1_response="yes", contractor2_response="yes"
    )
    off = make_match(event, ana, early, cancelled_at=now, contractor2_response="no")
    make_match(event, ben, early)
    page = site.text(address(ana))
    assert "Ben Ode" in page
    assert "Ode Roofing" in page
    assert "Connected" in page
    assert "Ana Moss: said yes" in page
    assert "the other: said no" in page
    assert "Cancelled" in page
    assert page.count("matches/details/?id=") == 2
    assert f"matches/details/?id={off.id}" in page


def test_an_empty_conversation_says_what_comes(site: AdminSite, ana: Contractor) -> None:
    assert "No text to or from Ana Moss yet" in site.text(address(ana))
    silent = make_contractor(phone=None)
    assert "without a phone" in site.text(address(silent))


def test_an_opt_out_is_the_first_thing_one_reads(
    site: AdminSite, ana: Contractor, now: datetime
) -> None:
    assert "has opted out" not in site.text(address(ana))
    opt_out(ana.phone, now=now, source="STOP")
    assert "has opted out" in site.text(address(ana))


@pytest.mark.parametrize("number", [10, 1000])
def test_any_number_of_texts_costs_the_same_queries_and_shows_the_last_200(
    site: AdminSite, event: Event, ana: Contractor, now: datetime, number: int
) -> None:
    rows = [
        {
            "event": event.id, "contractor": ana.id, "phone": ana.phone, "message_type": "reply",
            "direction": "inbound", "status": "received", "message_content": f"words {place}.",
            "created_at": now + timedelta(seconds=place),
        }
        for place in range(number)
    ]  # fmt: skip
    EventMessage.insert_many(rows).execute()
    for _ in range(number // 10):
        make_match(event, ana, make_contractor())
    site.text(address(ana))
    with statements() as seen:
        page = site.text(address(ana))
    assert len(seen) == 5, seen
    assert page.count("bubble-theirs") == min(number, 200)
    assert f"words {number - 1}." in page
    assert ("The last 200 texts" in page) is (number > 200)


def test_nothing_that_people_wrote_is_markup(site: AdminSite, event: Event, now: datetime) -> None:
    person = make_contractor(first_name=EVIL, company_name=EVIL)
    evil_event = make_event(now, name=EVIL)
    ours(evil_event, person, now, EVIL, status=MessageStatus.FAILED, error_message=EVIL)
    theirs(evil_event, person.phone, now, EVIL)
    make_match(
        evil_event, person, make_contractor(first_name=EVIL, company_name=EVIL),
        contractor1_response=EVIL,
    )  # fmt: skip
    page = site.get(address(person)).text
    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_strangers_and_nonsense_get_no_conversation(
    client: FlaskClient, site: AdminSite, ana: Contractor
) -> None:
    for key in ("x", "", "99999999"):
        assert site.get(f"/admin/contractors/conversation/?id={key}").status_code == 404
    site.post("/admin/logout", page="/admin/")
    assert client.get(address(ana)).status_code == 302
