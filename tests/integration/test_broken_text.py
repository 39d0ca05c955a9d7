"""A text that our own code breaks on is tried a few times, then it is a row with a reason."""

from typing import Any

import peewee
import pytest

from actors.sending import preparing
from actors.sending.delivery import deliver
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.conftest import settings
from tests.fakes import FakeGateway, SetClock
from tests.integration.test_doubt import introduction, reread

DATA = ["not what it should be"]


def test_it_is_tried_five_times_with_growing_pauses_and_then_fails(clock: SetClock) -> None:
    message = introduction(clock(), personalization_data=DATA, status=MessageStatus.QUEUED)
    gateway = FakeGateway()
    pauses = []
    for _ in range(5):
        deliver(message.id, now=clock, gateway=gateway, config=settings())
        row = reread(message)
        if row.status == "scheduled":
            pauses.append((row.due - clock()).total_seconds())
            clock.advance(seconds=pauses[-1])
    assert pauses == [5, 10, 20, 40]
    assert gateway.posts == []
    assert (row.status, row.failures, row.attempts) == ("failed", 5, 0)
    assert row.error_message == "our own code broke on it (AttributeError) 5 times"
    assert EventMessage.select().where(EventMessage.retry_of == row.id).count() == 0


def test_it_does_not_keep_the_next_text_from_leaving(clock: SetClock) -> None:
    broken = introduction(clock(), personalization_data=DATA)
    sound = introduction(clock())
    gateway = FakeGateway()
    for message in (broken, sound):
        deliver(message.id, now=clock, gateway=gateway, config=settings())
    assert [reread(row).status for row in (broken, sound)] == ["scheduled", "sent"]


def test_one_that_may_have_left_before_is_held_and_not_failed(clock: SetClock) -> None:
    message = introduction(clock(), personalization_data=DATA, failures=4, is_doubtful=True)
    config = settings(N8N_DROPS_REPEATS="1")
    deliver(message.id, now=clock, gateway=FakeGateway(), config=config)
    assert reread(message).status == "held"
    assert "may have been sent" in reread(message).error_message


def test_a_lost_database_is_not_the_texts_fault(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = introduction(clock())

    def lose(*_: Any, **__: Any) -> None:
        raise peewee.OperationalError("the connection was lost")

    monkeypatch.setattr(preparing.claiming, "read", lose)
    with pytest.raises(peewee.OperationalError):
        deliver(message.id, now=clock, gateway=FakeGateway(), config=settings())
    assert (reread(message).status, reread(message).failures) == ("scheduled", 0)
