"""Owns what is said to a reply that moves nothing: a question back, or that nothing is open."""

from datetime import datetime

from actors.conversation.answering_matches import REPEATED
from actors.conversation.done import NEEDS_A_PERSON, Done
from actors.conversation.hearing import Heard, matches_asked
from actors.conversation.interpreting import UNANSWERED
from actors.reply_text import Intent
from actors.sending.answers import plan_answer
from actors.understanding.courtesy import is_courtesy, is_praise
from actors.understanding.words import is_question
from actors.wording.phrases import one_line, who
from models import conversation, inbound
from models.conversation import Introduced
from models.message_status import MessageType
from models.peer_match import MatchState
from models.usefulness import AN_ANSWER

NOT_UNDERSTOOD_TWICE = "We asked back once and still do not understand it."
NO_AFTER_YES = "It is a no, and contacts were exchanged before."
A_QUESTION = "It asks something after contacts were exchanged."
NOTHING_WAS_ASKED = "It answers nothing that we asked."
OUTLOOK = "If I find someone for you to meet at {event}, you'll hear from me here."
_OPTIONS = {
    "introduction": "YES for an introduction, LATER for a break, or NO",
    "break_prompt": "YES or SKIP",
    "attendance": "YES or NO",
    "rating": "with a number from 1 to 10",
}


def ask_which(heard: Heard, now: datetime) -> Done:
    """Ask which introduction an unnumbered YES is about."""
    options = [one for one in heard.live if one.response in UNANSWERED]
    if not options:
        return Done(REPEATED, heard=heard)
    if conversation.asked_back_last(heard.message.phone, now=now):
        return Done(NEEDS_A_PERSON, NOT_UNDERSTOOD_TWICE, heard)
    named = [f"{one.number} {who(one.peer_name, one.peer_company)}" for one in options]
    numbers = [str(one.number) for one in options]
    facts = {"choices": ", ".join(named), "numbers": ", ".join(numbers)}
    plan_answer(heard.message, heard.person, MessageType.WHICH_INTRODUCTION, facts, now=now)
    return Done("asked which introduction", heard=heard)


def nothing_open(heard: Heard, now: datetime) -> Done:
    """Say that introductions come by text; to whoever has had some there is nothing to say.

    A no that comes after both said yes undoes nothing, but the organiser should know.
    """
    connected = _connected(heard)
    if connected and heard.reply.intent is Intent.NO:
        only = connected[0].match_id if len(connected) == 1 else None
        return Done(NEEDS_A_PERSON, NO_AFTER_YES, heard, only)
    if connected and heard.reply.intent is Intent.MORE:
        return Done(NEEDS_A_PERSON, A_QUESTION, heard)
    if heard.known and heard.questions:
        return Done("nothing: it was answered before", heard=heard)
    if heard.known:
        return Done(NEEDS_A_PERSON, NOTHING_WAS_ASKED, heard)
    kind = MessageType.NOTHING_OPEN
    if not inbound.has_recent_answer(heard.message.phone, kind, now=now, within=AN_ANSWER):
        name = one_line(heard.event.name)
        outlook = "" if heard.event.is_over(now) else OUTLOOK.format(event=name)
        plan_answer(heard.message, heard.person, kind, {"outlook": outlook}, now=now)
    return Done("said that nothing is open", heard=heard)


def not_understood(heard: Heard, now: datetime) -> Done:
    """Ask once what was meant; the second time, and where nothing was asked, a person looks."""
    text = heard.message.message_content or ""
    is_for_rating = heard.asked == "rating" and is_praise(text)
    if is_courtesy(text) and not is_for_rating:
        return Done("nothing: a courtesy", heard=heard)
    if _connected(heard) and is_question(text):
        return Done(NEEDS_A_PERSON, A_QUESTION, heard)
    if conversation.asked_back_last(heard.message.phone, now=now):
        return Done(NEEDS_A_PERSON, NOT_UNDERSTOOD_TWICE, heard)
    if heard.asked is None or (heard.asked in ("introduction", "break_prompt") and not heard.live):
        return Done(NEEDS_A_PERSON, NOTHING_WAS_ASKED, heard)
    facts = {"options": _options(heard)}
    plan_answer(heard.message, heard.person, MessageType.NOT_UNDERSTOOD, facts, now=now)
    return Done("asked what was meant", heard=heard)


def _connected(heard: Heard) -> list[Introduced]:
    return [one for one in heard.known if one.state == MatchState.CONNECTED]


def _options(heard: Heard) -> str:
    options = _OPTIONS[heard.asked or "introduction"]
    if heard.has_several and heard.asked == "introduction":
        numbers = ", ".join(f"{one.number} {one.peer_first_name}" for one in heard.live)
        return f"{options}, with the number ({numbers}), such as YES {heard.live[0].number}"
    names = [one.peer_first_name for one in heard.known if one.match_id in matches_asked(heard)]
    if heard.asked == "attendance" and len(set(names)) > 1:
        return f"{options} with the name, such as YES to {names[0]}"
    return options
