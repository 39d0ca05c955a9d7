"""Several who swap, send, answer or rule at once: one of them wins, and nothing is half done."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.control import steering
from actors.pairing import swapping
from actors.pairing.batch_matching import run_matching
from actors.pairing.introductions import schedule_introductions
from actors.pairing.swapping import Moved, NotPossible, Swapped
from actors.sending.delivery import deliver
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.event import Event
from models.matching_run import RunKind
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from models.steering import Scope
from tests.factories import make_attendee, make_event, make_match
from tests.fakes import FakeGateway

pytestmark = pytest.mark.commits
WHY = "swapped by Olu"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now,
        introductions_at=now,
        ends_at=now + timedelta(hours=5),
        max_matches=1,
        matching_status="completed",
    )


def people(event: Event, number: int) -> list[Contractor]:
    return [make_attendee(event).contractor for _ in range(number)]


def matched(event: Event, one: Contractor, other: Contractor, now: datetime) -> EventPeerMatch:
    match = make_match(event, one, other)
    schedule_introductions(event, [match.id], now=now)
    return match


def ready(match: EventPeerMatch, stays: int, partner: int, now: datetime) -> Callable[[], Any]:
    """Read the page, and return what pressing its button does in another thread."""
    option = swapping.choose(swapping.begin(match, stays, now=now), partner)
    assert option is not None
    was = swapping.stamp(option)

    def press() -> Swapped | None:
        with db.connection_context():
            try:
                return swapping.swap(match.id, stays, partner, was=was, reason=WHY, now=now)
            except (Moved, NotPossible):
                return None

    return press


def standing() -> list[tuple[int, int]]:
    rows = EventPeerMatch.select().where(EventPeerMatch.cancelled_at.is_null())
    return sorted((match.contractor1_id, match.contractor2_id) for match in rows)


def waiting() -> Counter[int]:
    """How many introductions wait for each person, or are out."""
    rows = EventMessage.select().where(EventMessage.status.not_in(["cancelled"]))
    return Counter(text.contractor_id for text in rows)


def test_two_who_swap_one_match_make_one_swap(event: Event, now: datetime) -> None:
    ana, bo, cora, dan = people(event, 4)
    match = matched(event, ana, bo, now)
    presses = [ready(match, ana.id, cora.id, now), ready(match, bo.id, dan.id, now)]
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda press: press(), presses * 2))
    assert sum(one is not None for one in done) == 1
    assert len(standing()) == 1
    assert set(waiting().values()) == {1}
    assert len(waiting()) == 2


def test_two_who_want_the_same_last_place_get_it_once(event: Event, now: datetime) -> None:
    ana, bo, cora, dan, free = people(event, 5)
    presses = [
        ready(matched(event, ana, bo, now), ana.id, free.id, now),
        ready(matched(event, cora, dan, now), cora.id, free.id, now),
    ]
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda press: press(), presses))
    assert sum(one is not None for one in done) == 1
    met = Counter(person for pair in standing() for person in pair)
    assert met[free.id] == 1
    assert set(met.values()) == {1}
    assert waiting() == met


def test_texts_that_leave_meanwhile_left_or_are_taken_back(
    event: Event, now: datetime, config: Config
) -> None:
    pairs = [people(event, 2) for _ in range(8)]
    others = people(event, 8)
    presses = []
    for (ana, bo), free in zip(pairs, others, strict=True):
        presses.append(ready(matched(event, ana, bo, now), ana.id, free.id, now))
    texts = [text.id for text in EventMessage.select()]
    gateway = FakeGateway()

    def send(key: int) -> None:
        with db.connection_context():
            deliver(key, now=lambda: now, gateway=gateway, config=config)

    with ThreadPoolExecutor(4) as threads:
        sending, swapping_too = [], []
        for number, press in enumerate(presses):
            sending.append(threads.submit(send, texts[2 * number]))
            swapping_too.append(threads.submit(press))
            sending.append(threads.submit(send, texts[2 * number + 1]))
        for one in sending:
            one.result()
        done = [one.result() for one in swapping_too]
    for result, (ana, bo), free in zip(done, pairs, others, strict=True):
        by_person = {
            person.id: Counter(
                text.status
                for text in EventMessage.select().where(EventMessage.contractor == person)
            )
            for person in (ana, bo, free)
        }
        if result is None:
            assert by_person[ana.id] == by_person[bo.id] == Counter(sent=1)
            assert by_person[free.id] == Counter()
        else:
            assert by_person[ana.id] == Counter(cancelled=1, scheduled=1)
            assert by_person[bo.id] == Counter(cancelled=1)
            assert by_person[free.id] == Counter(scheduled=1)
    assert max(Counter(post["phone"] for _, post in gateway.posts).values(), default=0) <= 1


def test_swaps_cancels_and_stops_of_the_event_do_not_lock_each_other_out(
    event: Event, now: datetime
) -> None:
    pairs = [people(event, 2) for _ in range(6)]
    presses: list[Callable[[], Any]] = [
        ready(matched(event, ana, bo, now), ana.id, free.id, now)
        for (ana, bo), free in zip(pairs, people(event, 6), strict=True)
    ]

    def cancel() -> int:
        with db.connection_context():
            return steering.cancel_texts(Scope(event_id=event.id), reason=WHY, now=now)

    with ThreadPoolExecutor(4) as threads:
        acts = [*presses[:3], cancel, *presses[3:], cancel]
        list(threads.map(lambda act: act(), acts))
    steering.cancel_texts(Scope(event_id=event.id), reason=WHY, now=now)
    assert {text.status for text in EventMessage.select()} == {"cancelled"}
    met = Counter(person for pair in standing() for person in pair)
    assert set(met.values()) == {1}


def test_a_top_up_and_a_swap_never_give_anybody_two(event: Event, now: datetime) -> None:
    ana, bo, *others = people(event, 7)
    press = ready(matched(event, ana, bo, now), ana.id, others[0].id, now)
    Event.update(top_up_at=now).where(Event.id == event.id).execute()

    def top_up() -> None:
        with db.connection_context():
            run_matching(event.id, now, RunKind.TOP_UP, now=lambda: now)

    with ThreadPoolExecutor(2) as threads:
        for one in [threads.submit(top_up), threads.submit(press)]:
            one.result()
    met = Counter(person for pair in standing() for person in pair)
    assert set(met.values()) == {1}
    assert waiting() == met
