"""Owns what a reply that is no STOP, START or HELP leads to: one answer, or a person's look.

The caller opens the transaction, holds the phone, and has the reply's row locked.
"""

from dataclasses import dataclass
from datetime import datetime

from actors import after_meeting, answering_matches, by_hand
from actors.answers import plan_answer
from actors.courtesy import is_courtesy
from actors.hearing import UNANSWERED, Heard, hear, thanks_for_an_answer
from actors.phrases import listed, who
from actors.reply_text import Intent
from models import conversation, inbound
from models.contractor import Contractor
from models.message import EventMessage
from models.message_status import MessageType
from models.opt_out import has_opted_out
from models.peer_match import MatchState
from models.usefulness import AN_ANSWER

NEEDS_A_PERSON = "needs a person"
SILENT = "nothing: the phone has opted out"
NO_PHONE = "We do not know the phone it came from."
A_STRANGER = "We do not know this number."
NO_EVENT = "We do not know which event it is about."
EVENT_IS_OFF = "It came after the event was cancelled."
NOT_UNDERSTOOD_TWICE = "We asked back once and still do not understand it."
SHARED_PHONE = "Several people with this phone were asked, and it may be anybody's YES."
NO_AFTER_YES = "It is a no, and contacts were exchanged before."
NOTHING_WAS_ASKED = "It answers nothing that we asked."
_OPTIONS = {
    "introduction": "YES for an introduction, LATER for a break, or NO",
    "break_prompt": "YES or SKIP",
    "attendance": "YES or NO",
    "rating": "a number from 1 to 10",
}


@dataclass(frozen=True)
class Done:
    """What was done about a reply.

    Attributes
    ----------
    action : str
        In words, for its row.
    inbox_reason : str or None
        Why a person should read it.
    heard : Heard or None
        How it was understood.
    match_id : int or None
        The match that it was about, when that was one.
    """

    action: str
    inbox_reason: str | None = None
    heard: Heard | None = None
    match_id: int | None = None


def answer(message: EventMessage, *, now: datetime) -> Done:
    """Do what a locked reply asks for."""
    if not message.phone:
        return Done(NEEDS_A_PERSON, NO_PHONE)
    if has_opted_out(message.phone):
        return Done(SILENT)
    heard = hear(message, now=now)
    if heard is None:
        is_known = Contractor.select().where(Contractor.phone == message.phone).exists()
        return Done(NEEDS_A_PERSON, NO_EVENT if is_known else A_STRANGER)
    # What it is about may be another event than the one that texted last.
    message.event = heard.event
    if heard.event.cancelled_at is not None:
        return Done(NEEDS_A_PERSON, EVENT_IS_OFF, heard)
    return _answer(heard, now)


def _answer(heard: Heard, now: datetime) -> Done:
    intent = heard.reply.intent
    if thanks_for_an_answer(heard, now=now):
        return Done("nothing: a courtesy", heard=heard)
    if by_hand.is_answered(heard):
        return Done(NEEDS_A_PERSON, by_hand.ANSWERED, heard)
    if intent is Intent.YES and heard.about and heard.is_shared:
        return Done(NEEDS_A_PERSON, SHARED_PHONE, heard)
    if intent in answering_matches.INTENTS and heard.about:
        action = answering_matches.answer(heard, now=now)
        only = heard.about[0].match_id if len(heard.about) == 1 else None
        return Done(action, heard=heard, match_id=only)
    if intent in after_meeting.INTENTS:
        return _about_a_meeting(heard, now)
    if intent is Intent.WHICH:
        return _ask_which(heard, now)
    if intent in answering_matches.INTENTS and heard.asked not in ("attendance", "rating"):
        return _nothing_open(heard, now)
    return _not_understood(heard, now)


def _about_a_meeting(heard: Heard, now: datetime) -> Done:
    noted = after_meeting.answer(heard, now=now)
    if noted is None:
        return _not_understood(heard, now)
    return Done(noted.action, noted.inbox_reason, heard, noted.match_id)


def _ask_which(heard: Heard, now: datetime) -> Done:
    options = [one for one in heard.live if one.response in UNANSWERED]
    if not options:
        return Done(answering_matches.REPEATED, heard=heard)
    if conversation.asked_back_last(heard.message.phone, now=now):
        return Done(NEEDS_A_PERSON, NOT_UNDERSTOOD_TWICE, heard)
    named = [f"{one.number} {who(one.peer_name, one.peer_company)}" for one in options]
    numbers = [str(one.number) for one in options]
    facts = {"choices": ", ".join(named), "numbers": ", ".join(numbers)}
    plan_answer(heard.message, heard.person, MessageType.WHICH_INTRODUCTION, facts, now=now)
    return Done("asked which introduction", heard=heard)


def _nothing_open(heard: Heard, now: datetime) -> Done:
    """Say that introductions come by text; to whoever has had some there is nothing to say.

    A no that comes after both said yes undoes nothing, but the organiser should know.
    """
    connected = [one for one in heard.known if one.state == MatchState.CONNECTED]
    if connected and heard.reply.intent is Intent.NO:
        only = connected[0].match_id if len(connected) == 1 else None
        return Done(NEEDS_A_PERSON, NO_AFTER_YES, heard, only)
    if heard.known and heard.questions:
        return Done("nothing: it was answered before", heard=heard)
    if heard.known:
        return Done(NEEDS_A_PERSON, NOTHING_WAS_ASKED, heard)
    kind = MessageType.NOTHING_OPEN
    if not inbound.has_recent_answer(heard.message.phone, kind, now=now, within=AN_ANSWER):
        plan_answer(heard.message, heard.person, kind, {}, now=now)
    return Done("said that nothing is open", heard=heard)


def _not_understood(heard: Heard, now: datetime) -> Done:
    text = heard.message.message_content or ""
    if is_courtesy(text):
        return Done("nothing: a courtesy", heard=heard)
    if conversation.asked_back_last(heard.message.phone, now=now):
        return Done(NEEDS_A_PERSON, NOT_UNDERSTOOD_TWICE, heard)
    if heard.asked is None or (heard.asked in ("introduction", "break_prompt") and not heard.live):
        return Done(NEEDS_A_PERSON, NOTHING_WAS_ASKED, heard)
    facts = {"options": _options(heard)}
    plan_answer(heard.message, heard.person, MessageType.NOT_UNDERSTOOD, facts, now=now)
    return Done("asked what was meant", heard=heard)


def _options(heard: Heard) -> str:
    options = _OPTIONS[heard.asked or "introduction"]
    if heard.has_several and heard.asked == "introduction":
        numbers = listed(f"{one.number} {one.peer_first_name}" for one in heard.live)
        return f"{options}, with the number: {numbers}"
    return options
