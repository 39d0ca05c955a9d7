"""Owns what STOP and START do: the opt-out list, what was waiting, and the consent itself.

The caller opens the transaction and holds the phones (`models.inbound.lock_phone`).
"""

from datetime import datetime

from models import inbound, opt_out, schedule
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.event import Event

STOP_SOURCE = "STOP reply"
REPORTED_SOURCE = "reported by the provider"
START_SOURCE = "START reply"
CANCELLED_BY_STOP = "the person replied STOP"
CANCELLED_BY_OPT_OUT = "the person was put on the opt-out list"


def phones_of(phone: str | None, contractor: Contractor | None) -> list[str]:
    """Return the phones that a reply speaks for: the one that sent it, the one we would text."""
    known = contractor.phone if contractor is not None else None
    return sorted({number for number in (phone, known) if number})


def stop(
    phones: list[str], contractor: Contractor | None, *, now: datetime, source: str = STOP_SOURCE
) -> bool:
    """Put the phones on the opt-out list and cancel what waits for them; False for a repeat.

    What was agreed to before stays on record: the list decides, not the consent columns.
    """
    is_new, _ = _put_out(phones, contractor, now=now, source=source, reason=CANCELLED_BY_STOP)
    return is_new


def opt_out_by_hand(contractor_id: int, *, source: str, now: datetime) -> int | None:
    """Do for a person who asked us what their STOP would do; return how many texts that cancels.

    None, and nothing is changed, when there is no phone, when it is on the list already, or when
    it was changed at that very moment.
    """
    phones = phones_of(None, Contractor.get_or_none(Contractor.id == contractor_id))
    for phone in phones:
        inbound.lock_phone(phone)
    # Whoever changes the phone from here on waits, and then takes the opt-out along.
    is_theirs = (Contractor.id == contractor_id) & Contractor.phone.in_(phones)
    contractor = Contractor.select().where(is_theirs).for_update("FOR NO KEY UPDATE").first()
    if contractor is None or opt_out.has_opted_out(contractor.phone):
        return None
    _, cancelled = _put_out(phones, contractor, now=now, source=source, reason=CANCELLED_BY_OPT_OUT)
    return cancelled


def _put_out(
    phones: list[str],
    contractor: Contractor | None,
    *,
    now: datetime,
    source: str,
    reason: str,
) -> tuple[bool, int]:
    """Return whether a phone is new on the list, and how many texts are cancelled."""
    added = [opt_out.opt_out(phone, now=now, source=source) for phone in phones]
    return any(added), inbound.cancel_waiting(phones, contractor, reason=reason)


def start(phones: list[str], contractor: Contractor | None, *, now: datetime) -> bool:
    """Take the phones off the list and record the consent; False when nothing was to change.

    Consent goes to this contractor's events that are not over; those whose batch is past get
    a top-up.
    """
    lifted = [opt_out.lift(phone, now=now, source=START_SOURCE) for phone in phones]
    changed = any(lifted)
    if contractor is None:
        return changed
    for event in events_to_come(contractor, now):
        locked = schedule.lock(event.id)
        attendance = (EventAttendee.event == event.id) & (EventAttendee.contractor == contractor)
        if not any(lifted):
            attendance &= ~EventAttendee.sms_opt_in
        consented = (
            EventAttendee.update(
                sms_opt_in=True, sms_consent_at=now, sms_consent_source=START_SOURCE
            )
            .where(attendance)
            .execute()
        )
        if consented:
            changed = True
            schedule.request_top_up(locked, now=now)
    return changed


def events_to_come(contractor: Contractor, now: datetime) -> list[Event]:
    """Return the events of somebody that are neither over nor cancelled."""
    attended = (
        Event.select()
        .join(EventAttendee)
        .where((EventAttendee.contractor == contractor) & Event.cancelled_at.is_null())
        .order_by(Event.id)
    )
    return [event for event in attended if not event.is_over(now)]
