"""Owns checking people in: once each, walk-ins too, and the consent they give at the door.

Nothing here opens a transaction; the caller does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import EXCLUDED

from models import schedule
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.eligibility import has_phone, is_opted_out
from models.event import Event, MatchingStatus
from models.opt_out import has_opted_out

_MATCHING_STARTED = (MatchingStatus.RUNNING, MatchingStatus.COMPLETED)


class UnknownContractorError(Exception):
    """Nobody has this contractor id."""


@dataclass(frozen=True)
class CheckIn:
    """What a check-in did.

    Attributes
    ----------
    is_new : bool
        False when the person was checked in before; that time and method stay.
    consent_refused : bool
        The person ticked for texts, but their phone has opted out and only START lifts that.
    """

    attendee: EventAttendee
    is_new: bool
    consent_refused: bool = False


def check_in(
    event: Event,
    contractor_id: int,
    *,
    method: str,
    now: datetime,
    consent_source: str | None = None,
) -> CheckIn:
    """Check a contractor in at an event; whoever is not registered becomes a walk-in.

    After the batch has started, a person who could be matched from now on asks for a top-up.

    Parameters
    ----------
    consent_source : str or None
        Where the person agreed to texts just now; None when they were not asked or said no.

    Raises
    ------
    UnknownContractorError
        When there is no such contractor, or they were erased; nothing is changed then.
    """
    # The batch changes this row before it reads the pool. Holding it here means that either the
    # batch sees this person, or this sees that the batch has begun; nobody falls in between.
    fresh = schedule.lock(event.id)
    contractor = Contractor.get_or_none(Contractor.id == contractor_id)
    if contractor is None or contractor.erased_at is not None:
        raise UnknownContractorError(f"There is no contractor {contractor_id}.")
    is_new = _mark_present(fresh, contractor, method=method, now=now)
    consent_refused = bool(consent_source and contractor.phone and has_opted_out(contractor.phone))
    consented = False
    if consent_source and not consent_refused:
        consented = _take_consent(fresh, contractor, source=consent_source, now=now)
    if (is_new or consented) and fresh.matching_status in _MATCHING_STARTED:
        schedule.request_top_up(fresh, now=now)
    attendee = EventAttendee.get(event=fresh, contractor=contractor)
    return CheckIn(attendee, is_new, consent_refused)


def check_in_all(
    event_id: int, attendee_ids: Collection[int], *, method: str, now: datetime
) -> list[int]:
    """Check in those of an event's registered people who are not here yet; return their ids.

    Asks for one top-up when the batch has started. Whoever was faster keeps their time.
    """
    event = schedule.lock(event_id)
    came = (
        EventAttendee.update(check_in_time=now, check_in_method=method, updated_at=now)
        .where(_are_of(event, attendee_ids) & EventAttendee.check_in_time.is_null())
        .returning(EventAttendee.id)
        .execute()
    )
    return _asked_for_top_up(event, sorted(row.id for row in came), now)


def consent_all(
    event_id: int, attendee_ids: Collection[int], *, source: str, now: datetime
) -> list[int]:
    """Record that people agreed to texts, and where; return the ids of those who had not.

    Never over a STOP, and not without a phone: nobody could tell whether it has sent one.
    """
    event = schedule.lock(event_id)
    person = Contractor.select(Contractor.id).where(has_phone() & ~is_opted_out())
    agreed = (
        EventAttendee.update(
            sms_opt_in=True, sms_consent_at=now, sms_consent_source=source, updated_at=now
        )
        .where(
            _are_of(event, attendee_ids)
            & ~EventAttendee.sms_opt_in
            & EventAttendee.contractor.in_(person)
        )
        .returning(EventAttendee.id)
        .execute()
    )
    return _asked_for_top_up(event, sorted(row.id for row in agreed), now)


def _are_of(event: Event, attendee_ids: Collection[int]) -> Any:
    return (EventAttendee.event == event) & EventAttendee.id.in_(list(attendee_ids))


def _asked_for_top_up(event: Event, changed: list[int], now: datetime) -> list[int]:
    """Return the ids as they came, after asking for a top-up if any of them is here."""
    is_here = EventAttendee.id.in_(changed) & EventAttendee.check_in_time.is_null(False)
    if changed and EventAttendee.select().where(is_here).exists():
        schedule.request_top_up(event, now=now)
    return changed


def attendee_by_code(event_id: int, qr_code_data: str) -> EventAttendee | None:
    """Return who has this badge code at this event, or None."""
    attendee: EventAttendee | None = EventAttendee.get_or_none(
        event=event_id, qr_code_data=qr_code_data
    )
    return attendee


def _mark_present(event: Event, contractor: Contractor, *, method: str, now: datetime) -> bool:
    rows = (
        EventAttendee.insert(
            event=event, contractor=contractor, check_in_time=now, check_in_method=method
        )
        .on_conflict(
            conflict_target=[EventAttendee.event, EventAttendee.contractor],
            update={
                EventAttendee.check_in_time: EXCLUDED.check_in_time,
                EventAttendee.check_in_method: EXCLUDED.check_in_method,
                EventAttendee.updated_at: now,
            },
            where=EventAttendee.check_in_time.is_null(),
        )
        .returning(EventAttendee.id)
        .execute()
    )
    return bool(list(rows))


def _take_consent(event: Event, contractor: Contractor, *, source: str, now: datetime) -> bool:
    """Store the consent unless one is stored already; the first one's time and source stay."""
    changed = (
        EventAttendee.update(
            sms_opt_in=True, sms_consent_at=now, sms_consent_source=source, updated_at=now
        )
        .where(
            (EventAttendee.event == event)
            & (EventAttendee.contractor == contractor)
            & (~EventAttendee.sms_opt_in | EventAttendee.sms_consent_at.is_null())
        )
        .execute()
    )
    return bool(changed)
