"""Owns the backstop behind the planner's spacing: no second sees more texts than it may.

Redis counts, by its own clock, so that hosts whose clocks differ still count together.
"""

import logging

import redis

from actors import stopping

KEY = "n8n-pace"
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


class Limiter:
    """Gives out places for texts, at most so many a second and a few of them at once.

    Parameters
    ----------
    per_second : int
        What the planner's spacing aims at, for all workers together.
    """

    def __init__(self, client: redis.Redis, per_second: int) -> None:
        gap = 1_000_000 / (per_second * HEADROOM)
        at_once = max(1, int(per_second * (HEADROOM - 1)))
        self._arguments = (round(gap), round(gap * (at_once - 1)), LONGEST_WAIT_SECONDS * 1_000_000)
        self._script = client.register_script(SCRIPT)

    def take(self) -> float:
        """Return in how many seconds a text may go; above `LONGEST_WAIT_SECONDS` no place is kept.

        Without Redis it may go at once: the spacing still holds, and hardly anything wakes up.
        """
        try:
            return float(self._script(keys=[KEY], args=self._arguments)) / 1_000_000
        except redis.RedisError as error:
            log.warning("the limiter does not answer", extra={"error_type": type(error).__name__})
            return 0.0

    def wait(self) -> float:
        """Wait for a place and return 0, or return how long it would take when that is too long."""
        seconds = self.take()
        if seconds > LONGEST_WAIT_SECONDS or (seconds and stopping.wait(seconds)):
            return seconds
        return 0.0
