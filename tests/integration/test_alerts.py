"""An organiser is alerted of each occasion once, and of its end; nobody's data is in it."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors import alert_posting, alert_thread, stopping
from actors.alert_thread import AlertThread
from actors.alerting import Alerting
from actors.signing import is_signed
from models import alert, service_state
from models.alert import PAUSES_SECONDS, Alert
from models.base import db
from models.config import Config
from models.event import Event, MatchingStatus
from models.message import EventMessage
from tests.conftest import WEBHOOK_SECRET
from tests.factories import (
    make_attendee,
    make_event,
    make_match,
    make_message,
)
from tests.fakes import FakeGateway, SetClock
from tests.leaks import leaks, personal
from tests.sink import Answer, Sink

MINUTE = timedelta(minutes=1)


class Silent(FakeGateway):
    """An n8n that may not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.is_there = False
        self.probes = 0

    def probe(self) -> bool:
        self.probes += 1
        return self.is_there


@pytest.fixture
def chat() -> Iterator[Sink]:
    """Where alerts are posted; it answers as a chat does."""
    with Sink(lambda _request: Answer(200)) as sink:
        yield sink


@pytest.fixture
def n8n() -> Silent:
    n8n = Silent()
    n8n.is_there = True
    return n8n


@pytest.fixture
def watch(config: Config, chat: Sink, n8n: Silent, clock: SetClock) -> Alerting:
    told = replace(config, alert_webhook_url=chat.url, public_url="https://peers.example.com/")
    return Alerting(told, n8n, clock)


def said(chat: Sink) -> list[str]:
    return [json.loads(request.raw)["text"] for request in chat.requests]


def late_event(now: datetime, **columns: Any) -> Event:
    due = {"matching_status": MatchingStatus.QUEUED, "matching_at": now - 2 * MINUTE}
    return make_event(now, **{**due, "introductions_at": now + 18 * MINUTE, **columns})


def departing_event(now: datetime, minutes: float, **columns: Any) -> Event:
    """Introductions for two people leave in so many minutes."""
    event = make_event(now, matching_status=MatchingStatus.COMPLETED, **columns)
    pair = [make_attendee(event).contractor for _ in range(2)]
    match = make_match(event, *pair)
    for person in pair:
        make_message(
            now + minutes * MINUTE, event=event, contractor=person, match=match, phone=person.phone
        )
    return event


def n8n_is(state: str, now: datetime, *, since: datetime) -> None:
    for moment in (since, now):
        service_state.report(service_state.N8N, state, now=moment, message="n8n refused")


