"""What may not leave at this moment gets another one: nothing is lost, nothing asks for ever."""

from datetime import timedelta

import pytest

from models.message import EventMessage
from models.message_status import MessageStatus
from tests.fakes import FakeGateway, SetClock
from tests.sending import introduction, reread, send


def test_two_texts_to_one_person_are_never_in_the_air_together(clock: SetClock) -> None:
    first = introduction(clock())
    EventMessage.update(status=MessageStatus.SENDING).where(EventMessage.id == first.id).execute()
    second = introduction(
        clock(), event=first.event, contractor=first.contractor, status=MessageStatus.QUEUED
    )
    gateway = FakeGateway()
    wait = send(second, clock, gateway)
    assert gateway.posts == []
    assert wait == timedelta(milliseconds=500)
    waiting = reread(second)
    assert (waiting.status, waiting.wake_at) == ("queued", clock() + wait)


def test_a_wake_up_that_is_a_moment_early_waits_for_the_rest(clock: SetClock) -> None:
    message = introduction(clock() + timedelta(milliseconds=70), status=MessageStatus.QUEUED)
    gateway = FakeGateway()
    assert send(message, clock, gateway) == timedelta(milliseconds=70)
    assert (gateway.posts, reread(message).status) == ([], "queued")


@pytest.mark.parametrize("later", [timedelta(minutes=10), timedelta(milliseconds=110)])
def test_a_wake_up_for_a_time_that_was_moved_is_stale(clock: SetClock, later: timedelta) -> None:
    message = introduction(clock() + later, status=MessageStatus.QUEUED)
    gateway = FakeGateway()
    assert send(message, clock, gateway) is None
    assert (gateway.posts, reread(message).status) == ([], "scheduled")


def test_a_text_does_not_ask_again_and_again_while_a_dead_sender_has_its_person(
    clock: SetClock,
) -> None:
    until = clock() + timedelta(seconds=40)
    first = introduction(clock(), status=MessageStatus.SENDING, lease_until=until)
    second = introduction(
        clock(), event=first.event, contractor=first.contractor, status=MessageStatus.QUEUED
    )
    assert send(second, clock, FakeGateway()) is None
    waiting = reread(second)
    assert (waiting.status, waiting.due, waiting.wake_at) == ("scheduled", until, None)
