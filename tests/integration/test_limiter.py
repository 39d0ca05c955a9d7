"""However many threads and processes send, no second sees more texts than it may."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import redis

from actors.broker import broker
from actors.n8n.limiter import (
    HEADROOM,
    KEY,
    LONGEST_WAIT_OF_A_REPLY_SECONDS,
    LONGEST_WAIT_SECONDS,
    REPLIES_AT_ONCE,
    Limiter,
    Place,
)
from actors.process import stopping

PER_SECOND = 200


def clients(servers: dict[str, str], count: int) -> list[redis.Redis]:
    return [redis.Redis.from_url(servers["REDIS_URL"]) for _ in range(count)]


def most_in_a_second(moments: list[float]) -> int:
    moments = sorted(moments)
    return max(sum(start <= each < start + 1 for each in moments) for start in moments)


def test_no_sliding_second_holds_more_than_a_tenth_too_much(servers: dict[str, str]) -> None:
    limiters = [Limiter(client, PER_SECOND) for client in clients(servers, 2)]

    def take(number: int) -> float:
        limiter = limiters[number % 2]
        while not (place := limiter.take()).is_kept:
            time.sleep(place.wait_seconds - LONGEST_WAIT_SECONDS)
        return time.monotonic() + place.wait_seconds

    with ThreadPoolExecutor(8) as threads:
        moments = list(threads.map(take, range(500)))
    assert most_in_a_second(moments) <= PER_SECOND * 1.1
    assert max(moments) - min(moments) <= 500 / PER_SECOND * 1.1, "it is no slower than it says"


def test_the_clock_of_a_host_does_not_matter(
    servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = Limiter(broker.client, 1)
    assert limiter.take() == Place(0, is_kept=True)
    for ahead in (-300, 300):
        monkeypatch.setattr(time, "time", lambda ahead=ahead: 1_800_000_000 + ahead)
        assert 0.8 < limiter.take().wait_seconds <= 1


def test_what_is_too_far_off_is_refused_and_keeps_no_place() -> None:
    limiter = Limiter(broker.client, 1)
    limiter.take()
    refused = [limiter.take() for _ in range(5)]
    assert not any(place.is_kept for place in refused)
    assert max(place.wait_seconds for place in refused) <= 1
    assert limiter.wait() > LONGEST_WAIT_SECONDS


def test_waiting_for_a_place_takes_as_long_as_it_says() -> None:
    limiter = Limiter(broker.client, 10)
    started = time.monotonic()
    assert [limiter.wait() for _ in range(4)] == [0, 0, 0, 0]
    assert 0.25 < time.monotonic() - started < 1


def test_a_process_that_stops_waits_for_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = Limiter(broker.client, 3)
    limiter.take()
    monkeypatch.setattr(stopping, "wait", lambda _seconds: True)
    assert limiter.wait() > 0


def test_a_redis_that_forgot_everything_starts_anew() -> None:
    limiter = Limiter(broker.client, 1)
    limiter.take()
    broker.client.flushall()
    broker.client.script_flush()
    assert limiter.take() == Place(0, is_kept=True)


def test_a_clock_of_redis_that_was_put_back_blocks_nobody_for_long() -> None:
    broker.client.set(KEY, 9_000_000_000_000_000)
    limiter = Limiter(broker.client, 10)
    assert limiter.take().wait_seconds < 1


def test_without_redis_texts_may_go() -> None:
    assert Limiter(redis.Redis(port=1, socket_connect_timeout=1), 1).wait() == 0


def test_a_few_replies_come_at_once_and_the_others_in_turn(servers: dict[str, str]) -> None:
    limiter = Limiter.of_replies(broker.client, 4)
    taken = [limiter.take() for _ in range(40)]
    gap = 1 / (4 * HEADROOM)
    in_turn = [place.wait_seconds for place in taken if place.is_kept][REPLIES_AT_ONCE:]
    steps = [later - earlier for earlier, later in pairwise(in_turn)]
    assert taken[:REPLIES_AT_ONCE] == [Place(0, is_kept=True)] * REPLIES_AT_ONCE
    assert len(in_turn) == pytest.approx(LONGEST_WAIT_OF_A_REPLY_SECONDS / gap, abs=1)
    assert steps == pytest.approx([gap] * len(steps), abs=0.05)
    assert max(in_turn) <= LONGEST_WAIT_OF_A_REPLY_SECONDS, "no place is kept further ahead"
    assert Limiter(broker.client, 1).take().wait_seconds == 0, "texts have places of their own"
