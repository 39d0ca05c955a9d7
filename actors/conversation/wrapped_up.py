"""Owns what is made of a reply once the wrap-up has left: it is what was said last."""

from datetime import datetime

from actors.conversation.done import NEEDS_A_PERSON, Done
from actors.conversation.hearing import WRITTEN_DOWN_WITHIN, Heard
from actors.conversation.naming import are_written
from actors.reply_text import Intent
from actors.understanding.courtesy import is_pleased
from actors.understanding.words import said_in
from models import conversation

AFTER_WRAP_UP = "It came after the wrap-up, and answers nothing that we asked."
_OF_A_MEETING = (Intent.ATTENDED, Intent.NOT_ATTENDED)
_IN_WORDS = frozenset({"MET", "TALKED", "MISSED"})


def answer(heard: Heard, *, now: datetime) -> Done | None:
    """Let politeness be and leave the rest to a person; None for a clear answer, or no wrap-up."""
    came_at: datetime = heard.message.created_at
    moment = min(now, came_at + WRITTEN_DOWN_WITHIN)
    if not heard.event.is_over(moment):
        return None
    if not conversation.wrapped_up_last(heard.message.phone, now=moment):
        return None
    text = heard.message.message_content or ""
    if is_pleased(text):
        return Done("nothing: a courtesy", heard=heard)
    return None if _is_clear(heard, text) else Done(NEEDS_A_PERSON, AFTER_WRAP_UP, heard)


def _is_clear(heard: Heard, text: str) -> bool:
    """Whether it is a rating, or says in words or by number what else it is about.

    A bare YES to "did you two meet?" of the evening before may as well be one to the wrap-up.
    """
    if heard.reply.rating is not None:
        return True
    if heard.reply.intent in _OF_A_MEETING:
        return not _IN_WORDS.isdisjoint(said_in(text).marks)
    return are_written(heard.reply, text)
