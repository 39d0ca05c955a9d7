"""Owns the text that an organiser writes to one person of an event, and what answers it.

It leaves like every other one. Nobody asked for it, so it counts in the limit of such texts per
person and hour, and waits for its turn when that is reached.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from actors.conversation.follow_up_situation import zone_of
from actors.conversation.hearing import Heard
from actors.conversation.inbox_answers import EVENT_IS_OFF, NO_CONSENT, OPTED_OUT, NotAllowed
from actors.conversation.naming import is_taught
from actors.sending.outgoing import Addressee, plan_text
from models import inbound, unsolicited
from models.attendee import EventAttendee
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.event import Event
from models.message_status import MessageCategory, MessageType
from models.opt_out import has_opted_out
from models.usefulness import A_NOTICE

NO_PHONE = "We have no phone of this person, so nobody can text them."
ANSWERED = "It may answer what an organiser wrote by hand."
FIRST_TEXT = "{event}. Reply STOP to opt out."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prospect:
    """What a text would be like that is sent now.

    Attributes
    ----------
    content : str
        All that the phone shows: a person's first text at an event says how to stop them.
    waits_until : datetime or None
        When it leaves, if the person has had enough of such texts within the hour.
    quiet_until : datetime or None
        When the person's quiet hours end, if it would leave within them.
    """

    content: str
    waits_until: datetime | None
    quiet_until: datetime | None


def why_not(attendee: EventAttendee) -> str | None:
    """Return why this person can not be texted at this event, or None when they can."""
    person, event = _who_and_where(attendee)
    if not person.phone:
        return NO_PHONE
    if has_opted_out(person.phone):
        return OPTED_OUT
    if event.cancelled_at is not None:
        return EVENT_IS_OFF
    return None if attendee.sms_opt_in else NO_CONSENT


def prospect(attendee: EventAttendee, typed: str, *, now: datetime, config: Config) -> Prospect:
    """Return what a text of these words would be like."""
    person, event = _who_and_where(attendee)
    waits_until = unsolicited.enough_until(
        person.id, event, now=now, per_hour=config.unsolicited_per_hour
    )
    leaves_at, zone = waits_until or now, zone_of(person, event)
    # A rehearsal's day may be at night.
    is_quiet = event.time_scale == 1 and config.quiet_hours.are_at(leaves_at, zone)
    quiet_until = config.quiet_hours.end_after(leaves_at, zone) if is_quiet else None
    return Prospect(_content(attendee, typed), waits_until, quiet_until)


def write(attendee_id: int, typed: str, *, form_token: str, now: datetime) -> int | None:
    """Plan the text and return its id; None when this form has planned it before.

    Raises
    ------
    NotAllowed
        When the phone opted out, or the text could not leave for another reason.
    """
    with db.atomic():
        person = _load(attendee_id).contractor
        if person.phone:
            # As STOP does: it is on the list by now, or cancels what is planned.
            inbound.lock_phone(person.phone)
        attendee = _load(attendee_id)
        reason = why_not(attendee)
        if reason is not None:
            raise NotAllowed(reason)
        planned = plan_text(
            Addressee(attendee.contractor.phone, attendee.contractor_id, attendee.event_id),
            MessageType.BY_HAND,
            _content(attendee, typed),
            category=MessageCategory.NOTICE,
            now=now,
            expires_at=now + A_NOTICE,
            occasion=f"by-hand:{form_token}",
        )
    log.info("text written by hand", extra={"attendee_id": attendee_id, "message_id": planned})
    return planned


def is_answered(heard: Heard) -> bool:
    """Whether a reply may be about what was written by hand, which no program understands.

    An introduction can still be answered, in its own words with its number.
    """
    return heard.is_after_hand and not is_taught(heard.message.message_content or "")


def _load(attendee_id: int) -> EventAttendee:
    attendee: EventAttendee = (
        EventAttendee.select(EventAttendee, Contractor, Event)
        .join_from(EventAttendee, Contractor)
        .join_from(EventAttendee, Event)
        .where(EventAttendee.id == attendee_id)
        .get()
    )
    return attendee


def _who_and_where(attendee: EventAttendee) -> tuple[Contractor, Event]:
    return attendee.contractor, attendee.event


def _content(attendee: EventAttendee, typed: str) -> str:
    person, event = _who_and_where(attendee)
    if unsolicited.has_been_texted(person.id, event.id):
        return typed
    name = " ".join(event.name.split()).rstrip(".")
    return f"{typed}\n\n{FIRST_TEXT.format(event=name)}"
