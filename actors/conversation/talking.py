"""Owns what a reply that is no STOP, START or HELP leads to: one answer, or a person's look.

The caller opens the transaction, holds the phone, and has the reply's row locked.
"""

from dataclasses import replace
from datetime import datetime

from actors.conversation import after_meeting, answering_matches, by_hand, meetings, wrapped_up
from actors.conversation.asking_back import ask_which, not_understood, nothing_open
from actors.conversation.done import NEEDS_A_PERSON, Done
from actors.conversation.hearing import Heard, hear, thanks_for_an_answer
from actors.reply_text import REFUSING, Intent
from actors.understanding import unwilling
from models import conversation, match_moves, schedule, steering
from models.contractor import Contractor
from models.message import EventMessage
from models.opt_out import has_opted_out
from models.peer_match import MatchState

SILENT = "nothing: the phone has opted out"
NO_PHONE = "We do not know the phone it came from."
A_STRANGER = "We do not know this number."
NO_EVENT = "We do not know which event it is about."
EVENT_IS_OFF = "It came after the event was cancelled."
SHARED_PHONE = "Several people with this phone were asked, and it may be anybody's YES."


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
    reason = unwilling.why(message.message_content or "")
    if reason is None:
        return _answer(heard, now)
    takes_back = reason in unwilling.TAKE_BACK_YES
    said_yes = _lock_for_taking_back(heard) if takes_back else []
    done = Done(NEEDS_A_PERSON, reason, heard)
    if heard.reply.intent in REFUSING:
        done = replace(_answer(heard, now), inbox_reason=reason)
    if takes_back:
        _take_back(heard, said_yes, now)
    return done


def _lock_for_taking_back(heard: Heard) -> list[int]:
    """Lock all that the reply may move, in the one order; return the matches with a yes of theirs.

    The event comes before its matches, and those by their ids.
    """
    if heard.reply.intent in answering_matches.CLOSING:
        schedule.lock(heard.event.id)
    said_yes = match_moves.said_yes(heard.person.id, heard.event.id)
    about = [one.match_id for part in heard.parts for one in part.about]
    match_moves.lock([*said_yes, *about, *(one.match_id for one in heard.known)])
    return said_yes


def _take_back(heard: Heard, said_yes: list[int], now: datetime) -> None:
    """Give nobody's contacts away on a YES that whoever said it has thought better of.

    First the texts, and only then the matches, as everywhere.
    """
    everybody = [one.match_id for one in heard.known]
    steering.cancel(steering.gives_contacts(everybody), reason=unwilling.WAITS)
    agreed = match_moves.see_all(said_yes, heard.person.id)
    for seen in agreed:
        asking = conversation.asking([seen.match.id], seen.peer.id, answering_matches.REMINDERS)
        steering.cancel(asking, reason=unwilling.WAITS)
    for seen in agreed:
        if seen.mine == match_moves.YES and seen.state is not MatchState.CONNECTED:
            match_moves.take_back(seen, now=now)


def _answer(heard: Heard, now: datetime) -> Done:
    if thanks_for_an_answer(heard, now=now):
        return Done("nothing: a courtesy", heard=heard)
    if by_hand.is_answered(heard):
        return Done(NEEDS_A_PERSON, by_hand.ANSWERED, heard)
    wrapped = wrapped_up.answer(heard, now=now)
    if wrapped is not None:
        return wrapped
    if not heard.also:
        return _answer_one(heard, now)
    _lock_all(heard)
    done = [_answer_one(part, now) for part in heard.parts]
    reason = next((one.inbox_reason for one in done if one.inbox_reason), None)
    return Done("; ".join(dict.fromkeys(one.action for one in done)), reason, heard)


def _lock_all(heard: Heard) -> None:
    """Take what the parts need in one order: the event, then all matches."""
    if any(part.reply.intent in answering_matches.CLOSING for part in heard.parts):
        schedule.lock(heard.event.id)
    match_moves.lock(one.match_id for part in heard.parts for one in part.about)


def _answer_one(heard: Heard, now: datetime) -> Done:
    intent = heard.reply.intent
    if intent is Intent.YES and heard.about and heard.is_shared:
        return Done(NEEDS_A_PERSON, SHARED_PHONE, heard)
    if intent in answering_matches.INTENTS and heard.about:
        action = answering_matches.answer(heard, now=now)
        only = heard.about[0].match_id if len(heard.about) == 1 else None
        return Done(action, heard=heard, match_id=only)
    if intent in meetings.INTENTS:
        return _about_a_meeting(heard, now)
    if intent is Intent.WHICH:
        return ask_which(heard, now)
    if intent in answering_matches.INTENTS and heard.asked not in ("attendance", "rating"):
        return nothing_open(heard, now)
    return not_understood(heard, now)


def _about_a_meeting(heard: Heard, now: datetime) -> Done:
    noted = after_meeting.answer(heard, now=now)
    if noted is None:
        return not_understood(heard, now)
    return Done(noted.action, noted.inbox_reason, heard, noted.match_id)
