"""Owns what is known of n8n while introductions are near: what it answers, and if it is well."""

from collections.abc import Callable
from datetime import datetime, timedelta

from actors.n8n.gateway import Gateway
from models import alert, alert_occasions, n8n_check, n8n_state
from models.alert import Alert, AlertKind
from models.base import connected, db
from models.n8n_check import Answer, Finding
from models.service_state import UP

# A restart of n8n takes less; so does one lost packet.
STAYS_AFTER = timedelta(seconds=20)
ASK_EVERY = timedelta(seconds=10)


class N8nWatching:
    """Asks n8n the signed question while somebody has to know whether texts get through.

    A flow that does not know the question is only asked whether it is there, since it may list
    each question as a run that failed.
    """

    def __init__(self, gateway: Gateway, now: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._now = now
        self._answer: Answer | None = None
        self._asked_at: datetime | None = None

    def look(self) -> None:
        """Ask n8n if it is time to, and write down what that shows."""
        with connected():
            now = self._now()
            is_to_be_asked = self._is_to_be_asked(now)
            known = n8n_check.read().answer
        if not is_to_be_asked:
            return
        is_foreign = known is not None and known.finding is Finding.UNKNOWN_FLOW
        answer = self._is_there() if is_foreign else self._gateway.ask(now)
        with connected(), db.atomic():
            now = self._now()
            self._answer, self._asked_at = answer, now
            if not is_foreign:
                n8n_check.keep(answer, now=now)
            is_up = not answer.is_fault and not n8n_state.read().is_down
            alert_occasions.note_watch(is_up=is_up, now=now)

    def trouble(self, now: datetime) -> Answer:
        """Return what is wrong; where the question shows nothing, why the last text failed."""
        answer = self._last(now)
        if answer is not None and answer.is_fault:
            return answer
        return Answer(Finding.FLOW, n8n_state.read().reason or "n8n does not take our texts")

    def down_since(self, now: datetime) -> datetime | None:
        """Return since when no text gets through, or None while they do, or only just do not."""
        known, watch = n8n_state.read(), alert_occasions.watch(now)
        moments = [known.since] if known.is_down else []
        if watch is not None and not watch.is_up:
            moments.append(watch.since)
        since = min((moment for moment in moments if moment is not None), default=None)
        return since if since is not None and since <= now - STAYS_AFTER else None

    def is_well_again(self, raised: Alert, now: datetime) -> bool:
        """Whether n8n has accepted a text, or a question that proves as much, for a while.

        The question does not reach as far as the provider: with texts past their time, one of them
        has to have left.
        """
        if not self._answers(now):
            return False
        answer = self._last(now)
        is_proven = answer is not None and answer.finding is Finding.FINE
        if is_proven and (n8n_state.read().state == UP or not alert_occasions.is_text_overdue(now)):
            return True
        return alert_occasions.has_text_left(since=raised.raised_at)

    def is_moot(self, now: datetime) -> bool:
        """Whether nothing is wrong that is known of, and nothing leaves that could prove it."""
        return self._answers(now) and not alert_occasions.departures(now)

    def _answers(self, now: datetime) -> bool:
        watch = alert_occasions.watch(now)
        is_up = watch is not None and watch.is_up and watch.since <= now - STAYS_AFTER
        return is_up and not n8n_state.read().is_down

    def _is_to_be_asked(self, now: datetime) -> bool:
        with db.atomic():
            if n8n_state.read().is_down:
                alert_occasions.note_watch(is_up=False, now=now)
            if self._asked_at is not None and now - self._asked_at < ASK_EVERY:
                return False
            is_open = any(each.kind == AlertKind.N8N_DOWN for each in alert.open_alerts())
            return is_open or bool(alert_occasions.departures(now))

    def _is_there(self) -> Answer:
        if self._gateway.probe():
            return Answer(Finding.UNKNOWN_FLOW)
        return Answer(Finding.UNREACHABLE, "it does not answer")

    def _last(self, now: datetime) -> Answer | None:
        """Return what n8n answered lately."""
        is_fresh = self._asked_at is not None and now - self._asked_at <= 3 * ASK_EVERY
        return self._answer if is_fresh else None
