"""Owns what STOP, START and HELP are answered with; what else people write is talked about."""

from datetime import datetime

from actors.conversation import consent, talking
from actors.conversation.agreed import connect_agreed
from actors.conversation.done import NEEDS_A_PERSON, Done
from actors.reply_text import Intent, understand
from actors.sending.outgoing import plan_text, whoever_wrote
from actors.wording import compliance_texts
from models import inbound
from models.config import Config
from models.contractor import Contractor
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType
from models.opt_out import has_opted_out
from models.usefulness import AN_ANSWER

OPTED_OUT = "opted out"
OPTED_OUT_BEFORE = "was opted out already"
OPTED_IN = "opted in"
OPTED_IN_BEFORE = "was opted in already"
OVERTAKEN = "nothing: STOP came after it"
HELPED = "sent help"
START_OF_A_STRANGER = "It is a START, and nobody here has this number."


def answer(message: EventMessage, intent: Intent, *, now: datetime, config: Config) -> Done:
    """Do what a locked reply asks for and return what was done.

    Parameters
    ----------
    intent : Intent
        What it means by itself, whatever was asked.
    """
    if intent is Intent.STOP:
        done = _answer_stop(message, now, config)
        return Done(done, message.inbox_reason)
    if intent is Intent.START and message.phone:
        started = _answer_start(message, now)
        is_strange = started == NEEDS_A_PERSON
        return Done(started, START_OF_A_STRANGER if is_strange else None)
    if intent is Intent.HELP and message.phone:
        text = compliance_texts.help_text(
            _event_name(message), config.contact_email, is_opted_out=has_opted_out(message.phone)
        )
        _plan(message, MessageType.HELP_REPLY, text, now)
        return Done(HELPED)
    return talking.answer(message, now=now)


def _answer_stop(message: EventMessage, now: datetime, config: Config) -> str:
    """Confirm once, when it is us and not the carrier who confirms; it was obeyed on arrival."""
    done: str = message.action_taken or NEEDS_A_PERSON
    if config.opt_out_reply == "ours" and done == OPTED_OUT and has_opted_out(message.phone):
        text = compliance_texts.stop_text(_event_name(message))
        _plan(message, MessageType.STOP_REPLY, text, now)
    return done


def _answer_start(message: EventMessage, now: datetime) -> str:
    contractor: Contractor | None = message.contractor
    phones = consent.phones_of(message.phone, contractor)
    # A START that was handled late must not undo a STOP that was sent after it.
    if any(understand(text).intent is Intent.STOP for text in inbound.texts_after(message)):
        return OVERTAKEN
    changed = consent.start(phones, contractor, now=now)
    if not changed and contractor is None:
        return NEEDS_A_PERSON
    kind = MessageType.START_REPLY
    said_before = inbound.has_recent_answer(message.phone, kind, now=now, within=AN_ANSWER)
    if changed or not said_before:
        has_event = contractor is not None and bool(consent.events_to_come(contractor, now))
        text = compliance_texts.start_text(_event_name(message), has_event_to_come=has_event)
        _plan(message, kind, text, now)
    if contractor is not None:
        connect_agreed(contractor, now=now)
    return OPTED_IN if changed else OPTED_IN_BEFORE


def _plan(message: EventMessage, kind: MessageType, text: str, now: datetime) -> None:
    """Put the answer on the schedule; it goes to the phone that wrote."""
    plan_text(
        whoever_wrote(message, message.contractor),
        kind,
        text,
        category=MessageCategory.COMPLIANCE,
        now=now,
        expires_at=now + AN_ANSWER,
    )


def _event_name(message: EventMessage) -> str | None:
    return message.event.name if message.event_id else None
