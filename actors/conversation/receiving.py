"""Owns taking in a text that somebody sent us: stored once, and a STOP obeyed at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actors.conversation import consent
from actors.conversation.done import NEEDS_A_PERSON
from actors.conversation.reply_answers import OPTED_OUT, OPTED_OUT_BEFORE
from actors.reply_text import Intent, understand
from models import inbound, receiving
from models.base import db
from models.contractor import Contractor
from models.message import EventMessage
from models.receiving import Stored

STOP_WITHOUT_PHONE = "It asks for no more texts, and we do not know the phone."


@dataclass(frozen=True)
class Inbound:
    """One reply as a provider delivered it, whatever its form was.

    Attributes
    ----------
    phone : str or None
        E.164; None when only the contact is known.
    key : str or None
        What makes it this reply and no other; None means that it can not be recognised again.
    """

    phone: str | None
    text: str
    key: str | None
    ghl_contact_id: str | None
    ghl_location_id: str | None
    ghl_message_id: str | None
    raw_payload: dict[str, Any]


@dataclass(frozen=True)
class Received:
    """Where a reply is stored, and whether it was stored before."""

    message_id: int
    is_repeat: bool


def receive(reply: Inbound, *, now: datetime | None = None) -> Received:
    """Store a reply once and obey a STOP at once; the rest is for `actors.conversation.replies`.

    STOP takes effect in the transaction that stores it, so that it protects people even while
    Redis and every worker are down. For every other reply, one statement is the transaction.

    Parameters
    ----------
    now : datetime or None
        None is the database's own time.
    """
    if understand(reply.text).intent is Intent.STOP:
        with db.atomic():
            stored = _store(reply, now)
            if stored.message_id is not None:
                _obey_stop(stored.message_id, stored)
    else:
        stored = _store(reply, now)
    if stored.message_id is None:
        return Received(inbound.id_of(reply.key or ""), is_repeat=True)
    return Received(stored.message_id, is_repeat=False)


def _store(reply: Inbound, now: datetime | None) -> Stored:
    return receiving.store(
        phone=reply.phone,
        text=reply.text,
        key=reply.key,
        ghl_contact_id=reply.ghl_contact_id,
        ghl_location_id=reply.ghl_location_id,
        ghl_message_id=reply.ghl_message_id,
        raw_payload=reply.raw_payload,
        now=now,
    )


def _obey_stop(message_id: int, stored: Stored) -> None:
    contractor = Contractor.get_or_none(Contractor.id == stored.contractor_id)
    is_new = consent.stop(stored.phones, contractor, now=stored.at)
    action = OPTED_OUT if is_new else OPTED_OUT_BEFORE
    # The list is one of phones; of somebody who has none, a person must know.
    EventMessage.update(
        action_taken=action if stored.phones else NEEDS_A_PERSON,
        inbox_reason=None if stored.phones else STOP_WITHOUT_PHONE,
    ).where(EventMessage.id == message_id).execute()