def test_late_matching_is_told_once_and_so_is_that_it_is_done(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    event = late_event(clock(), timezone="America/Chicago")
    for _ in range(3):
        watch.look()
        clock.advance(seconds=5)
    [text] = said(chat)
    due = event.matching_at.astimezone(event.zone)
    assert f"Matching for Contractor Summit is late: it was due at {due:%H:%M}" in text
    assert f"https://peers.example.com/admin/events/desk/?id={event.id}" in text
    Event.update(matching_status=MatchingStatus.COMPLETED).execute()
    for _ in range(2):
        watch.look()
    assert len(said(chat)) == 2
    assert "is done now" in said(chat)[1]


@pytest.mark.parametrize(
    "columns",
    [
        {"matching_at": timedelta(seconds=-55)},
        {"matching_at": timedelta(days=-2)},
        {"matching_status": MatchingStatus.COMPLETED},
        {"matching_status": MatchingStatus.UNSCHEDULED},
        {"cancelled_at": timedelta()},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_what_is_not_late_is_not_told(
    watch: Alerting, chat: Sink, clock: SetClock, columns: dict[str, Any]
) -> None:
    moments = {
        name: clock() + value if isinstance(value, timedelta) else value
        for name, value in columns.items()
    }
    late_event(clock(), **moments)
    watch.look()
    assert said(chat) == []


def test_late_matching_that_then_fails_is_told_as_failed_and_mended_once(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    late_event(clock())
    watch.look()
    Event.update(matching_status=MatchingStatus.FAILED).execute()
    for _ in range(2):
        watch.look()
    # Somebody runs it again: a new plan, and in the end a result.
    again = {"matching_status": MatchingStatus.SCHEDULED, "matching_at": clock()}
    Event.update(**again).execute()
    clock.advance(minutes=2)
    watch.look()
    Event.update(matching_status=MatchingStatus.COMPLETED).execute()
    watch.look()
    kinds = [re.search("is late|failed|is done now", text) for text in said(chat)]
    assert [kind and kind[0] for kind in kinds] == ["is late", "failed", "is late", "is done now"]


def test_a_run_that_fails_again_is_another_occasion(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    event = late_event(clock(), matching_status=MatchingStatus.FAILED)
    watch.look()
    Event.update(matching_at=clock()).where(Event.id == event.id).execute()
    watch.look()
    assert ["failed" in text for text in said(chat)] == [True, True]
    assert [each.event_id for each in alert.open_alerts()] == [event.id]


def test_a_missed_lunch_is_told(watch: Alerting, chat: Sink, clock: SetClock) -> None:
    late_event(clock(), matching_status=MatchingStatus.MISSED)
    watch.look()
    assert "was missed" in said(chat)[0]


@pytest.mark.parametrize(
    "columns",
    [{"cancelled_at": timedelta()}, {"matching_at": timedelta(hours=1)}],
    ids=["cancelled", "moved"],
)
def test_an_event_that_is_off_or_moved_ends_its_alert_in_silence(
    watch: Alerting, chat: Sink, clock: SetClock, columns: dict[str, timedelta]
) -> None:
    late_event(clock())
    watch.look()
    Event.update({name: clock() + value for name, value in columns.items()}).execute()
    watch.look()
    assert len(said(chat)) == 1
    assert alert.open_alerts() == []


def test_n8n_that_stays_down_before_introductions_is_told_once_and_so_is_its_return(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    n8n_is("down", clock(), since=clock() - 7 * MINUTE)
    event = departing_event(clock(), minutes=5.05)
    watch.look()
    assert said(chat) == [], "it may come back before that matters"
    clock.advance(seconds=5)
    for _ in range(3):
        watch.look()
        clock.advance(seconds=5)
    [text] = said(chat)
    assert "n8n has not answered for 7 min" in text
    leaves = EventMessage.select().first().scheduled_time
    assert f"Contractor Summit ({leaves:%H:%M}, 2 texts)" in text
    assert f"id={event.id}" in text
    assert n8n.probes == 0, "the breaker's own probes are enough"
    # It is not back before it has answered for a while.
    n8n_is("trouble", clock(), since=clock())
    for _ in range(8):
        watch.look()
        clock.advance(seconds=5)
    assert len(said(chat)) == 2
    assert "answers again" in said(chat)[1]


def test_n8n_that_is_silent_is_seen_before_any_text_has_failed(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    n8n.is_there = False
    departing_event(clock(), minutes=4)
    seen = []
    for _ in range(8):
        watch.look()
        seen.append(len(chat.requests))
        clock.advance(seconds=5)
    assert seen == [0, 0, 0, 0, 1, 1, 1, 1]
    n8n.is_there = True
    for _ in range(8):
        watch.look()
        clock.advance(seconds=5)
    assert ["answers again" in text for text in said(chat)] == [False, True]


def test_one_lost_answer_of_n8n_alerts_nobody(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    departing_event(clock(), minutes=4)
    for look in range(12):
        n8n.is_there = look != 4
        watch.look()
        clock.advance(seconds=5)
    assert said(chat) == []


@pytest.mark.parametrize(
    ("minutes", "columns", "since_seconds"),
    [(6, {}, 60), (4, {"paused_at": timedelta()}, 60), (4, {}, 10), (-40, {}, 60)],
    ids=["not soon", "paused", "just now", "long past"],
)
def test_n8n_that_is_down_when_nothing_leaves_soon_alerts_nobody(
    watch: Alerting, chat: Sink, clock: SetClock,
    minutes: float, columns: dict[str, timedelta], since_seconds: int,
) -> None:  # fmt: skip
    n8n_is("down", clock(), since=clock() - timedelta(seconds=since_seconds))
    departing_event(clock(), minutes, **{name: clock() + at for name, at in columns.items()})
    watch.look()
    assert said(chat) == []


def test_an_event_whose_matching_is_still_to_come_counts_as_departing(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    n8n_is("down", clock(), since=clock() - MINUTE)
    soon = {"matching_at": clock() - MINUTE / 2, "introductions_at": clock() + 3 * MINUTE}
    for number in range(5):
        late_event(clock(), name=f"Hall {number}", **soon)
    watch.look()
    assert "Hall 0 (" in said(chat)[0]
    assert "2 more events" in said(chat)[0]


def test_nobody_asks_n8n_while_nothing_leaves(
    watch: Alerting, n8n: Silent, clock: SetClock
) -> None:
    departing_event(clock(), minutes=20)
    watch.look()
    assert n8n.probes == 0


def test_a_webhook_that_is_down_gets_it_later_and_not_for_ever(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    chat.close_port()
    late_event(clock())
    watch.look()
    watch.look()
    assert Alert.get().attempts == 1, "not before its pause is over"
    assert Alert.get().error == "no answer (ConnectionError)"
    chat.open_port()
    chat.decide = lambda request: Answer(503 if len(chat.requests) < 3 else 204)
    for pause in PAUSES_SECONDS[:3]:
        clock.advance(seconds=pause)
        watch.look()
    assert len({request.key for request in chat.requests}) == 1
    assert len(chat.requests) == 3
    assert Alert.get().posted_at == clock()


def test_an_alert_that_nobody_takes_is_given_up(
    watch: Alerting, chat: Sink, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    chat.decide = lambda _request: Answer(404)
    late_event(clock())
    for pause in (*PAUSES_SECONDS, 600, 600):
        watch.look()
        clock.advance(seconds=pause)
    assert len(chat.requests) == len(PAUSES_SECONDS) + 1
    last = [record for record in caplog.records if record.msg == "alert not posted"][-1]
    assert (last.levelname, last.reason, last.again) == ("ERROR", "it answered 404", False)


def test_what_ended_before_it_could_be_told_is_told_as_ended_only(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    chat.close_port()
    late_event(clock())
    watch.look()
    Event.update(matching_status=MatchingStatus.COMPLETED).execute()
    chat.open_port()
    clock.advance(minutes=10)
    watch.look()
    assert ["is done now" in text for text in said(chat)] == [True]


def test_an_alert_is_signed_and_carries_nothing_of_n8n_and_of_people(
    watch: Alerting, chat: Sink, clock: SetClock, config: Config
) -> None:
    n8n_is("down", clock(), since=clock() - MINUTE)
    departing_event(clock(), minutes=4)
    late_event(clock())
    watch.look()
    assert len(chat.requests) == 2
    for request in chat.requests:
        assert is_signed(WEBHOOK_SECRET, request.headers, request.raw)
        assert set(json.loads(request.raw)) == {"text"}
        assert "authorization" not in request.headers
        assert config.n8n_webhook_token not in str(request.headers)
        assert leaks(request.raw.decode(), personal()) == []


@pytest.mark.commits
def test_two_who_lead_at_once_tell_it_once(config: Config, chat: Sink, clock: SetClock) -> None:
    late_event(clock())
    n8n_is("down", clock(), since=clock() - MINUTE)
    departing_event(clock(), minutes=4)
    told = replace(config, alert_webhook_url=chat.url)
    together = threading.Barrier(4)

    def look(_number: int) -> None:
        together.wait(10)
        Alerting(told, Silent(), clock).look()

    with ThreadPoolExecutor(4) as leaders:
        list(leaders.map(look, range(4)))
    assert len(chat.requests) == 2
    assert len({request.key for request in chat.requests}) == 2


@pytest.mark.commits
def test_nothing_is_open_while_it_is_posted(
    config: Config, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_event(clock())
    was_closed = []
    monkeypatch.setattr(
        alert_posting, "post_alert", lambda *_args, **_named: was_closed.append(db.is_closed())
    )
    with ThreadPoolExecutor(1) as thread:
        thread.submit(Alerting(config, Silent(), clock).look).result()
    assert was_closed == [True]


def test_who_stops_posts_nothing_more(
    watch: Alerting, chat: Sink, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_event(clock())
    with monkeypatch.context() as patch:
        patch.setattr(stopping, "is_stopping", lambda: True)
        watch.look()
    assert said(chat) == []
    watch.look()
    assert len(said(chat)) == 1, "it is there for whoever plans next"


def test_only_who_leads_looks_and_a_look_that_breaks_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alert_thread, "LOOK_SECONDS", 0.001)
    looks: list[int] = []
    has_looked = threading.Event()

    class Breaks:
        def look(self) -> None:
            looks.append(1)
            if len(looks) == 3:
                has_looked.set()
            raise RuntimeError("broken for a test")

    answers = iter([False, False, True, True, True])
    thread = AlertThread(Breaks(), lambda: next(answers, False))  # type: ignore[arg-type]
    thread.start()
    assert has_looked.wait(10)
    thread.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert len(looks) == 3
