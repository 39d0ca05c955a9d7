"""Owns what people say after they were connected: whether they met, and how it was."""

from datetime import datetime
from typing import NamedTuple

from actors.conversation.hearing import Heard, matches_asked
from actors.reply_text import Intent
from actors.sending.answers import plan_answer
from actors.wording.phrases import first_name
from models import conversation, match_moves
from models.match_moves import Seen
from models.message_status import MessageType

POOR = 3
SORRY = "I'm sorry it wasn't more useful."


class Noted(NamedTuple):
    """What was written down, and why the organiser should know."""

    action: str
    inbox_reason: str | None
    match_id: int | None


def answer(heard: Heard, *, now: datetime) -> Noted | None:
    """Note it on the match that was asked about; None when there is none."""
    match_ids = matches_asked(heard)
    match_moves.lock(match_ids)
    possible = match_moves.see_all(match_ids, heard.person.id)
    if not possible:
        return None
    news = [each for each in possible if _is_news(heard, each)] or possible[:1]
    is_named = any(one.match_id in match_ids for one in heard.about)
    meant = news if is_named else news[:1]
    matches = [seen.match.id for seen in meant]
    answered = [question.message_id for question in heard.questions if question.match_id in matches]
    conversation.note_answered(answered, now=now)
    noted = [_note(heard, seen, now) for seen in meant]
    if len(noted) == 1:
        return noted[0]
    reason = next((one.inbox_reason for one in noted if one.inbox_reason), None)
    return Noted(noted[0].action, reason, None)


def _note(heard: Heard, seen: Seen, now: datetime) -> Noted:
    if heard.reply.intent is Intent.NOT_ATTENDED:
        return _not_met(heard, seen, now)
    # Whoever rates a talk has had it.
    is_news = match_moves.note_met(seen, True, now=now)
    if heard.reply.rating is not None:
        return _rated(heard, seen, heard.reply.rating, now)
    if is_news:
        _say(heard, seen, MessageType.ATTENDED_NOTED, now)
    return Noted("noted that they met", None, seen.match.id)


def _is_news(heard: Heard, seen: Seen) -> bool:
    """Whether the person has not said this about the meeting yet."""
    if heard.reply.intent is Intent.RATING:
        return getattr(seen.match, f"feedback_contractor{seen.side}") is None
    return seen.of(seen.side, "met") is None


def _not_met(heard: Heard, seen: Seen, now: datetime) -> Noted:
    if match_moves.note_met(seen, False, now=now):
        _say(heard, seen, MessageType.NOT_ATTENDED_NOTED, now)
    return Noted("noted that they did not meet", None, seen.match.id)


def _rated(heard: Heard, seen: Seen, rating: int, now: datetime) -> Noted:
    if getattr(seen.match, f"feedback_contractor{seen.side}") == str(rating):
        return Noted("nothing: it was said before", None, seen.match.id)
    match_moves.note_rating(seen, rating, now=now)
    sorry = SORRY if rating <= POOR else ""
    _say(heard, seen, MessageType.RATING_NOTED, now, sorry=sorry)
    reason = f"A rating of {rating} out of 10." if rating <= POOR else None
    return Noted(f"noted the rating {rating}", reason, seen.match.id)


def _say(heard: Heard, seen: Seen, kind: MessageType, now: datetime, **more: str) -> None:
    facts = {"peer_first_name": first_name(seen.peer), **more}
    plan_answer(heard.message, heard.person, kind, facts, now=now, match_id=seen.match.id)
