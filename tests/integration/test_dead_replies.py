"""A reply that our own code breaks on is tried five times, then waits for a person, in sight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from peewee import OperationalError

import actors.conversation.replies
from actors.control import steering
from actors.conversation.done import Done
from actors.conversation.receiving import Inbound, receive
from actors.conversation.replies import handle
from models import inbound, outbox
from models.base import db
from models.config import Config
from models.message import EventMessage
from models.opt_out import has_opted_out
from tests.factories import make_contractor
from tests.fakes import SetClock

PHONE = "+15125550123"
BROKEN, GOOD = "a text that nobody foresaw", "HELP"
_ids = count(1)


@pytest.fixture(autouse=True)
def _breaks_on_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    real = actors.conversation.replies.answer

    def answer(message: EventMessage, *args: Any, **kwargs: Any) -> Done:
        if message.message_content == BROKEN:
            EventMessage.update(action_taken="half done").where(
                EventMessage.id == message.id
            ).execute()
            raise ZeroDivisionError(f"can not answer {message.phone}")
        return real(message, *args, **kwargs)

    monkeypatch.setattr(actors.conversation.replies, "answer", answer)


def say(text: str, now: datetime) -> int:
    return receive(
        Inbound(
            phone=PHONE,
            text=text,
            key=f"ghl:d-{next(_ids)}",
            ghl_contact_id=None,
            ghl_location_id=None,
            ghl_message_id=None,
            raw_payload={},
        ),
        now=now,
    ).message_id


def fresh(message_id: int) -> EventMessage:
    found: EventMessage = EventMessage.get_by_id(message_id)
    return found


def found(clock: SetClock) -> list[int]:
    """What the planner would wake."""
    return outbox.unhandled_replies(now=clock(), older_than=clock(), limit=9)


def given_up() -> list[int]:
    return [row.id for row in EventMessage.select().where(inbound.is_given_up())]


def try_until_given_up(message_id: int, clock: SetClock, config: Config) -> list[float]:
    """Wake it each second, as a planner may; return after how many seconds it was tried."""
    tried = []
    for second in range(120):
        before = fresh(message_id).failures
        handle(message_id, now=clock(), config=config)
        if fresh(message_id).failures > before:
            tried.append(float(second))
        clock.advance(seconds=1)
    return tried


def test_a_reply_that_breaks_is_tried_five_times_ever_later(
    clock: SetClock, config: Config
) -> None:
    broken = say(BROKEN, clock())
    assert try_until_given_up(broken, clock, config) == [0, 5, 15, 35, 75]
    row = fresh(broken)
    assert (row.status, row.failures, row.handled_at) == ("received", 5, None)
    assert row.error_message == "ZeroDivisionError", "the reason names no phone"
    assert row.action_taken is None, "what it did before it broke is undone"
    assert given_up() == [broken]


def test_it_is_not_given_up_before_the_fifth_time(clock: SetClock, config: Config) -> None:
    broken = say(BROKEN, clock())
    for _ in range(4):
        handle(broken, now=clock(), config=config)
        clock.advance(minutes=2)
        assert given_up() == []
    assert steering.retry_reply(broken, now=clock()) is False


def test_a_reply_that_was_given_up_is_handled_when_a_person_retries_it(
    clock: SetClock, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = say(BROKEN, clock())
    try_until_given_up(broken, clock, config)
    assert steering.retry_reply(broken, now=clock())
    assert (given_up(), fresh(broken).error_message) == ([], None)
    assert found(clock) == [broken]
    monkeypatch.setattr(
        actors.conversation.replies, "answer", lambda *_args, **_kwargs: Done("answered")
    )
    handle(broken, now=clock(), config=config)
    row = fresh(broken)
    assert (row.handled_at, row.action_taken) == (clock(), "answered")
    assert steering.retry_reply(broken, now=clock()) is False


def test_a_retried_reply_that_still_breaks_is_given_up_again(
    clock: SetClock, config: Config
) -> None:
    broken = say(BROKEN, clock())
    try_until_given_up(broken, clock, config)
    assert steering.retry_reply(broken, now=clock())
    assert len(try_until_given_up(broken, clock, config)) == 5
    assert given_up() == [broken]


def test_a_good_reply_behind_a_broken_one_is_not_delayed(clock: SetClock, config: Config) -> None:
    broken, good = say(BROKEN, clock()), say(GOOD, clock())
    for reply in (broken, good):
        handle(reply, now=clock(), config=config)
    assert fresh(good).action_taken == "sent help"
    assert fresh(broken).failures == 1


def test_a_stop_is_obeyed_although_its_answer_breaks(
    clock: SetClock, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> str:
        raise ZeroDivisionError

    make_contractor(phone=PHONE)
    monkeypatch.setattr(actors.conversation.replies, "answer", broken)
    said = say("STOP", clock())
    handle(said, now=clock(), config=config)
    assert has_opted_out(PHONE)
    assert (fresh(said).failures, fresh(said).action_taken) == (1, "opted out")


def test_a_lost_database_is_not_held_against_a_reply(
    clock: SetClock, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_args: Any, **_kwargs: Any) -> str:
        raise OperationalError("terminating connection due to administrator command")

    said = say(GOOD, clock())
    with monkeypatch.context() as patch:
        patch.setattr(actors.conversation.replies, "answer", lost)
        for _ in range(6):
            with pytest.raises(OperationalError):
                handle(said, now=clock(), config=config)
    assert (fresh(said).failures, fresh(said).next_attempt_at) == (0, None)
    handle(said, now=clock(), config=config)
    assert fresh(said).handled_at == clock()


def test_a_handled_reply_forgets_how_often_it_broke_before(
    clock: SetClock, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = say(BROKEN, clock())
    handle(broken, now=clock(), config=config)
    assert fresh(broken).error_message == "ZeroDivisionError"
    monkeypatch.setattr(
        actors.conversation.replies, "answer", lambda *_args, **_kwargs: Done("answered")
    )
    clock.advance(seconds=6)
    handle(broken, now=clock(), config=config)
    row = fresh(broken)
    assert (row.handled_at, row.error_message, row.next_attempt_at) == (clock(), None, None)


def test_the_planner_leaves_alone_what_is_not_due_or_given_up(
    clock: SetClock, config: Config
) -> None:
    broken = say(BROKEN, clock())
    clock.advance(seconds=1)
    assert found(clock) == [broken]
    handle(broken, now=clock(), config=config)
    assert found(clock) == []
    clock.advance(seconds=6)
    assert found(clock) == [broken]
    try_until_given_up(broken, clock, config)
    assert found(clock) == []


@pytest.mark.commits
def test_a_reply_that_somebody_handles_right_now_keeps_nobody_waiting(
    clock: SetClock, config: Config
) -> None:
    said = say(GOOD, clock())

    def wake_again() -> None:
        with db.connection_context(), db.atomic():
            db.execute_sql("SET LOCAL lock_timeout = '5s'")
            handle(said, now=clock(), config=config)

    with ThreadPoolExecutor(1) as threads, db.atomic():
        assert inbound.lock_unhandled(said, now=clock())
        threads.submit(wake_again).result()
    assert (fresh(said).handled_at, fresh(said).failures) == (None, 0)
    handle(said, now=clock(), config=config)
    assert fresh(said).action_taken == "sent help"
