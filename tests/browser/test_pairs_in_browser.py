"""Ruling about a pair, swapping a partner and reading the matches, as a person does it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from actors.pairing.batch_matching import run_matching
from models.event import Event
from models.matching_run import RunKind
from models.pair_rule import EventPairRule
from models.peer_match import EventPeerMatch
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.served_admin import sign_in, too_wide
from tests.factories import make_attendee, make_contractor, make_event
from tests.population import population

pytestmark = [pytest.mark.browser, pytest.mark.commits]


@pytest.fixture
def event(now: datetime) -> Event:
    event = make_event(
        now,
        name="Summit of contractors",
        min_score="0.50",
        matching_at=now,
        introductions_at=now + timedelta(hours=1),
        ends_at=now + timedelta(hours=5),
        matching_status="queued",
    )
    for number, person in enumerate(population(40, 7)):
        known = {key: value for key, value in person.items() if key != "id"}
        # Found by name, so no two have the same.
        known["last_name"] = f"{known['last_name']}{number}"
        make_attendee(event, make_contractor(**known))
    return event


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(
    browser: Browser, address: str, event: Event, now: datetime, request: pytest.FixtureRequest
) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param)
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(made, address, now)
    yield made
    context.close()
    assert errors == []


def choose(page: Page, label: str, typed: str) -> str:
    """Choose a person by keyboard alone, and return who it is."""
    box = page.get_by_label(label)
    box.focus()
    box.press_sequentially(typed)
    expect(page.get_by_role("option").first).to_contain_text(re.compile(typed, re.IGNORECASE))
    box.press("ArrowDown")
    box.press("Enter")
    return box.input_value()


def fits(page: Page, name: str) -> None:
    assert too_wide(page) == 0, name


def test_a_pair_is_ruled_about_matched_swapped_and_read(
    page: Page, address: str, event: Event, now: datetime
) -> None:
    here = f"{address}events/"
    page.goto(f"{here}pairs/?id={event.id}")
    fits(page, "pairs-empty")
    people = [attendee.contractor for attendee in event.attendees.limit(2)]
    for label, person in zip(("First person", "Second person"), people, strict=True):
        choose(page, label, person.full_name)
    page.get_by_label("Introduce them for sure").check()
    page.get_by_role("button", name="See what it means").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("for sure?")
    fits(page, "confirm-require")
    page.get_by_label("Why").fill("They asked to meet")
    page.get_by_role("button", name="Introduce them for sure").click()
    expect(page.get_by_text("They asked to meet")).to_be_visible()
    fits(page, "pairs")
    assert EventPairRule.get().rule == "require"

    run_matching(event.id, event.matching_at, RunKind.BATCH, now=lambda: now)
    page.goto(f"{here}matches/?id={event.id}")
    expect(page.get_by_text("Both: introduction planned").first).to_be_visible()
    fits(page, "matches")
    page.get_by_label("Order").select_option("weakest")
    page.get_by_role("button", name="Apply").click()
    ruled = tuple(person.id for person in people)
    free = next(
        match
        for match in EventPeerMatch.select().order_by(EventPeerMatch.match_score.desc())
        if (match.contractor1_id, match.contractor2_id) != tuple(sorted(ruled))
    )
    page.goto(f"{address}matches/details/?id={free.id}")
    fits(page, "match")
    page.get_by_role("link", name=re.compile("^Other partner")).first.click()
    fits(page, "swap")
    page.get_by_role("link", name=re.compile("^Choose")).first.click()
    fits(page, "swap-confirm")
    page.get_by_role("button", name="Swap the partner").click()
    expect(page.get_by_text("planned in their place")).to_be_visible()
    assert EventPeerMatch.get_by_id(free.id).cancelled_at is not None

    page.get_by_role("link", name="Never introduce them").click()
    expect(page.get_by_text("They are matched already")).to_be_visible()
    fits(page, "confirm-forbid")
    page.get_by_label("Cancel the match").check()
    page.get_by_role("button", name="Never introduce them").click()
    expect(page.get_by_text("Their match is cancelled")).to_be_visible()
    fits(page, "pairs-two")
    page.goto(f"{here}what-if/?id={event.id}&scope=checked_in&max_matches=5&min_score=0.40")
    fits(page, "what-if")
