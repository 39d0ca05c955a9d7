"""An introduction that is due, and a worker that sends it, for tests of one text's way out."""

from datetime import datetime
from typing import Any

from actors.sending.delivery import deliver
from models.message import EventMessage
from tests.conftest import settings
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.fakes import FakeGateway, SetClock

DATA = {
    "peer_name": "Zeek Test",
    "peer_company": "Zeek Co",
    "peer_location": "Houston, TX",
    "match_reason": "both focused on controlling lead flow",
    "match_score": 0.73,
}


def introduction(now: datetime, **columns: Any) -> EventMessage:
    event = columns.pop("event", None) or make_event(now)
    person = columns.pop("contractor", None) or make_attendee(event).contractor
    match = make_match(event, person, make_contractor())
    return make_message(
        now, event=event, contractor=person, match=match, personalization_data=DATA, **columns
    )


def send(message: EventMessage, clock: SetClock, gateway: FakeGateway, **changes: str) -> Any:
    return deliver(message.id, now=clock, gateway=gateway, config=settings(**changes))


def reread(message: EventMessage) -> EventMessage:
    return EventMessage.get_by_id(message.id)
