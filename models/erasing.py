"""Owns what erasing a person changes: their own rows, and what is told of them elsewhere.

None of these opens a transaction; the caller does, and begins with `lock`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from peewee import Expression

from models import erased_opt_out, inbound, match_moves, schedule, steering
from models.attendee import EventAttendee
from models.base import db
from models.claiming import PERSON_LOCK
from models.contractor import Contractor
from models.eligibility import has_phone, is_opted_out
from models.event import WAITING_STATUSES, Event
from models.message import EventMessage
from models.message_status import ARRIVED, Direction, MessageStatus
from models.pair_rule import EventPairRule
from models.peer_match import EventPeerMatch
from models.people import Around
from models.redaction import ERASED

CANCELLED = "somebody it was to or about was erased"
WITHHELD = "[This text was about a person whose data was erased.]"

# Numbers, times and statuses stay: they are what is counted. So does `inbound_key`, an id of the
# provider's, since a reply that is delivered once more must still be known.
_ERASE_TEXTS = """
    UPDATE event_messages SET
        message_content = CASE WHEN message_content IS NOT NULL THEN %(erased)s END,
        response_received = CASE WHEN response_received IS NOT NULL THEN %(erased)s END,
        personalization_data = jsonb_strip_nulls(jsonb_build_object(
            'match_id', personalization_data -> 'match_id',
            'match_score', personalization_data -> 'match_score')),
        delivery_report = delivery_report - '{reports,error,ghl_message_id,timestamp}'::text[],
        phone = NULL, raw_payload = NULL, part_texts = NULL, claim_token = NULL,
        ghl_contact_id = NULL, ghl_message_id = NULL,
        from_email = NULL, to_email = NULL, subject = NULL,
        handled_at = CASE WHEN direction = 'inbound'
            THEN coalesce(handled_at, %(now)s) ELSE handled_at END,
        inbox_done_at = CASE WHEN inbox_reason IS NOT NULL
            THEN coalesce(inbox_done_at, %(now)s) ELSE inbox_done_at END
    WHERE id = ANY(%(ids)s)
"""
_WITHHOLD_TEXTS = """
    UPDATE event_messages SET
        message_content = CASE WHEN message_content IS NOT NULL THEN %(withheld)s END,
        personalization_data = jsonb_strip_nulls(jsonb_build_object(
            'match_id', personalization_data -> 'match_id',
            'match_score', personalization_data -> 'match_score')),
        part_texts = NULL
    WHERE id = ANY(%(ids)s)
"""
# Ratings are numbers, answers one of four words; what else stands there was written by a person.
_ERASE_MATCHES = """
    UPDATE event_peer_matches SET match_reason = NULL, notes = NULL, follow_up_at = NULL,
        introduction_message = CASE WHEN introduction_message IS NOT NULL THEN %(withheld)s END,
        feedback_contractor1 = CASE WHEN feedback_contractor1 ~ '^(10|[1-9])$'
            THEN feedback_contractor1 END,
        feedback_contractor2 = CASE WHEN feedback_contractor2 ~ '^(10|[1-9])$'
            THEN feedback_contractor2 END
    WHERE id = ANY(%(ids)s)
"""


def lock(near: Around) -> None:
    """Keep everybody else from deciding about this person, and about those matched with them.

    In the order of docs/delivery.md: phones, events, matches. The texts come next.
    """
    for phone in sorted({*near.phones, *near.peers_phones}):
        inbound.lock_phone(phone)
    for event_id in near.events:
        schedule.lock(event_id)
    match_moves.lock([*near.matches, *near.decided_with])


def lock_texts(person_id: int, near: Around, mentions: Collection[int]) -> list[EventMessage]:
    """Lock every text to, from or about a person by id, and then the person as senders do."""
    wanted = (
        is_own(person_id, near)
        | EventMessage.match.in_(near.matches)
        | EventMessage.id.in_(list(mentions))
    )
    texts = list(EventMessage.select().where(wanted).order_by(EventMessage.id).for_update())
    db.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (PERSON_LOCK, person_id))
    return texts


def is_own(person_id: int, near: Around) -> Expression:
    """Return the SQL of a text to or from a person, or of their phone under nobody's name."""
    nobodys = EventMessage.contractor.is_null() & EventMessage.phone.in_(near.phones)
    own: Expression = (EventMessage.contractor == person_id) | nobodys
    return own


