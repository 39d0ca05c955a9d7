"""Takes the pictures of the guides anew, from a rehearsal with invented people: `make pictures`.

    python -m tests.browser.pictures

It takes five minutes: people answer, meet and rate before the last pictures are taken. Needs
chromium and a font with emoji (Debian's fonts-noto-color-emoji). Look at each picture before
keeping it.
"""

import io
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from models import clock
from models.agenda import generate_agenda
from models.base import db, init_database
from models.event import Event, EventSpeaker
from models.message import EventMessage
from models.message_status import ARRIVED, MessageType
from models.peer_match import EventPeerMatch
from tests.browser.conftest import ARGUMENTS, PHONE
from tests.servers import data_folder
from web.local import LocalServices
from web.rehearsal_event import SPEAKERS, RehearsalEvent, prepare

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SCREEN = {"width": 1200, "height": 800}
# Of a page's colours, the rare ones matter most: a dot that warns, the line of what time it is.
COLOURS = 256
# Lunch is so far away, until it is moved, that nothing has to be hurried before.
FAR = timedelta(minutes=4)
NEAR = timedelta(seconds=15)
ARRIVES_MS = 60_000
RATED_ENOUGH = 40
PATIENCE_SECONDS = 300
SETTINGS = {"MESSAGES_PER_SECOND": "80", "UNSOLICITED_TEXTS_PER_HOUR": "40", "PORT": "0"}
LATE = (
    "First name,Last name,Cell phone,Company,Focus areas,SMS opt-in\n"
    "Zoe,Late,(737) 555-0141,Late Roofs,customer retention,yes\n"
    "Milo,Hall,737-555-0142,Hall Siding,operational efficiency,yes\n"
    "Nina,Short,555-01,Short Gutters,talent development,yes\n"
)
QUESTIONS = ("Where can I park?", "The blue car is mine.")


