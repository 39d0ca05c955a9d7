"""Buttons that steer texts: each says what it will do, does it once, and is in the audit log."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.admin_user import Role
from models.audit_log import AuditLog
from models.message import EventMessage
from models.message_status import Direction, HeldBecause, MessageStatus
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_contractor, make_event, make_match, make_message

HELD = {"status": MessageStatus.HELD, "held_because": HeldBecause.UNKNOWN, "is_doubtful": True}
STOPPED = {"status": MessageStatus.HELD, "held_because": HeldBecause.PERSON}
FAILED = {"status": MessageStatus.FAILED, "error_message": "n8n answered 400"}
QUEUED = {"status": MessageStatus.QUEUED}
PAST = datetime(2026, 1, 1, tzinfo=UTC)
TOO_LATE = "somebody was faster, or it has moved on"

Texted = Callable[..., EventMessage]


@pytest.fixture
def texted(now: datetime) -> Texted:
    """Return what plans one text to Ana Moss at an event that is on."""
    event = make_event(now, ends_at=now + timedelta(hours=5))
    ana, ben = make_contractor(first_name="Ana", last_name="Moss"), make_contractor()
    match = make_match(event, ana, ben)

    def make(**columns: Any) -> EventMessage:
        return make_message(
            now, event=event, contractor=ana, match=match, phone=ana.phone, **columns
        )

    return make


def page_of(row: Any, do: str) -> str:
    place = {"event_messages": "messages", "event_peer_matches": "matches", "events": "events"}
    return f"/admin/{place.get(row._meta.table_name, 'contractors')}/act/?id={row.id}&do={do}"


def take(site: AdminSite, row: Any, do: str) -> str:
    """Press the button, read the question, say yes; return what the next page says."""
    page = page_of(row, do)
    return site.notes(site.post(page.partition("?")[0], page=page, id=row.id, do=do))


def status_of(text: EventMessage) -> str:
    return EventMessage.get_by_id(text.id).status


def deeds() -> list[str]:
    return [row.action for row in AuditLog.select().order_by(AuditLog.id)][1:]


@pytest.mark.parametrize(
    ("columns", "do", "status"),
    [
        ({}, "cancelled", "cancelled"),
        (QUEUED, "cancelled", "cancelled"),
        ({}, "held", "held"),
        (QUEUED, "held", "held"),
        (STOPPED, "released", "scheduled"),
        (STOPPED, "cancelled", "cancelled"),
        (HELD, "cancelled", "cancelled"),
        (HELD, "sent_again", "scheduled"),
        (HELD, "marked_as_sent", "sent"),
        ({**HELD, "held_because": None, "is_doubtful": False}, "marked_as_sent", "sent"),
        (FAILED, "retried", "failed"),
    ],
)
def test_a_button_does_it_once_and_is_in_the_audit_log(
    site: AdminSite, texted: Texted, columns: dict[str, Any], do: str, status: str
) -> None:
    text = texted(**columns)
    assert (
        page_of(text, do).replace("&", "&amp;")
        in site.get(f"/admin/messages/details/?id={text.id}").text
    )
    assert TOO_LATE not in take_after_reading(site, text, do)
    assert status_of(text) == status
    assert deeds() == [f"event_messages.{do}"]
    entry = AuditLog.select().order_by(AuditLog.id.desc()).get()
    assert (entry.subject_id, entry.actor) == (text.id, "organiser@example.com")


def take_after_reading(site: AdminSite, text: EventMessage, do: str) -> str:
    question = site.text(page_of(text, do))
    assert "Ana Moss" in question
    assert "1 " in question, "it says in numbers what it will do"
    before = EventMessage.select().count()
    assert (status_of(text), EventMessage.select().count()) == (text.status, before)
    return take(site, text, do)


@pytest.mark.parametrize(
    ("columns", "do"),
    [(STOPPED, "released"), (HELD, "sent_again"), (HELD, "marked_as_sent"), (FAILED, "retried"),
     ({}, "held"), ({}, "cancelled")],
)  # fmt: skip
def test_a_second_press_of_a_page_that_stayed_open_changes_nothing_and_says_so(
    site: AdminSite, texted: Texted, columns: dict[str, Any], do: str
) -> None:
    text = texted(**columns)
    page = page_of(text, do)
    data = {"csrf_token": site.token(page), "id": text.id, "do": do}
    answers = [site.client.post("/admin/messages/act/", data=data) for _ in range(2)]
    # One page shows the notes of both presses, since it is opened after them.
    assert TOO_LATE in site.notes(answers[0])
    assert len(deeds()) == 1
    assert EventMessage.select().count() == (2 if do == "retried" else 1)


def test_a_text_that_left_in_the_meantime_can_not_be_cancelled(
    site: AdminSite, texted: Texted
) -> None:
    text = texted()
    page = page_of(text, "cancelled")
    data = {"csrf_token": site.token(page), "id": text.id, "do": "cancelled"}
    EventMessage.update(status=MessageStatus.SENDING).where(EventMessage.id == text.id).execute()
    answer = site.client.post("/admin/messages/act/", data=data)
    assert TOO_LATE in site.notes(answer)
    assert status_of(text) == MessageStatus.SENDING
    assert deeds() == []


@pytest.mark.parametrize(
    ("columns", "offered"),
    [
        ({}, {"held", "cancelled"}),
        ({"status": MessageStatus.SENDING}, set()),
        ({"status": MessageStatus.SENT}, set()),
        ({"status": MessageStatus.CANCELLED}, set()),
        ({**FAILED, "is_doubtful": True}, set()),
        ({**HELD, "expires_at": PAST}, {"marked_as_sent", "cancelled"}),
        ({**STOPPED, "expires_at": PAST}, {"cancelled"}),
        ({"direction": Direction.INBOUND, "status": MessageStatus.RECEIVED, "failures": 4}, set()),
        ({"direction": Direction.INBOUND, "status": MessageStatus.RECEIVED, "failures": 5},
         {"retried"}),
    ],
)  # fmt: skip
def test_only_what_is_possible_is_offered(
    site: AdminSite, texted: Texted, columns: dict[str, Any], offered: set[str]
) -> None:
    text = texted(**columns)
    shown = site.text(f"/admin/messages/details/?id={text.id}")
    every = ("held", "cancelled", "released", "sent_again", "marked_as_sent", "retried")
    assert {do for do in every if page_of(text, do) in shown} == offered
    for do in set(every) - offered:
        assert site.get(page_of(text, do)).status_code == 302


def test_sending_again_warns_that_it_may_be_the_second_time(
    site: AdminSite, texted: Texted
) -> None:
    text = texted(**HELD, part_texts=["One.", "Two.", "Three."], parts_sent=1)
    question = site.text(page_of(text, "sent_again"))
    assert "Ana Moss may get it a second time" in question
    assert "wait a minute" in question
    assert "It goes on with part 2 of 3." in question


def test_a_failed_text_that_was_tried_again_offers_it_no_more(
    site: AdminSite, texted: Texted
) -> None:
    text = texted(**FAILED)
    take(site, text, "retried")
    again = EventMessage.get(EventMessage.retry_of == text.id)
    assert (again.status, again.contractor_id) == ("scheduled", text.contractor_id)
    assert page_of(text, "retried") not in site.text(f"/admin/messages/details/?id={text.id}")


def test_everything_to_a_person_is_held_released_and_cancelled(
    site: AdminSite, texted: Texted
) -> None:
    first, second = texted(), texted(message_type="reply", **QUEUED)
    sent = texted(message_type="follow_up", status=MessageStatus.SENT)
    person = first.contractor
    for do, status, words in (
        ("texts_held", "held", "Held: 2 texts."),
        ("texts_released", "scheduled", "Released: 2 texts."),
        ("texts_cancelled", "cancelled", "Cancelled: 2 texts."),
    ):
        question = site.text(page_of(person, do))
        assert "2 texts" in question
        assert words in take(site, person, do)
        assert [status_of(text) for text in (first, second)] == [status, status]
    assert status_of(sent) == "sent"
    assert deeds() == [f"contractors.{do}" for do in
                       ("texts_held", "texts_released", "texts_cancelled")]  # fmt: skip
    assert AuditLog.select().order_by(AuditLog.id.desc()).get().detail == {"texts": 2}
    assert "/act/" not in site.text(f"/admin/contractors/details/?id={person.id}")


def test_a_match_is_cancelled_with_its_texts_even_when_it_has_none(
    site: AdminSite, texted: Texted, now: datetime
) -> None:
    text = texted()
    empty = make_match(make_event(now), make_contractor(), make_contractor())
    assert "Takes back 1 text for good" in site.text(page_of(text.match, "cancelled"))
    assert "and with it 1 text." in take(site, text.match, "cancelled")
    assert status_of(text) == "cancelled"
    assert "No text is waiting." in site.text(page_of(empty, "cancelled"))
    assert "and with it 0 texts." in take(site, empty, "cancelled")
    assert EventPeerMatch.select().where(EventPeerMatch.cancelled_at.is_null()).count() == 0
    assert deeds() == ["event_peer_matches.cancelled"] * 2
    assert site.get(page_of(empty, "cancelled")).status_code == 302


def test_everything_at_an_event_is_held_and_released(site: AdminSite, texted: Texted) -> None:
    text = texted()
    assert "Held: 1 text." in take(site, text.event, "texts_held")
    assert status_of(text) == "held"
    assert "Released: 1 text." in take(site, text.event, "texts_released")
    assert status_of(text) == "scheduled"


def test_viewers_see_no_button_and_can_press_none(
    client: FlaskClient, now: datetime, texted: Texted
) -> None:
    text = texted()
    site = AdminSite(client)
    site.sign_in(make_admin(now, Role.VIEWER).email)
    assert "/act/" not in site.text(f"/admin/messages/details/?id={text.id}")
    token = site.token("/admin/")
    for row, do in (
        (text, "cancelled"),
        (text.match, "cancelled"),
        (text.contractor, "texts_held"),
    ):
        page = page_of(row, do)
        assert site.get(page).status_code == 403
        data = {"csrf_token": token, "id": row.id, "do": do}
        assert client.post(page.partition("?")[0], data=data).status_code == 403
    assert status_of(text) == "scheduled"


def test_no_button_works_without_its_token(site: AdminSite, texted: Texted) -> None:
    text = texted()
    answer = site.client.post("/admin/messages/act/", data={"id": text.id, "do": "cancelled"})
    assert answer.status_code == 400
    assert status_of(text) == "scheduled"


@pytest.mark.parametrize("query", ["id=x&do=held", "id=999999&do=held", "do=held", "id=999999"])
def test_a_button_for_nothing_answers_404(site: AdminSite, query: str) -> None:
    assert site.get(f"/admin/messages/act/?{query}").status_code == 404


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"message_content": "x" * 200}, "200 characters, 2 SMS segments"),
        ({"message_content": "Hey 👋"}, "5 characters, 1 SMS segment"),
        (
            {"message_content": "One. Two.", "part_texts": ["One.", "Two."], "parts_sent": 1},
            "9 characters, 2 SMS segments, 2 parts, of which 1 left",
        ),
    ],
)
def test_a_text_says_how_long_it_is_as_it_is_billed(
    site: AdminSite, texted: Texted, columns: dict[str, Any], words: str
) -> None:
    text = texted(**columns)
    assert f">{words}<" in site.text(f"/admin/messages/details/?id={text.id}")
