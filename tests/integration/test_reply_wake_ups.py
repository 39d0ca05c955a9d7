"""Replies are woken one after another; those without a place, or without Redis, a little later."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from actors.broker import FOLLOW_UP_QUEUE, broker, connect_broker
from actors.conversation.receiving import Inbound, receive
from actors.n8n.limiter import (
    HEADROOM,
    LONGEST_WAIT_OF_A_REPLY_SECONDS,
    LONGEST_WAIT_OF_AN_OLD_REPLY_SECONDS,
    REPLIES_AT_ONCE,
    Limiter,
)
from actors.planning.reply_wake_ups import UNHANDLED_AFTER, ReplyWakeUps, wake_stored
from actors.planning.wake_ups import RedisGoneError
from models.config import Config
from models.message import EventMessage
from models.opt_out import has_opted_out
from tests.integration.test_planner import wake_ups

PHONE = "+15125550123"
PER_SECOND = 5
KEPT = REPLIES_AT_ONCE + round(PER_SECOND * HEADROOM * LONGEST_WAIT_OF_A_REPLY_SECONDS)
KEPT_FOR_OLD = REPLIES_AT_ONCE + round(PER_SECOND * HEADROOM * LONGEST_WAIT_OF_AN_OLD_REPLY_SECONDS)
SECOND = timedelta(seconds=1)


def stored(count: int, at: datetime) -> list[int]:
    """Store what so many people say; nobody is woken by that."""
    said = [
        Inbound(f"+1512555{number:04}", "YES", f"ghl:{number}", None, None, None, {})
        for number in range(count)
    ]
    return [receive(each, now=at).message_id for each in said]


def woken() -> list[int]:
    """Return whose wake-ups wait in Redis."""
    return [message_id for _, message_id in wake_ups(FOLLOW_UP_QUEUE)]


def test_in_a_rush_a_stored_reply_is_put_off_or_left_to_the_planner(now: datetime) -> None:
    for message_id in range(200):
        wake_stored(message_id, texts_per_second=PER_SECOND)
    put_off = [message_id for eta, message_id in wake_ups(FOLLOW_UP_QUEUE) if eta is not None]
    assert len(woken()) == pytest.approx(KEPT, abs=2)
    assert len(woken()) - len(put_off) >= REPLIES_AT_ONCE
    assert put_off == sorted(put_off), "they come in the order in which they were stored"


def test_the_planner_wakes_no_more_than_there_are_places_for(now: datetime) -> None:
    waiting = stored(200, now - UNHANDLED_AFTER - SECOND)
    looks = ReplyWakeUps(PER_SECOND)
    for second in range(60):
        looks.send(now + second * SECOND / 10)
    assert len(woken()) == pytest.approx(KEPT_FOR_OLD, abs=5)
    assert set(woken()) == set(waiting[: len(woken())]), "the oldest first"


def test_who_found_no_place_is_not_passed_by_those_that_come_now(now: datetime) -> None:
    waiting = stored(200, now - UNHANDLED_AFTER - SECOND)
    looks = ReplyWakeUps(PER_SECOND)
    for message_id in range(-100, 0):
        wake_stored(message_id, texts_per_second=PER_SECOND)
    looks.send(now)
    looks.send(now + SECOND)
    assert {*waiting[: 2 * PER_SECOND]} <= {*woken()}
    before = len(woken())
    for message_id in range(-200, -100):
        wake_stored(message_id, texts_per_second=PER_SECOND)
    assert len(woken()) == before, "those that come now wait for the planner"


def test_the_planner_goes_on_once_there_are_places(now: datetime) -> None:
    [only] = stored(1, now - UNHANDLED_AFTER - SECOND)
    looks = ReplyWakeUps(PER_SECOND)
    for _ in range(100):
        Limiter.of_replies(broker.client, PER_SECOND, 60).take()
    looks.send(now)
    assert woken() == []
    broker.client.flushdb()
    looks.send(now + SECOND)
    assert woken() == [only]


def test_without_redis_a_reply_is_stored_and_found_later(
    servers: dict[str, str], client: FlaskClient, config: Config, now: datetime
) -> None:
    connect_broker("redis://127.0.0.1:1/0")
    answer = client.post(
        "/webhooks/n8n/inbound-sms",
        json={"phone": PHONE, "message_content": "STOP", "ghl_message_id": "g-1"},
        headers={"Authorization": f"Bearer {config.n8n_webhook_token}"},
    )
    assert (answer.status_code, has_opted_out(PHONE)) == (200, True)
    message_id = EventMessage.get(EventMessage.phone == PHONE).id
    later = now + UNHANDLED_AFTER + SECOND
    looks = ReplyWakeUps(PER_SECOND)
    with pytest.raises(RedisGoneError):
        looks.send(later)
    connect_broker(servers["REDIS_URL"])
    looks.send(later + SECOND)
    assert woken() == [message_id]


def test_a_repeat_wakes_nobody(client: FlaskClient, config: Config) -> None:
    for _ in range(2):
        client.post(
            "/webhooks/n8n/inbound-sms",
            json={"phone": PHONE, "message_content": "YES", "ghl_message_id": "g-1"},
            headers={"Authorization": f"Bearer {config.n8n_webhook_token}"},
        )
    assert len(woken()) == 1
