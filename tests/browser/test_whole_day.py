"""The organiser's whole day on a rehearsal event: from an import to what came of it, both widths.

Each step is a method of `Organiser` that leaves a picture behind and says what has to be true after
it; the test is the list of them, in the order of the day.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from actors.wording.percents import percents_of
from models import clock
from models.base import db, init_database
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageType
from models.peer_match import EventPeerMatch
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.served_admin import complaints_of
from tests.leaks import tells_nobody
from tests.servers import data_folder
from web.local import LocalServices
from web.rehearsal_event import RehearsalEvent, prepare

SCREENSHOTS = Path(__file__).parents[2] / ".local" / "screenshots"
# The morning has begun, and lunch is far enough away, until it is moved, that no step has to hurry.
FAR = timedelta(minutes=3)
SOON_SECONDS = (8, 20, 60)
ARRIVES_MS = 30_000
MOST_LOOKS = 100
UNCLEAR = ("Where can I park?", "The blue car is mine.")
ANSWER = "Right behind the hall. See you at the desk!"


@pytest.fixture(scope="module")
def services() -> Iterator[LocalServices]:
    """The services of a rehearsal for both days; one person may get the texts of both."""
    changes = {
        "MESSAGES_PER_SECOND": "80", "UNSOLICITED_TEXTS_PER_HOUR": "40", "PORT": "0",
        "LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG", "GUNICORN_CMD_ARGS": "--access-logfile -",
    }  # fmt: skip
    with (
        data_folder() as folder,
        (folder / "log").open("w") as output,
        LocalServices(folder, output, **changes) as running,
    ):
        running.wait_until_ready()
        init_database(running.config.database_url)
        yield running
        with db.connection_context():
            tells_nobody(folder / "log", says='"message": "reply handled"')
        db.close_all()


class Organiser:
    """Somebody who runs the event from a browser of a width."""

    def __init__(self, page: Page, services: LocalServices, rehearsed: RehearsalEvent) -> None:
        self.page = page
        self.url = services.url
        self.rehearsed = rehearsed
        self.event_id = rehearsed.event_id
        self.late = f"Zoe,Late{self.event_id}"
        self.best_pair: list[int] = []
        self.complaints = complaints_of(page)

    def open(self, place: str) -> None:
        self.page.goto(f"{self.url}/admin/{place}")

    def keep(self, name: str) -> None:
        """Leave a picture behind; nothing on it may be wider than the screen."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size or DESKTOP
        width = "phone" if size["width"] == PHONE["width"] else "desktop"
        self.page.screenshot(path=SCREENSHOTS / f"day-{name}-{width}.png")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= size["width"], name

    def signs_in(self) -> None:
        self.open("login")
        self.page.get_by_label("E-mail").fill(self.rehearsed.email)
        self.page.get_by_label("Password").fill(self.rehearsed.password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_text("Rehearsal Summit").first).to_be_visible()
        self.open(f"events/desk/?id={self.event_id}")
        expect(self.page.get_by_role("status")).to_have_text("Updates by itself")
        self.keep("1-desk")

    def imports_somebody_who_registered_late(self) -> None:
        page = self.page
        self.open(f"attendees/?event={self.event_id}")
        page.get_by_role("link", name="Import CSV").click()
        given = {"name": "late.csv", "mimeType": "text/csv", "buffer": self._late().encode()}
        page.get_by_label("Drop a CSV file here, or choose one").set_input_files(given)
        page.get_by_role("button", name="Read the file").click()
        expect(page.get_by_role("heading", name="late.csv")).to_be_visible()
        page.get_by_label("Where did they agree to texts?").fill("tick on the form")
        page.keyboard.press("Tab")
        expect(page.get_by_text("1 newly registered, 1 newly agree to texts.")).to_be_visible()
        self.keep("2-import")
        page.get_by_role("button", name="Import 1 row…").click()
        page.get_by_role("button", name="Import them").click()
        expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=ARRIVES_MS)

    def _late(self) -> str:
        columns = "First name,Last name,Cell phone,Company,Focus areas,Services,SMS opt-in"
        phone = f"(737) 555-01{self.event_id:02}"
        return f"{columns}\n{self.late},{phone},Late Roofs,customer_retention,Windows,yes\n"

    def checks_them_in_at_the_door(self) -> None:
        name, page = self.late.replace(",", " "), self.page
        self.open(f"events/desk/?id={self.event_id}")
        page.get_by_role("link", name="Door").click()
        expect(page).to_have_url(re.compile("/door/"))
        page.wait_for_load_state()
        before = int(page.locator("#door-count strong").inner_text().replace(",", ""))
        page.keyboard.type(name)
        page.get_by_role("button", name=f"Check in {name}").click()
        expect(page.get_by_text(f"{name} is in")).to_be_visible()
        expect(page.locator("#door-count")).to_contain_text(str(before + 1))
        self.keep("3-door")

    def tries_settings_and_uses_them(self) -> None:
        page = self.page
        self.open(f"events/what-if/?id={self.event_id}")
        slider = page.get_by_role("slider", name="Focus areas, slider")
        slider.focus()
        for _ in range(5):
            slider.press("ArrowRight")
        expect(page.get_by_text("Focus areas 35 % → 40 %")).to_be_visible()
        page.get_by_label("Matches per person, at most", exact=True).fill("1")
        expect(page.get_by_text("Matches per person, at most 3 → 1")).to_be_visible()
        best = page.locator(".trial-pairs").first.get_by_role("listitem").first
        for link in best.locator(".trial-pair a").all():
            self.best_pair.append(int(str(link.get_attribute("href")).rpartition("=")[2]))
        self.keep("4-what-if")
        page.get_by_role("button", name="Use these settings").click()
        expect(page.get_by_role("row", name="Focus areas 35 % 40 %")).to_be_visible()
        self.keep("5-use-settings")
        page.get_by_role("button", name="Use these settings").click()
        expect(page.locator(".note-good").first).to_contain_text("uses these settings")
        with db.connection_context():
            event = Event.get_by_id(self.event_id)
        assert (percents_of(event.weights)[0], event.max_matches) == (40, 1)

    def forbids_the_pair_that_fits_best(self) -> None:
        page = self.page
        self.open(f"events/pairs/?id={self.event_id}")
        with db.connection_context():
            first, second = (Contractor.get_by_id(key) for key in self.best_pair)
        for label, person in (("First person", first), ("Second person", second)):
            box = page.get_by_label(label)
            box.press_sequentially(person.phone.removeprefix("+"))
            expect(page.get_by_role("option")).to_have_count(1)
            expect(page.get_by_role("option")).to_contain_text(person.full_name)
            box.press("ArrowDown")
            box.press("Enter")
        page.get_by_label("Never introduce them").check()
        page.get_by_role("button", name="See what it means").click()
        self.keep("6-forbid")
        page.get_by_label("Why").fill("They compete for the same streets")
        page.get_by_role("button", name="Never introduce them").click()
        expect(page.get_by_text("They compete for the same streets")).to_be_visible()

    def holds_introductions_until_they_are_approved(self) -> None:
        self.open(f"events/desk/?id={self.event_id}")
        self._presses("Hold introductions for approval")
        control = self.page.get_by_role("region", name="Control")
        expect(control).to_contain_text("Introductions will wait for your approval")

    def approves_them(self) -> None:
        with db.connection_context():
            number = _introductions(self.event_id)
        control = self.page.get_by_role("region", name="Control")
        expect(control).to_contain_text(f"{number} introductions for {number // 2} matches wait")
        self.keep("9-to-approve")
        self._presses(f"Approve {number} introductions")
        expect(control).to_contain_text("Introductions were approved by Rehearsal")

    def _presses(self, name: str) -> None:
        """Follow a button of the desk to its question, and say yes."""
        self.page.get_by_role("link", name=name).click()
        self.page.get_by_role("button", name=name).click()

    def moves_lunch_near(self) -> None:
        """Let lunch begin in a moment; a slow machine takes another one, since that was past."""
        page = self.page
        asked = page.get_by_role("heading", name=re.compile("Move lunch to"))
        refused, moved = page.locator("main > .note-warn"), page.locator(".note-good")
        for seconds in SOON_SECONDS:
            self.open(f"events/desk/?id={self.event_id}")
            with db.connection_context():
                lunch_at = clock.now() + timedelta(seconds=seconds)
                zone = Event.get_by_id(self.event_id).zone
            field = page.get_by_label(re.compile("Lunch begins at"))
            field.fill(f"{lunch_at.astimezone(zone):%H:%M:%S}")
            page.get_by_role("button", name="See what moves").click()
            expect(asked.or_(refused)).to_be_visible()
            if asked.is_visible():
                expect(page.get_by_text("so it runs at once")).to_be_visible()
                self.keep("7-move-lunch")
                page.get_by_role("button", name="Move lunch").click()
                expect(moved.or_(refused)).to_be_visible()
            if moved.is_visible():
                break
        expect(moved).to_contain_text("Lunch begins at")

    def sees_matching_run(self) -> None:
        now = self.page.get_by_role("region", name="Now")
        expect(now).to_contain_text(re.compile(r"Matching is done: \d+ of"), timeout=ARRIVES_MS)
        with db.connection_context():
            matches = EventPeerMatch.select().where(EventPeerMatch.event == self.event_id)
            pairs = {(match.contractor1_id, match.contractor2_id) for match in matches}
        assert len(pairs) >= 50, "over a hundred people are here, each with one match"
        assert tuple(sorted(self.best_pair)) not in pairs
        self.keep("8-matched")

    def sees_the_texts_leave(self) -> None:
        delivery = self.page.get_by_role("region", name="Delivery").locator("dd")
        with db.connection_context():
            planned = str(_introductions(self.event_id))
        expect(delivery.nth(2)).to_have_text(planned, timeout=ARRIVES_MS)
        expect(delivery.nth(0)).to_have_text("0")
        self.keep("10-texts-left")

    def gets_a_reply_that_needs_a_person_and_answers(self) -> None:
        page = self.page
        with db.connection_context():
            # After an organiser's answer a bare YES waits in the inbox: the pair has to be others.
            pair = _matched_people(self.event_id)
            asker = _matched_people(self.event_id, without=pair)[0]
        for words in UNCLEAR:
            self._reply(asker, words)
        self.open("inbox/")
        letter = page.get_by_role("article").filter(has_text=UNCLEAR[1])
        for _ in range(MOST_LOOKS):
            if letter.count():
                break
            # The page does not keep itself up to date: an organiser would look again, too.
            page.reload()
        expect(letter).to_contain_text("We asked back once")
        self.keep("11-inbox")
        letter.get_by_role("link", name="Answer").click()
        page.get_by_label("Your answer").fill(ANSWER)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_text("1 SMS segment")).to_be_visible()
        self.keep("12-answer")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".note-good")).to_contain_text("leaves in a moment")
        self._phone_shows(asker, ANSWER)

    def two_people_say_yes(self) -> None:
        with db.connection_context():
            first, second = _matched_people(self.event_id)
        for person in (first, second):
            self._reply(person, "YES")
        self._phone_shows(first, second.phone)
        self._phone_shows(second, first.phone)

    def sees_what_came_of_it(self) -> None:
        page = self.page
        self.open(f"events/desk/?id={self.event_id}")
        page.get_by_role("link", name="What came of it").click()
        expect(page.locator(".lead-line").first).to_contain_text("1 connected")
        mutual = page.get_by_role("listitem").filter(has_text="Both said yes")
        expect(mutual).to_contain_text("2 people")
        self.keep("13-outcome")
        assert self.complaints == []

    def _reply(self, person: Contractor, words: str) -> None:
        """Write from a person's phone, through the real inbound webhook."""
        answer = self.page.request.post(
            f"{self.url}/simulator/reply", data={"phone": person.phone, "text": words}
        )
        assert answer.ok, answer.text()

    def _phone_shows(self, person: Contractor, words: str) -> None:
        self.page.goto(f"{self.url}/simulator/")
        phone = self.page.locator(f'article.phone[data-phone="{person.phone}"]')
        expect(phone.get_by_role("log")).to_contain_text(words, timeout=ARRIVES_MS)


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_whole_day(browser: Browser, services: LocalServices, size: dict[str, int]) -> None:
    with db.connection_context():
        rehearsed = prepare(now=clock.now(), lunch_in=FAR)
    context = browser.new_context(viewport=size)
    organiser = Organiser(context.new_page(), services, rehearsed)
    organiser.signs_in()
    organiser.imports_somebody_who_registered_late()
    organiser.checks_them_in_at_the_door()
    organiser.tries_settings_and_uses_them()
    organiser.forbids_the_pair_that_fits_best()
    organiser.holds_introductions_until_they_are_approved()
    organiser.moves_lunch_near()
    organiser.sees_matching_run()
    organiser.approves_them()
    organiser.sees_the_texts_leave()
    organiser.gets_a_reply_that_needs_a_person_and_answers()
    organiser.two_people_say_yes()
    organiser.sees_what_came_of_it()
    context.close()


def _introductions(event_id: int) -> int:
    return (
        EventMessage.select()
        .where(
            (EventMessage.event == event_id)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
        )
        .count()
    )


def _matched_people(
    event_id: int, *, without: tuple[Contractor, ...] = ()
) -> tuple[Contractor, Contractor]:
    others = [person.id for person in without]
    match = (
        EventPeerMatch.select()
        .where(
            (EventPeerMatch.event == event_id)
            & EventPeerMatch.contractor1.not_in(others)
            & EventPeerMatch.contractor2.not_in(others)
        )
        .order_by(EventPeerMatch.id)
        .get()
    )
    return match.contractor1, match.contractor2
