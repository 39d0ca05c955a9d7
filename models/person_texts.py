"""Owns what we and one person ever wrote to each other, and who they were matched with."""

from typing import Any

from peewee import JOIN

from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.peer_match import EventPeerMatch, with_people

MOST_TEXTS = 200
MOST_MATCHES = 200


def texts_with(person: Contractor) -> list[EventMessage]:
    """Return the last 200 texts to and from a person with their events, the newest last.

    Theirs are those under their name, and those of their phone under nobody's. One query.
    """
    is_theirs = EventMessage.contractor == person.id
    if person.phone:
        is_theirs |= EventMessage.contractor.is_null() & (EventMessage.phone == person.phone)
    newest = list(
        EventMessage.select(EventMessage, Event)
        .join(Event, JOIN.LEFT_OUTER)
        .where(is_theirs)
        .order_by(EventMessage.created_at.desc(), EventMessage.id.desc())
        .limit(MOST_TEXTS)
    )
    return sorted(newest, key=lambda text: (moment_of(text), text.id))


def moment_of(text: EventMessage) -> Any:
    """Return when a text was sent or came, else when it is to leave, else when it was planned."""
    return text.actual_send_time or text.due or text.created_at


def matches_of(person: Contractor) -> list[EventPeerMatch]:
    """Return a person's matches at all events with event and people, the newest first. One query.

    At most 200.
    """
    either = (EventPeerMatch.contractor1 == person.id) | (EventPeerMatch.contractor2 == person.id)
    return list(
        with_people(Event)
        .join_from(EventPeerMatch, Event)
        .where(either)
        .order_by(EventPeerMatch.id.desc())
        .limit(MOST_MATCHES)
    )