class Camera:
    """Somebody who is signed in to a rehearsal, and keeps pictures of what is seen."""

    def __init__(
        self, browser: Browser, services: LocalServices, rehearsed: RehearsalEvent
    ) -> None:
        self.page = browser.new_context(viewport=SCREEN, reduced_motion="reduce").new_page()
        self.url = services.url
        self.event_id = rehearsed.event_id
        self.page.goto(f"{self.url}/admin/login")
        self.page.get_by_label("E-mail").fill(rehearsed.email)
        self.page.get_by_label("Password").fill(rehearsed.password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Today", exact=True)).to_be_visible()

    def open(self, place: str) -> Page:
        self.page.goto(f"{self.url}/admin/{place.format(id=self.event_id)}")
        self.page.wait_for_load_state("load")
        return self.page

    def keep(self, name: str, part: Locator | None = None) -> None:
        """Keep the window, or a part of it, in few colours, so that it is small."""
        taken = part.screenshot() if part else self.page.screenshot()
        picture = Image.open(io.BytesIO(taken)).convert("RGB")
        few = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        PICTURES.mkdir(exist_ok=True)
        file = PICTURES / f"{name}.png"
        few.save(file, optimize=True)
        sys.stdout.write(f"{file.name}: {file.stat().st_size // 1000} kB\n")
        sys.stdout.flush()

    def keep_question(self, name: str) -> None:
        """Keep the question that is asked, without the menu beside it."""
        self.keep(name, self.page.locator(".question").first)

    def on_a_phone(self, name: str) -> None:
        """Keep how the open page looks on a phone."""
        self.page.set_viewport_size(PHONE)
        self.keep(name)
        self.page.set_viewport_size(SCREEN)

    def says_yes(self, button: str) -> None:
        """Follow a button of the desk to its question, and answer it."""
        self.open("events/desk/?id={id}")
        self.page.get_by_role("link", name=button).first.click()
        self.page.get_by_role("button", name=button).first.click()

    def replies(self, phone: str, words: str) -> None:
        """Write from somebody's phone, through the real inbound webhook."""
        body = {"phone": phone, "text": words}
        answer = self.page.request.post(f"{self.url}/simulator/reply", data=body)
        assert answer.ok, answer.text()


def before_the_day(camera: Camera) -> None:
    with db.connection_context():
        summit = plan_summit()
    camera.open("events/new/")
    camera.page.get_by_label("Name").first.fill("Contractor Growth Summit")
    camera.keep("event-new")
    camera.open(f"agenda/?event={summit}")
    camera.keep("agenda")
    page = camera.open("imports/?event={id}")
    given = {"name": "registrations.csv", "mimeType": "text/csv", "buffer": LATE.encode()}
    page.get_by_label("Drop a CSV file here, or choose one").set_input_files(given)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_label("Where did they agree to texts?").fill("tick on the registration form")
    page.keyboard.press("Tab")
    expect(page.get_by_text("2 newly agree to texts")).to_be_visible()
    page.set_viewport_size({**SCREEN, "height": 1420})
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    camera.keep("import")
    page.set_viewport_size(SCREEN)
    camera.open("events/badges/?id={id}")
    camera.keep("badges")
    camera.open("events/words/edit/?id={id}&kind=peer_match_introduction&from=usual")
    camera.keep("words")
    page = camera.open("events/what-if/?id={id}")
    slider = page.get_by_role("slider", name="Focus areas, slider")
    for _ in range(10):
        slider.press("ArrowRight")
    expect(page.get_by_text("Focus areas 35 % → 45 %")).to_be_visible()
    camera.keep("what-if")
    page.locator(".trial-pairs").first.get_by_role(
        "link", name="Never introduce them"
    ).first.click()
    page.get_by_label("Why").fill("They compete for the same streets")
    camera.keep_question("pair")
    camera.open(f"events/desk/lunch/?id={summit}&at=12:45")
    camera.keep_question("move-lunch")


def plan_summit() -> int:
    """Plan an event for tomorrow, whose hours are real ones; needs a connection."""
    now = clock.now()
    with db.atomic():
        event = Event.create(
            name="Contractor Growth Summit",
            date=now.date() + timedelta(days=1),
            timezone="America/Chicago",
            location="Ballroom B",
        )
        for position, (name, title, is_keynote) in enumerate(SPEAKERS):
            EventSpeaker.create(
                event=event,
                name=name,
                session_title=title,
                is_keynote=is_keynote,
                position=position,
            )
        generate_agenda(event, now=now)
    return int(event.id)


def at_the_door(camera: Camera) -> None:
    page = camera.open("events/door/?id={id}")
    page.get_by_role("searchbox").fill("mo")
    expect(page.get_by_role("list", name="People who fit")).to_be_visible()
    camera.on_a_phone("door-on-a-phone")


def lunch(camera: Camera) -> None:
    camera.says_yes("Hold introductions for approval")
    page = camera.open("events/desk/?id={id}")
    with db.connection_context():
        begins = (clock.now() + NEAR).astimezone(Event.get_by_id(camera.event_id).zone)
    page.get_by_label(re.compile("Lunch begins at")).fill(f"{begins:%H:%M:%S}")
    page.get_by_role("button", name="See what moves").click()
    page.get_by_role("button", name="Move lunch").click()
    page = camera.open("events/desk/?id={id}")
    control = page.get_by_role("region", name="Control")
    expect(control).to_contain_text(re.compile("introductions for .* wait"), timeout=ARRIVES_MS)
    camera.keep("desk")
    camera.on_a_phone("desk-on-a-phone")
    page.get_by_role("link", name=re.compile(r"Approve \d+ introductions")).click()
    camera.keep_question("approve")
    page.get_by_role("button", name=re.compile(r"Approve \d+ introductions")).click()
    camera.open("events/desk/act/?id={id}&do=sending_paused")
    camera.keep_question("pause")


def people_answer(camera: Camera) -> None:
    """Let everybody answer: who shares most is glad to meet, who shares little is not."""
    _until(lambda: len(_texts(camera.event_id, MessageType.INTRODUCTION)) >= _planned(camera))
    with db.connection_context():
        texts = _texts(camera.event_id, MessageType.INTRODUCTION)
    # Those with one introduction are shown: there is less to read.
    counts = Counter(text.phone for text in texts)
    shown = next(
        text for text in texts if counts[text.phone] == 1 and _fits(text) and not _is_silent(text)
    )
    camera.page.set_viewport_size({**SCREEN, "height": 1000})
    camera.keep("phone", on_the_phones(camera, shown.phone, "Find Your Peer"))
    camera.page.set_viewport_size(SCREEN)
    for text in texts:
        if _is_silent(text) and text.contractor_id == text.match.contractor2_id:
            continue
        words = "YES" if _fits(text) or text.id % 5 == 0 else ("NO" if text.id % 3 else "LATER")
        camera.replies(text.phone, f"{words} {text.reply_number}")
    asker = texts[0]
    for words in QUESTIONS:
        camera.replies(asker.phone, words)
    phone = on_the_phones(camera, shown.phone, "both said yes")
    phone.get_by_role("button", name="Both sides").click()
    standing = camera.page.get_by_role("region", name="Where the match stands")
    expect(standing).to_contain_text("Contacts exchanged", timeout=ARRIVES_MS)
    camera.page.set_viewport_size({**SCREEN, "height": 900})
    camera.keep("both-sides")
    camera.page.set_viewport_size(SCREEN)
    _until(lambda: _is_in_the_inbox(asker.phone))
    camera.open("inbox/")
    camera.keep("inbox")


def on_the_phones(camera: Camera, phone: str, name: str) -> Locator:
    """Open the simulator, and return somebody's phone on it, as tall as its texts."""
    camera.page.goto(f"{camera.url}/simulator/")
    found = camera.page.locator(f'article.phone[data-phone="{phone}"]')
    expect(found).to_contain_text(name, timeout=ARRIVES_MS)
    found.evaluate("(phone) => { phone.style.height = '740px'; }")
    return found


def after_the_day(camera: Camera) -> None:
    """Let those who met say so and rate, then look what came of it."""
    answered: set[int] = set()

    def is_rated() -> bool:
        for text in _texts(camera.event_id, MessageType.ATTENDANCE_QUESTION):
            if text.id not in answered:
                camera.replies(text.phone, "YES" if text.match_id % 5 else "NO")
                answered.add(text.id)
        for text in _texts(camera.event_id, MessageType.RATING_REQUEST):
            if text.id not in answered:
                camera.replies(text.phone, str(7 + text.id % 4))
                answered.add(text.id)
        rated = EventPeerMatch.feedback_contractor1.is_null(False)
        return EventPeerMatch.select().where(rated).count() >= RATED_ENOUGH

    _until(is_rated)
    for name, place in (
        ("outcome", "events/outcome/?id={id}"),
        ("weights", "events/weights/?id={id}"),
        ("exports", "events/exports/?id={id}"),
    ):
        camera.open(place)
        camera.keep(name)


def _until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so, with a connection open while it is looked at."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with db.connection_context():
            if is_so():
                return
        time.sleep(1)
    raise TimeoutError("what is to be seen on a picture did not come")


def _texts(event_id: int, kind: MessageType) -> list[EventMessage]:
    """Return the texts of a kind that have left; needs a connection."""
    return list(
        EventMessage.select(EventMessage, EventPeerMatch)
        .join(EventPeerMatch)
        .where(
            (EventMessage.event == event_id)
            & (EventMessage.message_type == kind)
            & EventMessage.status.in_(ARRIVED)
        )
        .order_by(EventMessage.id)
    )


def _fits(text: EventMessage) -> bool:
    """Whether the two share so much that both will say yes."""
    return bool(text.match.match_criteria["focusAreas"] > 0.4)


def _is_silent(text: EventMessage) -> bool:
    """Whether the second person of the two never answers."""
    return bool(text.match_id % 7 == 0)


def _planned(camera: Camera) -> int:
    kind = EventMessage.message_type == MessageType.INTRODUCTION
    return EventMessage.select().where((EventMessage.event == camera.event_id) & kind).count()


def _is_in_the_inbox(phone: str) -> bool:
    waits = EventMessage.inbox_reason.is_null(False)
    return EventMessage.select().where((EventMessage.phone == phone) & waits).exists()


def main() -> None:
    with (
        data_folder() as folder,
        (folder / "log").open("w") as output,
        LocalServices(folder, output, **SETTINGS) as services,
        sync_playwright() as playwright,
    ):
        services.wait_until_ready()
        init_database(services.config.database_url)
        with db.connection_context():
            rehearsed = prepare(now=clock.now(), lunch_in=FAR)
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        camera = Camera(browser, services, rehearsed)
        for part in (before_the_day, at_the_door, lunch, people_answer, after_the_day):
            part(camera)
        browser.close()
        db.close_all()


if __name__ == "__main__":
    main()
