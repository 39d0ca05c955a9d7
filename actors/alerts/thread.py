"""Owns when a process looks for what to alert of: every five seconds, if its planner leads."""

import logging
import threading
from collections.abc import Callable

from actors.alerts.alerting import Alerting

LOOK_SECONDS = 5.0

log = logging.getLogger(__name__)


class AlertThread(threading.Thread):
    """Looks apart from the planner, whose second must not wait for somebody's webhook.

    Parameters
    ----------
    leads : callable
        Whether this process plans. That two do for a moment does no harm.
    """

    def __init__(self, alerting: Alerting, leads: Callable[[], bool]) -> None:
        super().__init__(name="alerts", daemon=True)
        self._alerting = alerting
        self._leads = leads
        self._ending = threading.Event()

    def run(self) -> None:
        """Look until told to stop; whatever goes wrong is logged and tried again."""
        while not self._ending.wait(LOOK_SECONDS):
            if not self._leads():
                continue
            try:
                self._alerting.look()
            except Exception:
                log.exception("looking for what to alert of broke")

    def stop(self) -> None:
        """Look no more; what is being posted right now may end."""
        self._ending.set()
