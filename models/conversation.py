"""Owns what a conversation rests on: what a phone was last asked, and whom it was told about.

None of these opens a transaction; the caller does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import fn

from models.message import EventMessage
from models.message_status import (
    ARRIVED,
    MessageCategory,
    MessageStatus,
    MessageType,
)
from models.on_a_phone import IS_OUT, LEFT_AT, listed
from models.peer_match import EventPeerMatch, MatchState, with_people
from models.prepared import Prepared

ANSWERED_WITHIN = timedelta(hours=24)
SAME_BREATH = timedelta(minutes=10)
MOST_QUESTIONS = 50

# What each kind of text asks, as `understand` knows it; the others ask nothing.
ASKS = {
    MessageType.INTRODUCTION: "introduction",
    MessageType.WHICH_INTRODUCTION: "introduction",
    MessageType.MORE_DETAILS: "introduction",
    MessageType.NO_BREAK_LEFT: "introduction",
    MessageType.YES_REMINDER: "introduction",
    MessageType.REVEALING_REMINDER: "introduction",
    MessageType.BREAK_PROMPT: "break_prompt",
    MessageType.ATTENDANCE_QUESTION: "attendance",
    MessageType.RATING_REQUEST: "rating",
}
# Of these, one alone is what a person answers to who names no number.
ABOUT_ALL = (MessageType.INTRODUCTION, MessageType.WHICH_INTRODUCTION)
# Nobody but who wrote it knows whether it asks something; a `reply` that we send is an organiser's.
BY_A_PERSON = (MessageType.BY_HAND, MessageType.REPLY)
OUR_OWN_QUESTIONS = (MessageType.WHICH_INTRODUCTION, MessageType.NOT_UNDERSTOOD)


class Question(NamedTuple):
    """Something a phone was asked within the last day."""

    message_id: int
    message_type: str
    match_id: int | None
    event_id: int | None
    contractor_id: int | None
    asked_at: datetime

    @property
    def asks(self) -> str:
        return ASKS[MessageType(self.message_type)]


class Introduced(NamedTuple):
    """An introduction that a person got or may have got: its number, and whose match it is."""

    match_id: int
    number: int
    state: str
    response: str | None
    peer_first_name: str
    peer_name: str
    peer_company: str | None


_INTRODUCED = Prepared(
    "integer, integer",
    """
SELECT DISTINCT ON (m.id) m.id, coalesce(t.reply_number, 1), m.state,
    CASE WHEN m.contractor1_id = $1 THEN m.contractor1_response
        ELSE m.contractor2_response END,
    peer.first_name, trim(peer.first_name || ' ' || peer.last_name), peer.company_name
FROM event_messages t
JOIN event_peer_matches m ON m.id = t.match_id
JOIN contractors peer ON peer.id = CASE WHEN m.contractor1_id = $1
    THEN m.contractor2_id ELSE m.contractor1_id END
WHERE t.contractor_id = $1 AND t.event_id = $2
    AND t.message_type = 'peer_match_introduction' AND t.direction = 'outbound'
    AND {is_out} AND m.cancelled_at IS NULL AND peer.erased_at IS NULL
ORDER BY m.id, t.id DESC
""",
    is_out=IS_OUT,
)
_RECENT_QUESTIONS = Prepared(
    "text, timestamptz, timestamptz",
    """
SELECT t.id, t.message_type, t.match_id, t.event_id, t.contractor_id, {left_at}
FROM event_messages t
WHERE t.phone = $1 AND t.direction = 'outbound' AND {is_out}
    AND t.message_type IN ({questions}) AND {left_at} > $2 AND {left_at} <= $3
ORDER BY {left_at} DESC, t.id DESC LIMIT {most}
""",
    is_out=IS_OUT,
    left_at=LEFT_AT,
    questions=listed((*ASKS, *BY_A_PERSON)),
    most=str(MOST_QUESTIONS),
)
# An answer that another worker planned counts, though its clock may be a moment ahead.
_SAID_LAST = Prepared(
    "text, timestamptz, timestamptz",
    """
SELECT t.message_type, {is_out} FROM event_messages t
WHERE t.phone = $1 AND t.direction = 'outbound' AND t.message_category <> 'compliance'
    AND t.status NOT IN ('failed', 'cancelled')
    AND {left_at} > $2 AND ({left_at} <= $3 OR t.message_category = 'reply')