def is_their_own(text: EventMessage, person_id: int, near: Around) -> bool:
    """Whether a loaded text is one of those."""
    return bool(
        text.contractor_id == person_id
        or text.contractor_id is None
        and (text.phone in near.phones)
    )


def erase_texts(ids: Collection[int], *, now: datetime) -> None:
    """Leave of a person's own texts that they were, when, and what became of them."""
    db.execute_sql(_ERASE_TEXTS, {"ids": list(ids), "erased": ERASED, "now": now})


def withhold_texts(ids: Collection[int]) -> None:
    """Take the words from texts that told others of a person."""
    db.execute_sql(_WITHHOLD_TEXTS, {"ids": list(ids), "withheld": WITHHELD})


def cancel(ids: Collection[int]) -> int:
    """Cancel what waits or is held among these texts; return how many."""
    return steering.cancel(EventMessage.id.in_(list(ids)), reason=CANCELLED)


def close_matches(near: Around, texts: Collection[EventMessage], *, now: datetime) -> list[int]:
    """Cancel the matches of which nobody was told, and forget the words of all; which are off.

    Of the others nothing more is said either, but they count as before.
    """
    told = {text.match_id for text in texts if _may_be_known(text)}
    unsaid = [match for match in near.matches if match not in told]
    off = (
        EventPeerMatch.update(cancelled_at=now)
        .where(EventPeerMatch.id.in_(unsaid) & EventPeerMatch.cancelled_at.is_null())
        .returning(EventPeerMatch.id)
        .execute()
    )
    db.execute_sql(_ERASE_MATCHES, {"ids": list(near.matches), "withheld": WITHHELD})
    return sorted(row.id for row in off)


def make_room(match_ids: Collection[int], *, now: datetime) -> None:
    """Let those who lost an introduction be matched anew; the caller has the events locked."""
    of_these = EventPeerMatch.select(EventPeerMatch.event).where(
        EventPeerMatch.id.in_(list(match_ids))
    )
    for event in Event.select().where(Event.id.in_(of_these)).order_by(Event.id):
        if not event.is_over(now):
            schedule.request_top_up(event, now=now)


def leave_events(person_id: int, near: Around, *, now: datetime) -> int:
    """Take the person off events that were not matched yet; return how many.

    Elsewhere the attendance stays, since it is counted; the badge's code and where they agreed to
    texts go.
    """
    to_come = [
        event.id
        for event in Event.select().where(Event.id.in_(near.events))
        if event.matching_status in WAITING_STATUSES and not event.is_over(now)
    ]
    theirs = EventAttendee.contractor == person_id
    left = EventAttendee.delete().where(theirs & EventAttendee.event.in_(to_come)).execute()
    EventAttendee.update(qr_code_data=None, sms_consent_source=None).where(theirs).execute()
    return int(left)


def erase_profile(person_id: int, *, now: datetime) -> None:
    """Leave a row without a name, which matches and texts point at; its reach is still counted."""
    EventPairRule.delete().where(
        (EventPairRule.contractor1 == person_id) | (EventPairRule.contractor2 == person_id)
    ).execute()
    Contractor.update(**_nothing(), erased_at=now, erased_reach=_reach(person_id)).where(
        Contractor.id == person_id
    ).execute()


def attendances(person_id: int) -> int:
    """Count the events that the person is still counted at."""
    number: int = EventAttendee.select().where(EventAttendee.contractor == person_id).count()
    return number


def keep_opt_outs(near: Around) -> int:
    """Keep keyed hashes of the phones that have opted out; see `erased_opt_out.keep`."""
    return erased_opt_out.keep(near.phones)


def _reach(person_id: int) -> str:
    has, is_out = (
        Contractor.select(has_phone(), is_opted_out()).where(Contractor.id == person_id).tuples()
    ).get()
    if not has:
        return "unreachable"
    return "opted_out" if is_out else "textable"


def _nothing() -> dict[str, Any]:
    kept = ("id", "created_at", "updated_at", "erased_at", "erased_reach")
    fields = Contractor._meta.sorted_fields
    empty: dict[str, Any] = {field.name: None for field in fields if field.name not in kept}
    names = {"first_name": "Erased", "last_name": "person"}
    return empty | names | {"focus_areas": [], "services_offered": []}


def _may_be_known(text: EventMessage) -> bool:
    """Whether somebody has read of the match in this text, or may have."""
    has_left = text.status in (*ARRIVED, MessageStatus.SENDING) or text.parts_sent > 0
    return text.direction == Direction.INBOUND or bool(has_left or text.is_doubtful)
