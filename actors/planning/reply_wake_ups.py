"""Owns waking replies up: one after another, so that others can be stored meanwhile."""

import logging
from datetime import datetime, timedelta
from functools import cache
from math import ceil

import redis
from dramatiq.errors import BrokerError

from actors.broker import broker
from actors.conversation.replies import handle_reply
from actors.n8n.limiter import (
    LONGEST_WAIT_OF_A_REPLY_SECONDS,
    LONGEST_WAIT_OF_AN_OLD_REPLY_SECONDS,
    Limiter,
)
from actors.planning.wake_ups import redis_wanted
from models import outbox

# Longer than a place is kept ahead, so that none is woken while it waits for its own.
UNHANDLED_AFTER = timedelta(seconds=5)
# Longer than a place is kept for those that waited.
WAKE_AGAIN_AFTER = timedelta(seconds=10)

log = logging.getLogger(__name__)


def wake_stored(message_id: int, *, texts_per_second: int) -> None:
    """Wake a reply that was just stored; in a rush, or without Redis, the planner does so."""
    try:
        _wake(message_id, _places(texts_per_second, LONGEST_WAIT_OF_A_REPLY_SECONDS))
    except (BrokerError, redis.RedisError) as error:
        fields = {"message_id": message_id, "error": type(error).__name__}
        log.warning("reply stored, but its wake-up could not be sent", extra=fields)


class ReplyWakeUps:
    """Sends wake-ups for replies that were stored a while ago and not handled.

    It remembers whom it woke: one that waits for its event is not woken each second meanwhile.

    Parameters
    ----------
    texts_per_second : int
        The pace, which is that of replies as well.
    """

    def __init__(self, texts_per_second: int) -> None:
        self._texts_per_second = texts_per_second
        self._woken_at: dict[int, datetime] = {}

    def send(self, now: datetime) -> None:
        """Wake those that were not woken just before, the oldest first; it is called each second.

        Raises
        ------
        RedisGoneError
            When Redis does not take them; the next look sends them then.
        """
        places = _places(self._texts_per_second, LONGEST_WAIT_OF_AN_OLD_REPLY_SECONDS)
        since = now - WAKE_AGAIN_AFTER
        self._woken_at = {key: at for key, at in self._woken_at.items() if at > since}
        replies = outbox.unhandled_replies(
            now=now,
            older_than=now - UNHANDLED_AFTER,
            besides=self._woken_at,
            limit=self._texts_per_second,
        )
        for reply_id in replies:
            with redis_wanted():
                is_woken = _wake(reply_id, places)
            if not is_woken:
                return
            self._woken_at[reply_id] = now


def _wake(message_id: int, places: Limiter) -> bool:
    """Send a wake-up for when the reply's place comes; False when none is kept for it."""
    place = places.take()
    if place.is_kept:
        delay_ms = ceil(place.wait_seconds * 1000)
        handle_reply.send_with_options(args=(message_id,), delay=delay_ms or None)
    return place.is_kept


@cache
def _places(texts_per_second: int, longest_wait_seconds: float) -> Limiter:
    return Limiter.of_replies(broker.client, texts_per_second, longest_wait_seconds)
