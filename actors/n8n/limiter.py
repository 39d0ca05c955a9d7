"""Owns what no second may see more of: texts, behind the planner's spacing, and replies at work.

Redis counts, by its own clock, so that hosts whose clocks differ still count together.
"""

import logging
from typing import NamedTuple

import redis

from actors.process import stopping

KEY = "n8n-pace"
REPLIES_KEY = "reply-pace"
# Answers leave at the pace of texts. Working at replies faster than this would only keep those
# that are still coming in from being stored.
REPLIES_FOR_EACH_TEXT = 1
# A reply that is worked at holds its two phones, and whoever texts from one of them waits to be
# stored: so they begin one after another, except for these few.
REPLIES_AT_ONCE = 4
# Shorter than the planner leaves a reply alone, so that none gets two places.
LONGEST_WAIT_OF_A_REPLY_SECONDS = 4.0
# So that those that found no place when they came are not passed by those that come now.
LONGEST_WAIT_OF_AN_OLD_REPLY_SECONDS = 8.0
# A little more than the spacing aims at, so that what a stall has held up can catch up.
HEADROOM = 1.03
LONGEST_WAIT_SECONDS = 0.5

# One number is kept: when the next place begins. Whoever comes early enough gets that place and
# waits for it; a number further ahead than we ever write comes from a clock that was put back.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local gap, burst, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = tonumber(redis.call('GET', KEYS[1]) or now)
free = math.min(math.max(free, now), now + longest + burst + gap)
local wait = math.max(0, free - burst - now)
if wait <= longest then
    redis.call('SET', KEYS[1], string.format('%.0f', free + gap), 'PX', 60000)
end
return wait
"""

log = logging.getLogger(__name__)


class Place(NamedTuple):
    """In how many seconds somebody may go, and whether that moment is kept for them."""

    wait_seconds: float
    is_kept: bool


class Limiter:
    """Gives out places, at most so many a second and a few of them at once.

    Parameters
    ----------
    per_second : int
        For all workers together; of texts, what the planner's spacing aims at.
    at_once : int or None
        How many places may be taken in one moment; None is what the headroom allows.
    longest_wait_seconds : float
        For how long a place is kept for whoever comes too early for it.
    """

    def __init__(
        self,
        client: redis.Redis,
        per_second: int,
        *,
        key: str = KEY,
        at_once: int | None = None,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        gap = 1_000_000 / (per_second * HEADROOM)
        burst = at_once or max(1, int(per_second * (HEADROOM - 1)))
        self._arguments = (round(gap), round(gap * (burst - 1)), longest_wait_seconds * 1_000_000)
        self._key = key
        self._longest_wait_seconds = longest_wait_seconds
        self._script = client.register_script(SCRIPT)

    @classmethod
    def of_replies(
        cls,
        client: redis.Redis,
        texts_per_second: int,
        longest_wait_seconds: float = LONGEST_WAIT_OF_A_REPLY_SECONDS,
    ) -> "Limiter":
        """Return the places for replies, kept for some seconds ahead.

        One for each text: most replies are answered by one, so that to work at them faster would
        only make answers wait, and keep those that are still coming in from being stored.
        """
        return cls(
            client,
            texts_per_second,
            key=REPLIES_KEY,
            at_once=REPLIES_AT_ONCE,
            longest_wait_seconds=longest_wait_seconds,
        )

    def take(self) -> Place:
        """Take the next place, unless it is further ahead than places are kept.

        Raises
        ------
        redis.RedisError
            When nobody counts.
        """
        seconds = float(self._script(keys=[self._key], args=self._arguments)) / 1_000_000
        return Place(seconds, seconds <= self._longest_wait_seconds)

    def wait(self) -> float:
        """Wait for a place and return 0, or return how long it would take when that is too long.

        Without Redis it may go at once: the spacing still holds, and hardly anything wakes up.
        """
        try:
            place = self.take()
        except redis.RedisError as error:
            log.warning("the limiter does not answer", extra={"error_type": type(error).__name__})
            return 0.0
        waits = place.is_kept and place.wait_seconds > 0
        if not place.is_kept or (waits and stopping.wait(place.wait_seconds)):
            return place.wait_seconds
        return 0.0
