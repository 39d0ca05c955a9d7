"""One person plays both sides of a match: quick replies on two phones, and what comes of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from actors.n8n.gateway import post_signed
from models import clock
from models.agenda import generate_agenda
from models.agenda_item import EventAgendaItem, ItemType
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageType
from models.peer_match import EventPeerMatch, MatchState
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import make_contractor, make_event, make_match, make_message, make_speaker
from web.local import LocalServices

ANA, ZEEK = "+15125550101", "+15125550102"
NASTY = "<script>document.title='taken'</script>"
SOON_MS = 15_000


@pytest.fixture
def match(services: LocalServices) -> EventPeerMatch:
    """A pair of a rehearsal whose introductions are numbered, and another match of one of them.

    The texts themselves are posted by the tests. No text of the rows has left, so that whatever
    is typed gets no answer that a test would have to wait for.
    """
    with db.connection_context():
        now = clock.now()
        with db.atomic():
            event = make_event(now)
            for _ in range(8):
                make_speaker(event)
            early, lunch_in = now - timedelta(seconds=40), timedelta(seconds=10)
            generate_agenda(event, now=early, accelerated_lunch_in=lunch_in)
            ana = make_contractor(first_name="Ana", last_name=NASTY, phone=ANA)
            zeek = make_contractor(first_name="Zeek", last_name="Cole", phone=ZEEK)
            match = make_match(event, ana, zeek, introduction_sent_time=now)
            make_match(event, zeek, make_contractor(first_name="Mona", last_name="Reyes"))
            _number(event, match, ana, 2)
            _number(event, match, zeek, 1)
    _text(services, ANA, "peer-introduction", "Zeek Cole\n\nReply YES 1 or LATER 1", "a1")
    _text(services, ANA, "peer-introduction", f"{NASTY}\n\nReply YES 2 or LATER 2", "a2")
    _text(services, ZEEK, "peer-introduction", "Ana\n\nReply YES 1 or LATER 1 " * 40, "z1")
    return match


def _number(event: Event, match: EventPeerMatch, person: Contractor, number: int) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    make_message(tomorrow, event=event, match=match, contractor=person, reply_number=number)


def _text(services: LocalServices, phone: str, kind: str, words: str, webhook_id: str) -> None:
    now = datetime.now(UTC)
    sent: dict[str, Any] = {
        "phone": phone,
        "message": words,
        "from_name": "Contractor Summit",
        "timestamp": now.isoformat(),
        "tags": [f"event:{kind}", "recipient:contractor", "sms", "event:1"],
        "message_id": 1,
        "part": 1,
        "parts": 1,
        "ghl_contact_id": None,
        "ghl_location_id": None,
    }
    address = f"{services.url}/simulator/n8n"
    assert post_signed(services.config, address, {"send_via_ghl": sent}, webhook_id, now) == 200


def _written(phone: str) -> list[str]:
    with db.connection_context():
        rows = EventMessage.select().where(
            (EventMessage.message_type == MessageType.REPLY) & (EventMessage.phone == phone)
        )
        return [row.message_content for row in rows.order_by(EventMessage.id)]


def _offers(side: Locator) -> Locator:
    return side.locator(".quick .row:not(.always) button")


@pytest.mark.browser
def test_both_phones_of_a_match_are_answered_by_pressing(
    page: Page, services: LocalServices, match: EventPeerMatch
) -> None:
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{services.url}/simulator/?match={match.id}")
    ana, zeek = page.locator("#side-1"), page.locator("#side-2")
    words = page.locator("#match-words")
    expect(words).to_have_text("Introduced, no answer yet", timeout=SOON_MS)
    expect(ana.locator(".name")).to_have_text(f"Ana {NASTY}")
    assert page.title() == "Phone simulator"
    # This match's number comes first on the phone that has two.
    expect(_offers(ana).first).to_have_text("YES 2")
    expect(_offers(ana)).to_have_count(8)

    _offers(ana).first.click()
    expect(ana.locator(".reply-bubble").get_by_text("YES 2")).to_be_visible()
    expect(ana.get_by_text("Received")).to_be_visible(timeout=SOON_MS)
    later = zeek.get_by_role("button", name="LATER 1")
    later.focus()
    page.keyboard.press("Enter")
    expect(zeek.get_by_text("Received")).to_be_visible(timeout=SOON_MS)
    assert (_written(ANA), _written(ZEEK)) == (["YES 2"], ["LATER 1"])

    with db.connection_context():
        EventPeerMatch.update(
            state=MatchState.CONNECTED,
            contractor1_response="yes",
            contractor1_responded_at=clock.now(),
            contractor2_response="yes",
            contractor2_responded_at=clock.now(),
            connected_at=clock.now(),
        ).where(EventPeerMatch.id == match.id).execute()
    expect(words).to_have_text("Connected: both said yes", timeout=SOON_MS)

    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESKTOP)

    _text(services, ANA, "rating-request", "From 1 to 10?", "a3")
    expect(_offers(ana)).to_have_count(10, timeout=SOON_MS)
    zeek.get_by_placeholder("Text message").fill("half written")
    ana.get_by_role("button", name="9", exact=True).click()
    zeek.get_by_role("button", name="STOP").click()
    expect(zeek.get_by_text("Opted out", exact=True)).to_be_visible(timeout=SOON_MS)
    expect(_offers(zeek)).to_have_count(0)
    expect(zeek.get_by_role("button", name="START")).to_be_visible()
    expect(zeek.get_by_placeholder("Text message")).to_have_value("half written")
    expect(page.locator("#match-notes")).to_have_text("Zeek Cole has opted out.", timeout=SOON_MS)
    assert _written(ANA) == ["YES 2", "9"]
    assert _written(ZEEK) == ["LATER 1", "STOP"]

    zeek.get_by_role("button", name="with Mona Reyes").click()
    expect(page.locator("#stage")).to_contain_text("Mona Reyes")
    assert page.url.endswith(f"match={match.id + 1}")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert problems == []


@pytest.mark.browser
def test_what_is_new_is_counted_found_and_opened(
    page: Page, services: LocalServices, match: EventPeerMatch
) -> None:
    page.goto(f"{services.url}/simulator/")
    cards = page.locator("article.phone:visible")
    expect(cards).to_have_count(2, timeout=SOON_MS)
    expect(page.get_by_text("1 new")).to_have_count(0)
    _text(services, ZEEK, "break-prompt", "Want to meet Ana? Reply YES 1 or SKIP 1.", "z2")
    expect(page.get_by_text("1 new")).to_be_visible(timeout=SOON_MS)
    page.reload()
    expect(page.get_by_text("1 new")).to_be_visible(timeout=SOON_MS)
    page.get_by_role("button", name="Something new").click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="All phones").click()
    page.get_by_placeholder("Search names").fill("no answer yet")
    expect(cards).to_have_count(2)
    page.get_by_placeholder("Search names").fill("0102")
    expect(cards).to_have_count(1)
    expect(_offers(cards).filter(has_text="SKIP 1")).to_be_visible()

    cards.get_by_role("button", name="Both sides").click()
    expect(page.locator("#match-words")).to_have_text("Introduced, no answer yet")
    assert page.url.endswith(f"match={match.id}")
    page.get_by_placeholder("Search names").fill("")
    page.locator("button.match[aria-current=true]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#stage")).to_contain_text("Mona Reyes")
    page.get_by_role("button", name="Phones", exact=True).click()
    expect(page.get_by_text("1 new")).to_have_count(0)
    expect(cards).to_have_count(2)


@pytest.mark.browser
def test_the_next_break_comes_when_it_is_called(
    page: Page, services: LocalServices, match: EventPeerMatch
) -> None:
    page.goto(f"{services.url}/simulator/")
    expect(page.locator("#event-at")).to_contain_text("at the event", timeout=SOON_MS)
    expect(page.locator("#event-next")).to_contain_text("Afternoon break at 3:15 PM")
    page.get_by_role("button", name="Bring the break forward").click()
    expect(page.locator("#day-said")).to_contain_text("Afternoon break begins in six minutes")
    with db.connection_context():
        afternoon = (
            EventAgendaItem.select()
            .where(EventAgendaItem.item_type == ItemType.BREAK)
            .order_by(EventAgendaItem.start_time.desc())
            .get()
        )
        assert afternoon.start_time < clock.now() + timedelta(seconds=10)
    expect(page.locator("#event-now")).to_contain_text("Afternoon break", timeout=SOON_MS)
