"""The queues' numbers, counted from rows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.base import db
from models.event import MatchingStatus
from models.matching_run import MatchingRun, RunStatus
from models.message_status import Direction, MessageStatus
from models.queue_stats import event_queue_stats, queue_stats
from tests.factories import make_event, make_message

SOON = timedelta(minutes=1)


def _changed(stats: dict[str, int]) -> dict[str, int]:
    return {state: count for state, count in stats.items() if count}


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({"status": MessageStatus.SCHEDULED, "due": -SOON}, "waiting"),
        ({"status": MessageStatus.SCHEDULED, "due": SOON}, "delayed"),
        ({"status": MessageStatus.SCHEDULED, "due": -SOON, "again": SOON}, "delayed"),
        ({"status": MessageStatus.SCHEDULED, "due": SOON, "again": -SOON}, "waiting"),
        ({"status": MessageStatus.QUEUED, "due": SOON}, "waiting"),
        ({"status": MessageStatus.SENDING}, "active"),
        ({"status": MessageStatus.SENT}, "completed"),
        ({"status": MessageStatus.DELIVERED}, "completed"),
        ({"status": MessageStatus.RESPONDED}, "completed"),
        ({"status": MessageStatus.FAILED}, "failed"),
        ({"status": MessageStatus.HELD}, None),
        ({"status": MessageStatus.CANCELLED}, None),
    ],
)
def test_outbound_text_counts_once_in_its_state(
    now: datetime, columns: dict[str, Any], state: str | None
) -> None:
    due, again = columns.pop("due", timedelta()), columns.pop("again", None)
    make_message(now, **columns, scheduled_time=now + due, next_attempt_at=again and now + again)
    stats = queue_stats(now)
    in_total = {"total": 1} if state in ("waiting", "active", "delayed") else {}
    assert _changed(stats["event_messages"]) == ({state: 1, **in_total} if state else {})
    assert _changed(stats["follow_up"]) == {}


def test_text_due_this_instant_is_waiting(now: datetime) -> None:
    make_message(now, scheduled_time=now)
    assert queue_stats(now)["event_messages"]["waiting"] == 1


def test_replies_wait_until_they_are_handled(now: datetime) -> None:
    reply = {"direction": Direction.INBOUND, "status": MessageStatus.RECEIVED}
    make_message(now, **reply)
    make_message(now, **reply)
    make_message(now, **reply, handled_at=now)
    stats = queue_stats(now)
    assert _changed(stats["follow_up"]) == {"waiting": 2, "completed": 1, "total": 2}
    assert _changed(stats["event_messages"]) == {}


def test_a_reply_that_was_given_up_has_failed_and_waits_no_more(now: datetime) -> None:
    reply = {"direction": Direction.INBOUND, "status": MessageStatus.RECEIVED}
    make_message(now, **reply, failures=4)
    make_message(now, **reply, failures=5)
    make_message(now, **reply, failures=5, handled_at=now)
    found = _changed(queue_stats(now)["follow_up"])
    assert found == {"waiting": 1, "failed": 1, "completed": 1, "total": 1}


def test_orchestration_counts_planned_batches_top_ups_and_runs(now: datetime) -> None:
    make_event(now, matching_status=MatchingStatus.SCHEDULED, matching_at=now + SOON)
    make_event(now, matching_status=MatchingStatus.SCHEDULED, matching_at=now)
    make_event(now, matching_status=MatchingStatus.QUEUED, matching_at=now + SOON)
    make_event(now, matching_status=MatchingStatus.MISSED)
    make_event(now, matching_status=MatchingStatus.UNSCHEDULED)
    make_event(now, matching_status=MatchingStatus.SCHEDULED, matching_at=now, cancelled_at=now)
    matched = make_event(now, matching_status=MatchingStatus.COMPLETED, top_up_at=now - SOON)
    make_event(now, matching_status=MatchingStatus.COMPLETED, top_up_at=now + SOON)
    for status in RunStatus:
        MatchingRun.insert(event=matched, status=status).execute()
    MatchingRun.insert(event=matched, status=RunStatus.COMPLETED).execute()
    assert queue_stats(now)["event_orchestration"] == {
        "waiting": 3, "active": 1, "completed": 2, "failed": 2, "delayed": 2, "total": 6,
    }  # fmt: skip


def test_three_queries_count_everything(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    execute = db.execute_sql

    def counted(sql: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(sql)
        return execute(sql, *args, **kwargs)

    monkeypatch.setattr(db, "execute_sql", counted)
    queue_stats(now)
    assert len(asked) == 3


@pytest.mark.parametrize("status", MatchingStatus)
@pytest.mark.parametrize("due", [-SOON, SOON, None])
def test_one_events_numbers_are_those_of_all_when_there_is_no_other(
    now: datetime, status: MatchingStatus, due: timedelta | None
) -> None:
    moment = None if due is None else now + due
    event = make_event(now, matching_status=status, matching_at=moment, top_up_at=moment)
    for run in RunStatus:
        MatchingRun.insert(event=event, status=run).execute()
    for text in MessageStatus:
        make_message(now + (due or SOON), event=event, status=text)
    assert event_queue_stats(event, now) == queue_stats(now)
    other = make_event(now, cancelled_at=now, matching_status=status, matching_at=moment)
    assert event_queue_stats(other, now)["event_messages"]["total"] == 0
    waits = event_queue_stats(other, now)["event_orchestration"]["total"]
    assert waits == 0, "nothing waits at an event that is off"
