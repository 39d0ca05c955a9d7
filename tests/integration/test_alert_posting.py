"""An alert is posted once, signed, without anybody's data; and again where nobody took it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from actors.alerts import posting
from actors.alerts import thread as alert_thread
from actors.alerts.alerting import Alerting
from actors.alerts.thread import AlertThread
from actors.n8n.signing import is_signed
from actors.process import stopping
from models.alert import PAUSES_SECONDS, Alert
from models.base import db
from models.config import Config
from models.event import Event, MatchingStatus
from tests.alerted import MINUTE, Silent, departing_event, is_late, late_event, n8n_is, said
from tests.conftest import WEBHOOK_SECRET
from tests.fakes import SetClock
from tests.leaks import leaks, personal
from tests.sink import Answer, Sink


def test_a_webhook_that_is_down_gets_it_later_and_not_for_ever(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    chat.close_port()
    late_event(clock(), matching_status=MatchingStatus.FAILED)
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
    late_event(clock(), matching_status=MatchingStatus.FAILED)
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
    is_late(watch, clock)
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
    late_event(clock(), matching_status=MatchingStatus.FAILED)
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
    late_event(clock(), matching_status=MatchingStatus.FAILED)
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
    late_event(clock(), matching_status=MatchingStatus.FAILED)
    was_closed = []
    monkeypatch.setattr(
        posting, "post_alert", lambda *_args, **_named: was_closed.append(db.is_closed())
    )
    with ThreadPoolExecutor(1) as thread:
        thread.submit(Alerting(config, Silent(), clock).look).result()
    assert was_closed == [True]


def test_who_stops_posts_nothing_more(
    watch: Alerting, chat: Sink, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_event(clock(), matching_status=MatchingStatus.FAILED)
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
