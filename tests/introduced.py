"""Two people who got each other's introduction, for tests of what their answers do at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Barrier
from typing import Any

from actors.conversation.receiving import Inbound, receive
from actors.conversation.replies import handle
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageStatus
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_match, make_message

_keys = count(1)


@dataclass(frozen=True)
class Introduced:
    """A match and its two people, lowest id first."""

    match: EventPeerMatch
    first: Contractor
    second: Contractor

    def now_is(self) -> EventPeerMatch:
        """Return the match as it is by now."""
        return EventPeerMatch.get_by_id(self.match.id)

    def texts(self, kind: str) -> list[EventMessage]:
        """Return the texts of a kind about this match, in the order they were planned."""
        wanted = (EventMessage.match == self.match.id) & (EventMessage.message_type == kind)
        return list(EventMessage.select().where(wanted).order_by(EventMessage.id))


def introduce(
    event: Event, first: Contractor, second: Contractor, *, now: datetime, **columns: Any
) -> Introduced:
    """Match two people who attend, and let both their introductions have been sent."""
    match = make_match(event, first, second)
    columns = {"status": MessageStatus.SENT, "actual_send_time": now, "reply_number": 1, **columns}
    for person in (first, second):
        make_message(
            now, event=event, contractor=person, match=match, phone=person.phone, **columns
        )
    return Introduced(match, first, second)


def two_who_attend(event: Event) -> tuple[Contractor, Contractor]:
    people = make_contractor(), make_contractor()
    for person in people:
        make_attendee(event, person)
    return people


def received(person: Contractor, text: str, *, now: datetime) -> int:
    """Store what somebody writes; return where."""
    reply = Inbound(
        phone=person.phone,
        text=text,
        key=f"at-once-{next(_keys)}",
        ghl_contact_id=None,
        ghl_location_id=None,
        ghl_message_id=None,
        raw_payload={},
    )
    return receive(reply, now=now).message_id


def says(person: Contractor, text: str, *, now: datetime, config: Config) -> int:
    """Let somebody write, and a worker answer."""
    message_id = received(person, text, now=now)
    handle(message_id, now=now, config=config)
    return message_id


def at_once(pool: ThreadPoolExecutor, *acts: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment, each with a connection of its own."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with db.connection_context():
            together.wait(timeout=20)
            return act()

    return [done.result(timeout=60) for done in [pool.submit(run, act) for act in acts]]
