"""Owns finding people at the door of an event, and taking a check-in back that was a slip.

Nothing here opens a transaction; the caller does.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from peewee import SQL, Case, fn

from models import schedule
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.eligibility import is_opted_out
from models.matching_run import MatchingRun, RunStatus
from models.peer_match import EventPeerMatch

METHOD = "door"
MOST_FOUND = 20
MOST_STRANGERS = 5
FEWEST_LETTERS = 2
FEWEST_DIGITS = 3
UNDO_FOR = timedelta(seconds=10)
# A tap in the last moment needs a while to arrive.
_ON_THE_WAY = timedelta(seconds=2)
_PHONE_MARKS = str.maketrans("", "", "+-.() ")
_MOST_WORDS = 6
_NAMES = (Contractor.first_name, Contractor.last_name, Contractor.company_name)
_BY_NAME = (Contractor.last_name, Contractor.first_name, Contractor.id)


class Undo(StrEnum):
    """What came of taking a check-in back."""

    DONE = "done"
    TOO_LATE = "too_late"
    MATCHED = "matched"
    CHANGED = "changed"


class Count(NamedTuple):
    """How many of an event's people are here."""

    here: int
    registered: int


def count(event_id: int) -> Count:
    """Count the people of an event in one query."""
    row = (
        EventAttendee.select(fn.COUNT(EventAttendee.check_in_time), fn.COUNT(EventAttendee.id))
        .where(EventAttendee.event == event_id)
        .tuples()
        .get()
    )
    return Count(*row)


def is_enough(typed: str) -> bool:
    """Whether so much was typed that looking for it makes sense."""
    if _digits(typed):
        return True
    return any(len(word) >= FEWEST_LETTERS and not word.isdecimal() for word in typed.split())


def find(event_id: int, typed: str) -> list[EventAttendee]:
    """Return up to 20 of an event's people, each with `contractor` and `has_opted_out`.

    Every word is part of a first, last or company name; digits are part of a phone or a company.
    Who has the whole text as badge code comes first, then whose own name begins with it; of
    them those who are still to come.
    One query.
    """
    if not is_enough(typed):
        return []
    is_theirs = EventAttendee.qr_code_data == typed
    found = _people(event_id).where(_fits(typed) | is_theirs)
    rank = Case(None, [(is_theirs, 0), (_begins(typed), 1)], 2)
    is_here = EventAttendee.check_in_time.is_null(False)
    return list(found.order_by(rank, is_here, *_BY_NAME).limit(MOST_FOUND))


def attending(event_id: int, typed: str, most: int) -> list[Contractor]:
    """Return an event's people whom the typed words fit, by name; everybody for none. One query."""
    found = (
        Contractor.select()
        .join(EventAttendee, on=(EventAttendee.contractor == Contractor.id))
        .where((EventAttendee.event == event_id) & _is_somebody())
    )
    if typed.split():
        found = found.where(_fits(typed))
    return list(found.order_by(*_BY_NAME).limit(most))


def strangers(event_id: int, typed: str) -> list[Contractor]:
    """Return up to five people whom we know, who are not registered for the event. One query."""
    if not is_enough(typed):
        return []
    is_registered = fn.EXISTS(
        EventAttendee.select(SQL("1")).where(
            (EventAttendee.event == event_id) & (EventAttendee.contractor == Contractor.id)
        )
    )
    found = Contractor.select().where(_fits(typed) & ~is_registered & _is_somebody())
    rank = Case(None, [(_begins(typed), 1)], 2)
    return list(found.order_by(rank, *_BY_NAME).limit(MOST_STRANGERS))


def person(event_id: int, attendee_id: int) -> EventAttendee | None:
    """Return one of an event's people as `find` does, or None."""
    found: EventAttendee | None = _people(event_id).where(EventAttendee.id == attendee_id).first()
    return found


def may_undo(attendee: EventAttendee, now: datetime) -> bool:
    """Whether the page still offers to take this check-in back."""
    made_at: Any = attendee.check_in_time
    return made_at is not None and attendee.check_in_method == METHOD and now - made_at < UNDO_FOR


def undo(event_id: int, attendee_id: int, *, made_at: datetime, now: datetime) -> Undo:
    """Take back the check-in of that very moment, and a consent given at the door since.

    Only for ten seconds, and only while matching has not used the person. A walk-in stays on the
    list as somebody who is not here.
    """
    # A batch or top-up takes this lock before it reads who is here.
    schedule.lock(event_id)
    if now - made_at > UNDO_FOR + _ON_THE_WAY:
        return Undo.TOO_LATE
    came_with_it = (EventAttendee.sms_consent_at >= made_at) & (
        EventAttendee.sms_consent_source == METHOD
    )
    changed = (
        EventAttendee.update(
            check_in_time=None,
            check_in_method=None,
            sms_opt_in=Case(None, [(came_with_it, False)], EventAttendee.sms_opt_in),
            sms_consent_source=Case(None, [(came_with_it, None)], EventAttendee.sms_consent_source),
            sms_consent_at=Case(None, [(came_with_it, None)], EventAttendee.sms_consent_at),
            updated_at=now,
        )
        .where(_is_that(event_id, attendee_id, made_at) & ~_is_used(event_id))
        .execute()
    )
    if changed:
        return Undo.DONE
    still = EventAttendee.select().where(_is_that(event_id, attendee_id, made_at)).exists()
    return Undo.MATCHED if still else Undo.CHANGED


def _people(event_id: int) -> Any:
    return (
        EventAttendee.select(EventAttendee, Contractor, is_opted_out().alias("has_opted_out"))
        .join(Contractor, on=(EventAttendee.contractor == Contractor.id))
        .where((EventAttendee.event == event_id) & _is_somebody())
    )


def _is_somebody() -> Any:
    """Return the SQL of a person who was not erased."""
    return Contractor.erased_at.is_null()


def _digits(typed: str) -> str:
    digits = typed.translate(_PHONE_MARKS)
    return digits if digits.isdecimal() and len(digits) >= FEWEST_DIGITS else ""


def _fits(typed: str) -> Any:
    digits = _digits(typed)
    if digits:
        return Contractor.phone.contains(digits) | Contractor.company_name.contains(typed)
    everything = []
    for word in typed.split()[:_MOST_WORDS]:
        anywhere = [column.contains(word) for column in _NAMES]
        everything.append(anywhere[0] | anywhere[1] | anywhere[2])
    condition = everything[0]
    for other in everything[1:]:
        condition &= other
    return condition


def _begins(typed: str) -> Any:
    first = typed.split()[0]
    return Contractor.first_name.startswith(first) | Contractor.last_name.startswith(first)


def _is_that(event_id: int, attendee_id: int, made_at: datetime) -> Any:
    return (
        (EventAttendee.id == attendee_id)
        & (EventAttendee.event == event_id)
        & (EventAttendee.check_in_time == made_at)
        & (EventAttendee.check_in_method == METHOD)
    )


def _is_used(event_id: int) -> Any:
    """Whether a match of the event has the person, or a run may be about to make one."""
    person = EventAttendee.contractor
    matched = EventPeerMatch.select(SQL("1")).where(
        (EventPeerMatch.event == event_id)
        & ((EventPeerMatch.contractor1 == person) | (EventPeerMatch.contractor2 == person))
    )
    running = MatchingRun.select(SQL("1")).where(
        (MatchingRun.event == event_id) & (MatchingRun.status == RunStatus.RUNNING)
    )
    return fn.EXISTS(matched) | fn.EXISTS(running)
