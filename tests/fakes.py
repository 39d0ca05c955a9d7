"""Hand-written stand-ins: an n8n that answers what it is told, and a clock that is set."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from actors.n8n.outcomes import Outcome, Verdict
from models.n8n_check import Answer, Finding


class FakeGateway:
    """Records what was posted; answers in turn from a list, then accepts everything."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self._outcomes = list(outcomes)
        self.posts: list[tuple[str, dict[str, Any]]] = []

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        self.posts.append((webhook_id, payload["send_via_ghl"]))
        if self._outcomes:
            return self._outcomes.pop(0)
        return Outcome(Verdict.ACCEPTED, ghl_message_id=f"ghl-{len(self.posts)}")

    def probe(self) -> bool:
        return True

    def ask(self, now: datetime) -> Answer:
        return Answer(Finding.FINE, drops_repeats=True)

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.posts]

    @property
    def texts(self) -> list[str]:
        return [part["message"] for _, part in self.posts]


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, **parts: float) -> datetime:
        self._now += timedelta(**parts)
        return self._now