ORDER BY {left_at} DESC, t.id DESC LIMIT 1
""",
    is_out=IS_OUT,
    left_at=LEFT_AT,
)


def recent_questions(phone: str, *, now: datetime) -> list[Question]:
    """Return what this phone was asked within a day, at whatever event, the newest first.

    What was written by hand is among them, since it may ask anything.
    """
    rows = _RECENT_QUESTIONS.execute(phone, now - ANSWERED_WITHIN, now).fetchall()
    return [Question(*row) for row in rows]


def in_one_breath(questions: list[Question]) -> list[Question]:
    """Return the newest question, and those like it that were asked within minutes of it.

    Nobody knows what was asked by hand, so that this is none of them.
    """
    questions = [one for one in questions if one.message_type not in BY_A_PERSON]
    if not questions:
        return []
    newest = questions[0]
    return [
        question
        for question in questions
        if question.message_type == newest.message_type
        and question.contractor_id == newest.contractor_id
        and newest.asked_at - question.asked_at <= SAME_BREATH
    ]


def introduced(contractor_id: int, event_id: int) -> list[Introduced]:
    """Return the introductions a person got at an event, by their numbers."""
    rows = _INTRODUCED.execute(contractor_id, event_id).fetchall()
    return sorted((Introduced(*row) for row in rows), key=lambda one: one.number)


def asked_back_last(phone: str, *, now: datetime) -> bool:
    """Whether the last thing we said to this phone was a question about what it had said."""
    return _said_last(phone, now) in OUR_OWN_QUESTIONS


def answered_last(phone: str, *, now: datetime) -> bool:
    """Whether the last thing we said to this phone was no question: thanks for it mean nothing."""
    latest = _said_last(phone, now)
    return latest is not None and latest not in (*ASKS, *OUR_OWN_QUESTIONS)


def wrapped_up_last(phone: str, *, now: datetime) -> bool:
    """Whether the last thing we said to this phone was the wrap-up, and it has left."""
    return _latest(phone, now) == (MessageType.WRAP_UP, True)


def _said_last(phone: str, now: datetime) -> str | None:
    """Return the kind of the last text to this phone, compliance texts aside."""
    return _latest(phone, now)[0]


def _latest(phone: str, now: datetime) -> tuple[str | None, bool]:
    """Return the kind of the last text to this phone, and whether it left or may have left."""
    row = _SAID_LAST.execute(phone, now - ANSWERED_WITHIN, now).fetchone()
    return tuple(row) if row is not None else (None, False)


def note_answered(message_ids: Iterable[int], *, now: datetime) -> None:
    """Say of the questions that they got their answer; those that left, and no others."""
    wanted = list(message_ids)
    if not wanted:
        return
    arrived = (
        EventMessage.select(EventMessage.id)
        .where(
            EventMessage.id.in_(wanted)
            & EventMessage.status.in_([MessageStatus.SENT, MessageStatus.DELIVERED])
        )
        .order_by(EventMessage.id)
        .for_update("FOR NO KEY UPDATE")
    )
    EventMessage.update(status=MessageStatus.RESPONDED, updated_at=now).where(
        EventMessage.id.in_(arrived)
    ).execute()


def introduced_at(match_id: int, contractor_id: int) -> datetime | None:
    """Return when the introduction of a match last reached one of its people, or None."""
    message = (
        EventMessage.select(EventMessage.actual_send_time)
        .where(
            (EventMessage.match == match_id)
            & (EventMessage.contractor == contractor_id)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
            & EventMessage.status.in_(ARRIVED)
        )
        .order_by(EventMessage.id.desc())
        .first()
    )
    return message.actual_send_time if message is not None else None


def occasions(contractor_ids: Iterable[int], names: Iterable[str]) -> set[tuple[int, str]]:
    """Return which of these occasions had their text planned already, for whom."""
    rows = EventMessage.select(EventMessage.contractor, EventMessage.occasion).where(
        EventMessage.contractor.in_(list(contractor_ids)) & EventMessage.occasion.in_(list(names))
    )
    return set(rows.tuples())


def waiting_for(match_ids: Iterable[int]) -> Any:
    """Return the SQL of texts of these matches that nobody asked for and that wait to leave."""
    asked_for = EventMessage.message_category == MessageCategory.REPLY
    return EventMessage.match.in_(list(match_ids)) & ~asked_for


def asking(match_ids: Iterable[int], contractor_id: int, kinds: Iterable[MessageType]) -> Any:
    """Return the SQL of texts of these kinds that would ask a person about these matches."""
    is_of_them = EventMessage.message_type.in_([kind.value for kind in kinds])
    return waiting_for(match_ids) & (EventMessage.contractor == contractor_id) & is_of_them


def connections_of(contractor_id: int, event_id: int) -> list[EventPeerMatch]:
    """Return the matches of a person at which both said yes, with both people; one query."""
    mine = (EventPeerMatch.contractor1 == contractor_id) | (
        EventPeerMatch.contractor2 == contractor_id
    )
    return list(
        with_people()
        .where(
            mine
            & (EventPeerMatch.event == event_id)
            & (EventPeerMatch.state == MatchState.CONNECTED)
            & EventPeerMatch.cancelled_at.is_null()
        )
        .order_by(fn.coalesce(EventPeerMatch.connected_at, EventPeerMatch.created_at))
    )
