"""A phase of a look that breaks, or takes long, is seen and stops no other."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors import planner as planner_module
from actors.broker import (
    FOLLOW_UP_QUEUE,
    MESSAGES_QUEUE,
    ORCHESTRATION_QUEUE,
    broker,
    connect_broker,
)
from actors.conversation.receiving import Inbound, receive
from actors.n8n.outcomes import Outcome, Verdict
from actors.planning.wake_ups import send_at
from actors.process import stopping
from actors.sending import breaker, lateness
from actors.sending.delivery import deliver_message
from models import n8n_check, outbox, planning, schedule, service_state
from models.event import Event
from tests.factories import make_event_with_lunch
from tests.integration.test_planner import planner, status_of, text, wake_ups

SECOND = timedelta(seconds=1)


def beat() -> service_state.ServiceState:
    found = service_state.read(service_state.PLANNER)
    assert found is not None
    return found


def break_down(*_args: Any, **_named: Any) -> Any:
    raise RuntimeError("broken for a test")


@pytest.mark.parametrize(
    ("place", "name", "phase"),
    [
        (schedule, "drifted_event_ids", "agendas"),
        (lateness, "expire", "late texts"),
        (breaker, "take_probe", "probe"),
        (planning, "lock_due_runs", "matching"),
        (outbox, "unhandled_replies", "replies"),
        (n8n_check, "read", "n8n check"),
        (planner_module, "rescue", "rescue"),
    ],
)
def test_a_broken_phase_stops_no_text_and_shows_in_the_beat(
    now: datetime, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, phase: str
) -> None:
    soon = text(now)
    monkeypatch.setattr(place, name, break_down)
    planner().tick(now)
    assert status_of(soon) == "queued"
    assert (beat().state, beat().message) == ("trouble", f"{phase}: RuntimeError")


def test_texts_that_can_not_be_read_stop_no_batch(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event_with_lunch(now + timedelta(minutes=15))
    monkeypatch.setattr(outbox, "waiting_turns", break_down)
    planner().tick(now)
    assert len(wake_ups(ORCHESTRATION_QUEUE)) == 1
    assert beat().message == "texts: RuntimeError"


def test_the_beat_is_well_again_after_the_next_look(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = planner()
    with monkeypatch.context() as broken:
        broken.setattr(lateness, "expire", break_down)
        looks.tick(now)
    looks.tick(now + SECOND)
    assert (beat().state, beat().message) == ("up", None)


def test_with_redis_gone_it_is_asked_once_a_look(
    now: datetime, servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [text(now) for _ in range(5)]
    event = make_event_with_lunch(now + timedelta(minutes=15))
    tries = []
    really = broker.enqueue
    monkeypatch.setattr(
        broker, "enqueue", lambda *args, **named: (tries.append(1), really(*args, **named))[1]
    )
    connect_broker("redis://127.0.0.1:1/0")
    try:
        planner().tick(now)
    finally:
        connect_broker(servers["REDIS_URL"])
    assert len(tries) == 1
    assert {status_of(message) for message in waiting} == {"scheduled"}
    assert Event.get_by_id(event.id).matching_status == "scheduled"
    assert (beat().state, beat().message) == ("trouble", "texts: ConnectionError")


def test_a_process_that_stops_ends_its_look(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = text(now)
    monkeypatch.setattr(stopping, "is_stopping", lambda: True)
    planner().tick(now)
    assert status_of(soon) == "scheduled"


def test_a_thousand_agendas_to_follow_do_not_delay_a_text(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(120):
        make_event_with_lunch(now + timedelta(hours=3))
    soon = text(now)
    followed = []
    really = schedule.follow

    def slowly(event_id: int, *, now: datetime) -> Event:
        followed.append(event_id)
        time.sleep(0.02)
        return really(event_id, now=now)

    monkeypatch.setattr(schedule, "follow", slowly)
    looks = planner()
    looks.tick(now)
    assert status_of(soon) == "queued"
    assert len(followed) < 50
    for second in range(1, 100):
        looks.tick(now + second * SECOND)
        if not schedule.drifted_event_ids(now):
            break
    assert len(followed) == len(set(followed)) == 120, "each look goes on where the last ended"


def test_events_that_can_not_be_followed_keep_none_behind_them(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [make_event_with_lunch(now + timedelta(hours=3)).id for _ in range(60)]
    sound = make_event_with_lunch(now + timedelta(hours=3))
    really = schedule.follow

    def follow(event_id: int, *, now: datetime) -> Event:
        return break_down() if event_id in broken else really(event_id, now=now)

    monkeypatch.setattr(schedule, "follow", follow)
    looks = planner()
    for second in range(6):
        looks.tick(now + second * SECOND)
    assert Event.get_by_id(sound.id).matching_at is not None


def test_what_a_look_has_taken_so_far_is_taken_off_its_delays(now: datetime) -> None:
    started = time.monotonic() - 3
    send_at(deliver_message, (1,), now + 5 * SECOND, now, started)
    [(eta, _)] = wake_ups(MESSAGES_QUEUE)
    assert eta / 1000 - time.time() == pytest.approx(2, abs=0.3)


def test_nothing_is_queued_while_n8n_is_down_or_wants_quiet(now: datetime) -> None:
    breaker.forget()
    soon = text(now)
    for tenth in range(5):
        breaker.note(Outcome(Verdict.NOT_ACCEPTED, "n8n refused"), now + tenth * SECOND / 10)
    looks = planner()
    looks.tick(now + SECOND)
    assert status_of(soon) == "scheduled"
    assert wake_ups(ORCHESTRATION_QUEUE) == []
    looks.tick(now + 3 * SECOND)
    assert len(wake_ups(ORCHESTRATION_QUEUE)) == 1, "a probe"
    breaker.note(Outcome(Verdict.ACCEPTED), now + 4 * SECOND)
    looks.tick(now + 4 * SECOND)
    assert status_of(soon) == "queued"
    breaker.forget()


def unknown(text: str) -> Inbound:
    return Inbound(None, text, None, None, None, None, {})


def test_a_reply_that_is_not_handled_is_woken_every_ten_seconds(now: datetime) -> None:
    looks = planner()
    stuck = receive(unknown("START"), now=now - 6 * SECOND).message_id
    woken = []
    for second in range(21):
        if second == 3:
            other = receive(unknown("HELP"), now=now - 6 * SECOND).message_id
        broker.client.flushdb()
        looks.tick(now + second * SECOND)
        woken += [(second, reply) for _, reply in wake_ups(FOLLOW_UP_QUEUE)]
    assert woken == [(0, stuck), (3, other), (10, stuck), (13, other), (20, stuck)]
