"""Owns keeping a worker from its first message until it knows that the database is no copy."""

import logging
from typing import Any

import dramatiq
from dramatiq.middleware import SkipMessage

from actors.process import after_restore
from models import clock
from models.config import Config

log = logging.getLogger(__name__)


class NothingFromACopy(dramatiq.Middleware):
    """Asks before a process's first message whether the database is a restored copy.

    A wake-up of before may still be in Redis, and would text people once more. Without an answer
    the message is passed over; the planner finds its row again.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._is_known = False

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Ask once; the connection is open by now."""
        if self._is_known:
            return
        try:
            after_restore.check(now=clock.now(), config=self._config)
        except Exception as error:
            log.warning("cannot tell which database this is", extra={"error": type(error).__name__})
            raise SkipMessage from error
        self._is_known = True
