"""Owns what an organiser does with a reply that waits for a person: answer it, or be done with it.

Each function is one unit of work in a transaction of its own; asked twice, it does it once.
"""

import logging
from datetime import datetime

from actors.sending.outgoing import plan_text, whoever_wrote
from models import inbound, inbox
from models.attendee import EventAttendee
from models.base import db
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType
from models.opt_out import has_opted_out
from models.usefulness import AN_ANSWER

MOST_CHARACTERS = 1_000
NO_PHONE = "We do not know the phone that this came from, so nobody can answer it by text."
OPTED_OUT = (
    "This phone has opted out (STOP). Only a START from the phone itself allows texts again."
)
EVENT_IS_OFF = "The event was cancelled, and nothing leaves for it any more."
NO_CONSENT = "This person has not agreed to texts at this event."

log = logging.getLogger(__name__)


class NotAllowed(Exception):
    """This reply can not be answered by text; the message says why, for a person."""


def why_not(reply: EventMessage) -> str | None:
    """Return why this reply can not be answered by text, or None when it can."""
    if not reply.phone:
        return NO_PHONE
    if has_opted_out(reply.phone):
        return OPTED_OUT
    if reply.event_id is None:
        return None
    if reply.event.cancelled_at is not None:
        return EVENT_IS_OFF
    # A number that nobody here has is answered as such: whoever has it wrote to us.
    return NO_CONSENT if _is_theirs(reply) and not _has_agreed(reply) else None


def answer(reply_id: int, text: str, *, now: datetime) -> int | None:
    """Plan one text to the phone that wrote, and be done with the reply; return the text's id.

    None when somebody has dealt with it meanwhile: then nothing is sent.

    Raises
    ------
    NotAllowed
        When the phone opted out, or the text could not leave for another reason.
    """
    with db.atomic():
        known = inbox.get_waiting(reply_id)
        if known is None:
            return None
        if known.phone:
            # Before the row, as STOP does: it is on the list by now, or cancels what is planned.
            inbound.lock_phone(known.phone)
        reply = inbox.lock_waiting(reply_id)
        if reply is None:
            return None
        reason = why_not(reply)
        if reason is not None:
            raise NotAllowed(reason)
        planned = _plan(reply, text, now)
        inbox.finish(reply_id, now=now)
    log.info("reply answered by a person", extra={"message_id": reply_id, "answer_id": planned})
    return planned


def finish(reply_id: int, *, now: datetime) -> bool:
    """Take a reply out of the inbox; False when it is not in it (any more)."""
    with db.atomic():
        return inbox.finish(reply_id, now=now)


def finish_alike(reason: str, *, up_to: int, now: datetime) -> list[int]:
    """Take what waits for one reason out of the inbox; return which replies."""
    with db.atomic():
        return inbox.finish_alike(reason, up_to=up_to, now=now)


def _is_theirs(reply: EventMessage) -> bool:
    return reply.contractor_id is not None and reply.contractor.phone == reply.phone


def _has_agreed(reply: EventMessage) -> bool:
    return bool(
        EventAttendee.select()
        .where(
            (EventAttendee.event == reply.event_id)
            & (EventAttendee.contractor == reply.contractor_id)
            & EventAttendee.sms_opt_in
        )
        .exists()
    )


def _plan(reply: EventMessage, text: str, now: datetime) -> int | None:
    # Nothing leaves for a match that was cancelled, and this is for the person.
    is_about = reply.match_id is not None and reply.match.cancelled_at is None
    return plan_text(
        whoever_wrote(reply, reply.contractor),
        MessageType.REPLY,
        text,
        category=MessageCategory.REPLY,
        now=now,
        expires_at=now + AN_ANSWER,
        match_id=reply.match_id if is_about else None,
    )
