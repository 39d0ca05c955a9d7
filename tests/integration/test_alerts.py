"""An organiser is alerted of each occasion once, and of its end, and of nothing else."""

import re
from datetime import timedelta
from typing import Any

import pytest

from actors.alerts.alerting import Alerting
from models import alert
from models.alert import Alert
from models.event import Event, MatchingStatus
from models.message import EventMessage
from tests.alerted import MINUTE, Silent, departing_event, is_late, late_event, n8n_is, said
from tests.fakes import SetClock
from tests.sink import Sink


def test_late_matching_is_told_once_and_so_is_that_it_is_done(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    event = late_event(clock(), timezone="America/Chicago")
    for second in range(0, 75, 5):
        assert len(said(chat)) == (second > 60)
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
        {"matching_at": timedelta(minutes=2)},
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
    is_late(watch, clock)
    assert said(chat) == []
    assert Alert.select().count() == 0


def test_a_batch_that_was_planned_for_the_past_has_a_minute_to_be_done(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    late_event(clock(), matching_status=MatchingStatus.RUNNING)
    watch.look()
    Event.update(matching_status=MatchingStatus.COMPLETED).execute()
    is_late(watch, clock)
    assert said(chat) == []
    assert alert.open_alerts() == []


def test_late_matching_that_then_fails_is_told_as_failed_and_mended_once(
    watch: Alerting, chat: Sink, clock: SetClock
) -> None:
    late_event(clock())
    is_late(watch, clock)
    Event.update(matching_status=MatchingStatus.FAILED).execute()
    for _ in range(2):
        watch.look()
    # Somebody runs it again: a new plan, and in the end a result.
    again = {"matching_status": MatchingStatus.SCHEDULED, "matching_at": clock()}
    Event.update(**again).execute()
    is_late(watch, clock)
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
    is_late(watch, clock)
    Event.update({name: clock() + value for name, value in columns.items()}).execute()
    watch.look()
    assert len(said(chat)) == 1
    assert alert.open_alerts() == []


def test_n8n_that_stays_down_before_introductions_is_told_once_and_so_is_its_return(
    watch: Alerting, chat: Sink, n8n: Silent, clock: SetClock
) -> None:
    n8n.is_there = False
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
    # It is not back before it has answered for a while.
    n8n.is_there = True
    n8n_is("trouble", clock(), since=clock())
    for _ in range(8):
        watch.look()
        clock.advance(seconds=5)
    assert len(said(chat)) == 2
    assert "takes texts again" in said(chat)[1]


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
    assert ["takes texts again" in text for text in said(chat)] == [False, True]


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
    assert (n8n.probes, n8n.questions) == (0, 0)
