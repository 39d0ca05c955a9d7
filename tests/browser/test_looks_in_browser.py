"""Every page in light and dark, at a desk and on a phone: nothing grave, wide, white or unseen."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from models import clock
from models.config import Config
from tests.browser import looks
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.looks_world import World, make_world
from tests.browser.served_admin import complaints_of, local_app, serving, sign_in
from tests.integration.conftest import connected, empty_tables

pytestmark = [pytest.mark.browser, pytest.mark.commits]


@dataclass(frozen=True)
class Place:
    """A page: its address, and the way from there: a form, a link, words for the button."""

    path: str
    sends: str = ""
    follow: str = ""
    fill: str = ""
    press: str = ""


WEIGHTS = "&focusAreas=40&geographic=20&businessScale=20&industry=15&jobTitle=5&max_matches=3"
# Before there is anything at all.
EMPTY = {
    "empty-home": Place(""),
    "empty-events": Place("events/"),
    "empty-contractors": Place("contractors/"),
    "empty-messages": Place("messages/"),
    "empty-inbox": Place("inbox/"),
    "empty-trouble": Place("trouble/"),
}
PAGES = {
    "home": Place(""),
    "events": Place("events/"),
    "events-none-fits": Place("events/?search=nowhere"),
    "event-new": Place("events/new/", press="Add a line"),
    "event-new-refused": Place("events/new/", press="Save"),
    "event": Place("events/details/?id={event}"),
    "event-edit": Place("events/edit/?id={event}"),
    "event-delete": Place("events/details/?id={bare}", sends="form[action*=delete]"),
    "event-cancel": Place("events/cancel/?id={event}"),
    "desk": Place("events/desk/?id={event}"),
    "desk-bare": Place("events/desk/?id={bare}"),
    "desk-asking": Place("events/desk/?id={asking}"),
    "desk-approve": Place("events/desk/act/?id={asking}&do=introductions_approved"),
    "desk-pause": Place("events/desk/act/?id={event}&do=sending_paused"),
    "desk-lunch": Place("events/desk/lunch/?id={event}&at={lunch}"),
    "desk-cancel": Place("events/desk/act/?id={event}&do=texts_cancelled"),
    "write-to": Place("events/write/?id={event}&q=an"),
    "write": Place("events/write/?id={event}&person={person}"),
    "write-refused": Place("events/write/?id={event}&person={person}", press="Go on"),
    "what-if": Place("events/what-if/?id={event}&min_score=0.4" + WEIGHTS),
    "what-if-use": Place("events/what-if/use/?id={event}&min_score=0.4" + WEIGHTS),
    "what-if-refused": Place("events/what-if/?id={event}&min_score=9&focusAreas=80"),
    "what-if-bare": Place("events/what-if/?id={bare}"),
    "exports": Place("events/exports/?id={event}"),
    "many-checked-in": Place("attendees/bulk/?do=checked_in&all=1"),
    "many-opted-out": Place("contractors/bulk/?do=opted_out&all=1"),
    "texts-searched": Place("messages/?search=an"),
    "door": Place("events/door/?id={event}&q=an"),
    "door-none": Place("events/door/?id={event}&q=nobodyhere"),
    "door-done": Place("events/door/?id={event}&q=moss", press="Check in"),
    "badges": Place("events/badges/?id={event}"),
    "badges-bare": Place("events/badges/?id={bare}"),
    "outcome": Place("events/outcome/?id={past}"),
    "outcome-bare": Place("events/outcome/?id={bare}"),
    "weights": Place("events/weights/?id={past}"),
    "words": Place("events/words/?id={event}"),
    "words-edit": Place("events/words/edit/?id={event}&kind=contact_exchange"),
    "event-matches": Place("events/matches/?id={event}"),
    "pairs": Place("events/pairs/?id={event}"),
    "pairs-bare": Place("events/pairs/?id={bare}"),
    "pair-rule": Place("events/pairs/rule/?id={event}&first={person}&second={peer}&rule=forbid"),
    "pair-remove": Place("events/pairs/?id={event}", follow="Remove"),
    "swap": Place("matches/swap/?id={planned}&stays={peer}"),
    "swap-asked": Place("matches/swap/?id={planned}&stays={peer}", follow="Choose"),
    "write-asked": Place("events/write/?id={event}&person={peer}", fill="Hi 👋", press="Go on"),
    "agenda": Place("agenda/?event={event}"),
    "agenda-item": Place("agenda/edit/?id={agenda}"),
    "speakers": Place("speakers/"),
    "sponsors": Place("sponsors/"),
    "attendees": Place("attendees/?event={event}"),
    "attendees-bulk": Place("attendees/bulk/?do=consented&all=1&event={event}"),
    "attendee-new": Place("attendees/new/?event={event}"),
    "contractors": Place("contractors/?page_size=20"),
    "contractor": Place("contractors/details/?id={person}"),
    "contractor-edit": Place("contractors/edit/?id={person}"),
    "person-erase": Place("contractors/erase/?id={leaving}"),
    "conversation": Place("contractors/conversation/?id={person}"),
    "imports": Place("imports/?event={event}"),
    "import-plan": Place("imports/plan/?id={uploaded}"),
    "import-confirm": Place("imports/confirm/?id={uploaded}"),
    "import-runs": Place("imports/run/?id={running}"),
    "import-stop": Place("imports/stop/?id={running}"),
    "import-done": Place("imports/run/?id={imported}"),
    "opt-outs": Place("opt-outs/"),
    "matches": Place("matches/?event={event}"),
    "match": Place("matches/details/?id={match}"),
    "messages": Place("messages/"),
    "message": Place("messages/details/?id={text}"),
    "message-act": Place("messages/act/?id={held}&do=cancelled"),
    "runs": Place("runs/"),
    "run": Place("runs/details/?id={run}"),
    "run-compare": Place("runs/compare/?id={run}"),
    "inbox": Place("inbox/"),
    "inbox-answer": Place("inbox/answer/?id={reply}"),
    "inbox-asked": Place("inbox/answer/?id={reply}", fill="It is.", press="Go on"),
    "trouble": Place("trouble/"),
    "trouble-all": Place("trouble/all/?like={unsure}&do=sent_again"),
    "accounts": Place("accounts/"),
    "account-new": Place("accounts/new/"),
    "tokens": Place("tokens/"),
    "token-new": Place("tokens/new/"),
    "audit": Place("audit/"),
    "nowhere": Place("nowhere/"),
    "simulator": Place("../simulator/"),
}

# Addresses that are no page of their own, by the name of what answers.
NO_PAGES = {
    "ajax_lookup": "feeds a field", "words_preview_view": "a part of a page",
    "what_if_result_view": "a part of a page", "live_view": "a part of a page",
    "door_found_view": "a part of a page", "door_count_view": "a part of a page",
    "export": "a file", "file_view": "a file", "write_size_view": "a part of a page",
    "undo_view": "sent to only", "check_in_view": "sent to only",
    "done_view": "sent to only", "words_switch_view": "sent to only",
    "ajax_update": "answers 404", "action_view": "answers 404", "logout": "sent to only",
    "words_reset_view": "asks as all others do", "unrule_view": "seen from its list",
    "swap_do_view": "seen from its list", "static": "a file",
    "upload_view": "sent to only", "discard_view": "sent to only", "again_view": "sent to only",
    "troubles_view": "a file", "report_view": "a file", "refused_view": "a file",
}  # fmt: skip
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
DARK, LIGHT = "rgb(16, 22, 27)", "rgb(245, 247, 248)"


@pytest.fixture(scope="module")
def began(config: Config, servers: dict[str, str]) -> Iterator[datetime]:
    with connected(config, servers):
        yield clock.now()
        empty_tables()


@pytest.fixture(scope="module")
def rehearsal(began: datetime, config: Config) -> Flask:
    return local_app(config, N8N_WEBHOOK_URL="")


@pytest.fixture(scope="module")
def site(rehearsal: Flask) -> Iterator[str]:
    with serving(rehearsal) as place:
        yield place


@pytest.fixture(scope="module")
def walker(browser: Browser, site: str, began: datetime) -> Iterator[Page]:
    """Somebody who is signed in, and has axe-core along."""
    page = equipped(browser)
    sign_in(page, site, began)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def world(began: datetime) -> World:
    return make_world(began)


def equipped(browser: Browser) -> Page:
    # A colour that is still on its way is neither the one nor the other.
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    context.add_init_script(path=looks.AXE)
    return context.new_page()


def faults_of(page: Page, name: str) -> list[str]:
    """Look at the open page in each of the four ways, and keep pictures of it."""
    found: list[str] = []
    for look in ("light", "dark"):
        for width, size in (("1280", DESKTOP), ("390", PHONE)):
            page.emulate_media(color_scheme=look)
            page.set_viewport_size(size)
            # Names and roles are those of the light page; in the dark only colours differ.
            faults = looks.axe_faults(page, None if look == "light" else ["color-contrast"])
            faults += looks.sideways(page)
            faults += looks.white_islands(page) if look == "dark" else []
            found += [f"{look} {width}: {fault}" for fault in faults]
            looks.take_picture(page, f"{name}-{look}-{width}")
    return found + looks.unseen_focus(page)


def open_place(page: Page, site: str, place: Place) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto(site + place.path)
    if place.sends:
        with page.expect_navigation():
            page.eval_on_selector(place.sends, "(form) => form.submit()")
    if place.follow:
        page.get_by_role("link", name=place.follow).first.click()
    if place.fill:
        page.get_by_role("main").get_by_role("textbox").fill(place.fill)
    if place.press:
        page.get_by_role("button", name=place.press).first.click()
    page.wait_for_load_state("load")


def test_the_sign_in_page(browser: Browser, site: str) -> None:
    page = equipped(browser)
    page.goto(f"{site}login")
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults_of(page, "sign-in") == []
    page.context.close()


def test_an_error_outside_of_every_page(browser: Browser, site: str) -> None:
    page = equipped(browser)
    page.goto(f"{site}login")
    with page.expect_navigation():
        page.evaluate("""() => {
            const form = Object.assign(document.createElement("form"), { method: "post" });
            form.action = "nowhere";
            document.body.append(form);
            form.submit();
        }""")
    expect(page.get_by_role("heading", name="Nothing was done")).to_be_visible()
    assert faults_of(page, "plain-error") == []
    page.context.close()


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_with_nothing_on_it(walker: Page, site: str, name: str) -> None:
    open_place(walker, site, EMPTY[name])
    assert faults_of(walker, name) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_everything_on_it(walker: Page, site: str, world: World, name: str) -> None:
    complaints = complaints_of(walker)
    place = PAGES[name]
    path = place.path.format(**asdict(world))
    open_place(walker, site, replace(place, path=path))
    assert faults_of(walker, name) == []
    assert [words for words in complaints if "status of 40" not in words] == []


def test_a_chosen_look_is_kept_and_is_there_before_any_script(
    browser: Browser, walker: Page, site: str
) -> None:
    walker.set_viewport_size(DESKTOP)
    walker.emulate_media(color_scheme="light")
    walker.goto(site)
    dark = walker.get_by_role("button", name="Dark", exact=True)
    assert walker.evaluate(BACKGROUND) == LIGHT
    dark.press("Enter")
    assert walker.evaluate(BACKGROUND) == DARK
    expect(dark).to_have_attribute("aria-pressed", "true")
    bare = browser.new_context(
        java_script_enabled=False, storage_state=walker.context.storage_state()
    ).new_page()
    bare.emulate_media(color_scheme="light")
    bare.goto(site)
    assert bare.evaluate(BACKGROUND) == DARK
    assert bare.locator("meta[name=color-scheme]").get_attribute("content") == "dark"
    bare.context.close()
    walker.get_by_role("button", name="Light", exact=True).click()
    walker.emulate_media(color_scheme="dark")
    walker.reload()
    assert walker.evaluate(BACKGROUND) == LIGHT
    walker.get_by_role("button", name="System").click()
    assert walker.evaluate(BACKGROUND) == DARK
    assert "look" not in {cookie["name"] for cookie in walker.context.cookies()}


def test_the_menu_of_a_phone_opens_and_leads_on(walker: Page, site: str) -> None:
    walker.set_viewport_size(PHONE)
    walker.goto(site)
    link = walker.get_by_role("link", name="Opt-outs")
    expect(link).to_be_hidden()
    walker.get_by_role("button", name="Menu").click()
    link.click()
    expect(walker.get_by_role("heading", name="Opt-outs")).to_be_visible()


def test_filters_leave_a_phone_to_the_list_until_one_is_used(
    walker: Page, site: str, world: World
) -> None:
    walker.set_viewport_size(PHONE)
    walker.goto(f"{site}messages/")
    status = walker.get_by_label("Status")
    expect(status).to_be_hidden()
    walker.get_by_text("Filters", exact=True).click()
    status.select_option("failed")
    walker.wait_for_url("**status=failed**")
    expect(status).to_be_visible()
    walker.set_viewport_size(DESKTOP)
    walker.goto(f"{site}messages/")
    expect(status).to_be_visible()


def test_no_page_is_left_out(rehearsal: Flask) -> None:
    """A list is a page for each table; of a form, a record and so on, one of a kind is enough."""
    places = {f"/admin/{place.path.partition('?')[0]}" for place in PAGES.values()}
    rules = rehearsal.url_map
    names = {rules.bind("x").match(path, method="GET")[0] for path in places}
    seen = {name for name in names if name.endswith(".index_view")}
    seen |= {name.partition(".")[2] for name in names} | {"login", "delete_view"}
    for rule in rules.iter_rules():
        name = rule.endpoint.partition(".")[2]
        if not rule.rule.startswith("/admin") or name in NO_PAGES:
            continue
        wanted = rule.endpoint if name == "index_view" else name
        assert wanted in seen, f"add a Place for {rule.rule}, or say in NO_PAGES why it is none"
