"""Owns planning introductions: two texts for each match, one for each of its people."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from models import schedule
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageCategory, MessageStatus, MessageType
from models.peer_match import EventPeerMatch

TEST_LIFETIME = timedelta(hours=1)
TEST_DATA = {
    "match_id": None,
    "peer_contractor_id": None,
    "peer_name": "Zeek Test",
    "peer_company": "Zeek Co",
    "peer_location": "Houston, TX",
    "match_reason": "both focused on controlling lead flow and hiring sales leadership",
    "match_score": 0.73,
}


def schedule_introductions(
    event: Event, matches: Iterable[EventPeerMatch], people: dict[int, Contractor], *, now: datetime
) -> int:
    """Plan both texts of each match, for the moment the agenda gives; return how many.

    The caller opens the transaction that also stores the matches, so that a match and its
    texts are there together or not at all. A text that is there already is left alone.
    """
    leave_at = schedule.introductions_time(event, now=now)
    numbers = _numbers_in_use(event.id)
    rows = []
    for match in matches:
        pair = (people[match.contractor1_id], people[match.contractor2_id])
        for person, peer in (pair, pair[::-1]):
            numbers[person.id] = numbers.get(person.id, 0) + 1
            rows.append(
                {
                    "event": event.id,
                    "contractor": person.id,
                    "match": match.id,
                    "message_type": MessageType.INTRODUCTION,
                    "message_category": MessageCategory.PEER_MATCHING,
                    "status": MessageStatus.SCHEDULED,
                    "scheduled_time": leave_at,
                    "expires_at": event.ends_at,
                    "phone": person.phone,
                    "personalization_data": _personalization(match, peer),
                    "reply_number": numbers[person.id],
                }
            )
    return _insert(rows)


def schedule_test(phone: str, *, now: datetime) -> int:
    """Plan one sample introduction to a phone that no event knows; return the message's id."""
    inserted: int = EventMessage.insert(
        message_type=MessageType.TEST_INTRODUCTION,
        message_category=MessageCategory.TEST,
        scheduled_time=now,
        expires_at=now + TEST_LIFETIME,
        phone=phone,
        personalization_data=TEST_DATA,
    ).execute()
    return inserted


def _personalization(match: EventPeerMatch, peer: Contractor) -> dict[str, Any]:
    return {
        "match_id": match.id,
        "peer_contractor_id": peer.id,
        "peer_name": peer.full_name,
        "peer_company": peer.company_name,
        "peer_location": peer.service_area,
        "match_reason": match.match_reason,
        "match_score": float(match.match_score),
    }


def _numbers_in_use(event_id: int) -> dict[int, int]:
    """Return the highest reply number of each person who has introductions at the event."""
    rows = (
        EventMessage.select(EventMessage.contractor, fn.MAX(EventMessage.reply_number))
        .where(
            (EventMessage.event == event_id)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
            & EventMessage.contractor.is_null(False)
        )
        .group_by(EventMessage.contractor)
        .tuples()
    )
    return {person: number or 0 for person, number in rows}


def _insert(rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    inserted = (
        EventMessage.insert_many(rows)
        .on_conflict(
            action="IGNORE",
            conflict_target=[
                EventMessage.match,
                EventMessage.contractor,
                EventMessage.message_type,
            ],
            conflict_where=(EventMessage.message_type == MessageType.INTRODUCTION.value)
            & EventMessage.status.not_in(
                [MessageStatus.FAILED.value, MessageStatus.CANCELLED.value]
            ),
        )
        .returning(EventMessage.id)
        .execute()
    )
    return len(list(inserted))
