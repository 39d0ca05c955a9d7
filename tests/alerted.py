"""The world in which an organiser is alerted: an n8n that may be silent, events that are late."""

import json
from datetime import datetime, timedelta
from typing import Any

from actors.alerts.alerting import Alerting
from models import service_state
from models.event import Event, MatchingStatus
from models.n8n_check import Answer, Finding
from tests.factories import make_attendee, make_event, make_match, make_message
from tests.fakes import FakeGateway, SetClock
from tests.sink import Sink

MINUTE = timedelta(minutes=1)


class Silent(FakeGateway):
    """An n8n that may not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.is_there = False
        self.probes = 0
        self.questions = 0
        self.finding = Finding.FINE

    def probe(self) -> bool:
        self.probes += 1
        return self.is_there

    def ask(self, now: datetime) -> Answer:
        self.questions += 1
        if not self.is_there:
            return Answer(Finding.UNREACHABLE, "n8n refused the connection")
        return Answer(self.finding, drops_repeats=True)


def said(chat: Sink) -> list[str]:
    return [json.loads(request.raw)["text"] for request in chat.requests]


def late_event(now: datetime, **columns: Any) -> Event:
    due = {"matching_status": MatchingStatus.QUEUED, "matching_at": now - 2 * MINUTE}
    return make_event(now, **{**due, "introductions_at": now + 18 * MINUTE, **columns})


def departing_event(now: datetime, minutes: float, **columns: Any) -> Event:
    """Introductions for two people leave in so many minutes."""
    event = make_event(now, matching_status=MatchingStatus.COMPLETED, **columns)
    pair = [make_attendee(event).contractor for _ in range(2)]
    match = make_match(event, *pair)
    for person in pair:
        make_message(
            now + minutes * MINUTE, event=event, contractor=person, match=match, phone=person.phone
        )
    return event


def is_late(watch: Alerting, clock: SetClock) -> None:
    """Look, and look again when what was past its time then still is."""
    watch.look()
    clock.advance(seconds=61)
    watch.look()


def n8n_is(state: str, now: datetime, *, since: datetime) -> None:
    for moment in (since, now):
        service_state.report(service_state.N8N, state, now=moment, message="n8n refused")
