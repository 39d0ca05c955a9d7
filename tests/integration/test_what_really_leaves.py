"""What a page says before a text is let go is what then happens: approval, pause, day's end."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.control import event_sending
from actors.sending.delivery import deliver
from models.admin_user import Role
from models.event import Approval, Event
from models.message import EventMessage
from models.message_status import HeldBecause, MessageStatus
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite, signed_in
from tests.conftest import settings
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.fakes import FakeGateway, SetClock

AWAITING = {"status": MessageStatus.HELD, "held_because": HeldBecause.APPROVAL}
KEPT = {"status": MessageStatus.HELD, "held_because": HeldBecause.PERSON}
FAILED = {"status": MessageStatus.FAILED, "error_message": "n8n answered 400"}


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.ORGANISER, name="Olu")


def asking(now: datetime, **columns: Any) -> Event:
    columns = {"approval": Approval.REQUIRED, "ends_at": now + timedelta(hours=5), **columns}
    return make_event(now, **columns)


def introduction(event: Event, at: datetime, **columns: Any) -> EventMessage:
    pair = [make_attendee(event, make_contractor()).contractor for _ in range(2)]
    match = make_match(event, *pair)
    person = pair[0]
    columns = {"personalization_data": {"peer_name": "Zeek"}, **columns}
    return make_message(
        at, event=event, contractor=person, match=match, phone=person.phone, **columns
    )


def asked(site: AdminSite, text: EventMessage, do: str) -> str:
    return site.text(f"/admin/messages/act/?id={text.id}&do={do}")


def press(site: AdminSite, text: EventMessage, do: str) -> str:
    page = f"/admin/messages/act/?id={text.id}&do={do}"
    return site.notes(site.post("/admin/messages/act/", page=page, id=text.id, do=do))


def address(do: str, keys: list[int], place: str = "messages") -> str:
    return f"/admin/{place}/bulk/?do={do}" + "".join(f"&ids={key}" for key in keys)


def in_bulk(site: AdminSite, do: str, rows: list[EventMessage]) -> str:
    """Do one thing to many texts, and return what is said then."""
    keys = [row.id for row in rows]
    fields = {"ids": ",".join(map(str, keys)), "do": do, "back": ""}
    return site.notes(site.post("/admin/messages/bulk/", page=address(do, keys), **fields))


def stands(text: EventMessage) -> tuple[str, str | None]:
    row = EventMessage.get_by_id(text.id)
    return row.status, row.held_because


def test_an_introduction_that_awaits_approval_is_held_by_itself_and_outlives_an_approval(
    site: AdminSite, now: datetime
) -> None:
    event = asking(now)
    kept, other = (introduction(event, now, **AWAITING) for _ in range(2))
    assert "Approving the rest does not let it go" in asked(site, kept, "held")
    assert press(site, kept, "held").startswith("Held.")
    event_sending.approve(event.id, by="Olu", now=now)
    assert stands(kept) == ("held", "person")
    assert stands(other) == ("scheduled", None)
    assert "1 text leaves at once." in asked(site, kept, "released")
    assert press(site, kept, "released") == "Released. It leaves in its turn."
    assert stands(kept) == ("scheduled", None)


def test_what_is_released_before_the_approval_waits_for_it(site: AdminSite, now: datetime) -> None:
    event = asking(now)
    text = introduction(event, now, **KEPT)
    waits = "It waits for approval on the event's desk first."
    assert waits in asked(site, text, "released")
    assert press(site, text, "released") == f"Released. {waits}"
    assert stands(text) == ("held", "approval")
    gateway = FakeGateway()
    deliver(text.id, now=SetClock(now), gateway=gateway, config=settings())
    assert gateway.posts == []


def test_many_are_held_and_released_while_an_approval_is_awaited(
    site: AdminSite, now: datetime
) -> None:
    event = asking(now)
    rows = [introduction(event, now, **AWAITING) for _ in range(3)]
    assert in_bulk(site, "held", rows) == "Hold: 3 texts done."
    assert {stands(row) for row in rows} == {("held", "person")}
    question = site.text(address("released", [row.id for row in rows]))
    assert "3 introductions wait for approval on the event's desk first." in question
    assert in_bulk(site, "released", rows) == "Release: 3 texts done."
    assert {stands(row) for row in rows} == {("held", "approval")}


@pytest.mark.parametrize(
    ("columns", "words", "becomes"),
    [
        ({}, "It waits for approval on the event's desk first.", ("held", "approval")),
        (
            {"approval": Approval.OFF, "paused_at": datetime.fromisoformat("2026-01-01T00:00Z")},
            "Sending is paused: it leaves once somebody resumes.",
            ("scheduled", None),
        ),
        ({"approval": Approval.OFF}, "It leaves in its turn.", ("scheduled", None)),
        (
            {"approval": Approval.UNTIL_DEADLINE, "approval_wait_minutes": 0},
            "It leaves in its turn.",
            ("scheduled", None),
        ),
    ],
)
def test_a_failed_introduction_that_is_tried_again_does_what_the_page_says(
    site: AdminSite, now: datetime, columns: dict[str, Any], words: str, becomes: tuple[str, str]
) -> None:
    text = introduction(asking(now, **columns), now, **FAILED)
    assert words in asked(site, text, "retried")
    assert press(site, text, "retried") == f"A new text is planned. {words}"
    assert stands(EventMessage.get(EventMessage.retry_of == text.id)) == becomes


def test_what_is_of_no_use_any_more_is_not_counted_and_has_no_button(
    site: AdminSite, now: datetime
) -> None:
    day = {"approval": Approval.OFF}
    over = asking(now, ends_at=now - timedelta(minutes=1), **day)
    off = asking(now, cancelled_at=now, **day)
    late, unwanted, ready = (introduction(one, now, **FAILED) for one in (over, off, asking(now)))
    apart = introduction(asking(now, **day), now, **FAILED)
    EventPeerMatch.update(cancelled_at=now).where(EventPeerMatch.id == apart.match_id).execute()
    rows = [late, unwanted, apart, ready]
    question = site.text(address("retried", [row.id for row in rows]))
    assert "Try again 1 text?" in question
    assert "Not touched: 3 texts" in question
    of_matches = address("texts_retried", [row.match_id for row in rows], "matches")
    assert "1 text of 4 matches will be planned anew." in site.text(of_matches)
    assert in_bulk(site, "retried", rows) == "Try again: 1 text done. Left as they were: 3."
    for row in (late, unwanted, apart):
        assert "do=retried" not in site.text(f"/admin/messages/details/?id={row.id}")
    assert EventMessage.select().where(EventMessage.retry_of.is_null(False)).count() == 1


def test_the_page_of_what_failed_counts_only_what_can_still_leave(
    site: AdminSite, now: datetime
) -> None:
    over = asking(now, ends_at=now - timedelta(minutes=1), approval=Approval.OFF)
    rows = [introduction(over, now, **FAILED) for _ in range(3)]
    rows += [introduction(asking(now), now, **FAILED) for _ in range(2)]
    page = site.text("/admin/trouble/")
    assert "Try all 2 again" in page
    assert "Try all 5 again" not in page
    assert page.count("/admin/messages/act/") == 2, "no button for what would not leave"
    address = f"/admin/trouble/all/?like={rows[0].id}&do=retried"
    question = site.text(address)
    assert "2 texts will be planned anew." in question
    assert "2 introductions wait for approval on the event's desk first." in question
    answer = site.post("/admin/trouble/all/", page=address, like=rows[0].id, do="retried")
    assert "Try again: 2 done." in site.notes(answer)


def test_cancelling_matches_says_what_can_not_be_taken_back(site: AdminSite, now: datetime) -> None:
    event = asking(now, approval=Approval.OFF)
    statuses = (MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.DELIVERED)
    rows = [introduction(event, now, status=status) for status in (*statuses, "scheduled")]
    question = site.text(address("cancelled", [row.match_id for row in rows], "matches"))
    assert "taken back for good: 1 text." in question
    gone = "Can not be taken back: 1 text being sent right now and 2 texts sent before."
    assert gone in question


@pytest.mark.parametrize(
    ("columns", "held", "words"),
    [
        ({}, AWAITING, "They wait for approval on the event's desk first."),
        ({}, KEPT, "They are held as the old ones are"),
        ({"approval": Approval.OFF, "paused_at": datetime.fromisoformat("2026-01-01T00:00Z")}, {},
         "Sending is paused: they leave once somebody resumes."),
    ],
)  # fmt: skip
def test_a_swap_says_what_keeps_the_new_texts(
    site: AdminSite, now: datetime, columns: dict[str, Any], held: dict[str, Any], words: str
) -> None:
    event = asking(now, min_score="0.00", **columns)
    text = introduction(event, now + timedelta(minutes=30), **held)
    other = make_attendee(event, make_contractor()).contractor
    place = f"/admin/matches/swap/do/?id={text.match_id}&stays={text.contractor_id}"
    assert words in site.text(f"{place}&partner={other.id}")
