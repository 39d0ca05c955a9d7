"""Owns when an organiser is alerted: matching is late or failed, n8n takes no texts that are due.

It needs no Redis, since that may be what is wrong, and opens no connection for longer than it
writes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from actors.alerts import words
from actors.alerts.posting import post_due
from actors.alerts.watching_n8n import N8nWatching
from actors.n8n.gateway import Gateway
from models import alert, alert_occasions, clock, n8n_check
from models.alert import Alert, AlertKind
from models.base import connected, db
from models.config import Config
from models.event import Event, MatchingStatus

# A lunch that is moved near, or an event made at noon, has its batch past its time for a moment.
LATE_AFTER = timedelta(seconds=60)


class Alerting:
    """A round of it is `look`; several may look at once, and each occasion is told once.

    Parameters
    ----------
    gateway : Gateway
        Asked whether texts get through while introductions are about to leave; texts nobody.
    now : callable
        The database's clock; needs an open connection.
    """

    def __init__(
        self, config: Config, gateway: Gateway, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._config = config
        self._n8n = N8nWatching(gateway, now)
        self._now = now

    def look(self) -> None:
        """See what is wrong and what is mended, and post what is to be told."""
        self._n8n.look()
        with connected():
            self.note(self._now())
        post_due(config=self._config, now=self._now)

    def note(self, now: datetime) -> None:
        """Write down what is to be told: occasions and ends, each once."""
        with db.atomic():
            # First what is over: another occasion of its kind may follow at once.
            told: set[int] = set()
            for raised in alert.open_alerts():
                self._note_end(raised, told, now)
            for event in alert_occasions.overdue_or_failed(now):
                self._note_matching(event, now)
            self._note_n8n(now)
            self._note_question(now)

    def _note_matching(self, event: Event, now: datetime) -> None:
        if alert_occasions.has_failed(event):
            kind, wait = AlertKind.MATCHING_FAILED, timedelta(0)
            text = words.matching_failed(event, self._config)
        else:
            kind, wait = AlertKind.MATCHING_LATE, LATE_AFTER
            text = words.matching_late(event, self._config)
        alert.raise_once(_occasion(kind, event), kind, text, now=now, event_id=event.id, wait=wait)

    def _note_n8n(self, now: datetime) -> None:
        since = self._n8n.down_since(now)
        departures = alert_occasions.departures(now) if since is not None else []
        if since is None or not departures:
            return
        minutes = int((now - since).total_seconds() // 60)
        text = words.n8n_down(departures, minutes, self._n8n.trouble(now), self._config)
        occasion = f"{AlertKind.N8N_DOWN}/{since.isoformat()}"
        alert.raise_once(occasion, AlertKind.N8N_DOWN, text, now=now)

    def _note_question(self, now: datetime) -> None:
        """Tell of questions that fail hours before; while n8n's other alert is open, of nothing."""
        check = n8n_check.read()
        since = check.long_failing_since(now)
        if check.answer is None or since is None:
            return
        coming = alert_occasions.coming(now, within=n8n_check.VERY_NEAR)
        if coming:
            minutes = int((now - since).total_seconds() // 60)
            text = words.n8n_down(coming, minutes, check.answer, self._config)
            occasion = f"{AlertKind.N8N_DOWN}/question/{since.isoformat()}"
            alert.raise_once(occasion, AlertKind.N8N_DOWN, text, now=now)

    def _note_end(self, raised: Alert, told: set[int], now: datetime) -> None:
        if raised.kind == AlertKind.N8N_DOWN:
            if self._n8n.is_well_again(raised, now):
                alert.end(raised, words.n8n_back(self._config), now=now)
            elif self._n8n.is_moot(now):
                alert.end(raised, None, now=now)
        elif _is_mended(raised.event):
            # What was late once and failed once is still done only once.
            text = words.matching_done(raised.event, self._config)
            alert.end(raised, None if raised.event_id in told else text, now=now)
            told.add(raised.event_id)
        elif _is_moot(raised, now):
            alert.end(raised, None, now=now)


def _occasion(kind: AlertKind, event: Event) -> str:
    return f"{kind}/{event.id}/{event.matching_at.isoformat()}"


def _is_mended(event: Event) -> bool:
    return event.matching_status == MatchingStatus.COMPLETED and event.cancelled_at is None


def _is_moot(raised: Alert, now: datetime) -> bool:
    """Whether no more is to be said: cancelled, moved, or failed, which is told by itself."""
    event = raised.event
    if event.cancelled_at is not None or event.matching_at is None or event.matching_at > now:
        return True
    is_this_failure = raised.occasion == _occasion(AlertKind.MATCHING_FAILED, event)
    return alert_occasions.has_failed(event) and not is_this_failure
