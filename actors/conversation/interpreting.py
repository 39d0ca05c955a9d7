"""Owns reading a reply in the light of what was asked and which introductions are open; pure."""

import re
from collections.abc import Sequence

from actors.conversation.meetings import NOT_CLEAR, Answer, about_meetings
from actors.conversation.naming import (
    ABOUT_MEETING,
    are_written,
    is_taught_with_name,
    names_introductions,
)
from actors.reply_text import Intent, Reply, understand
from actors.understanding.people_named import Naming, Person, with_numbers
from actors.understanding.plain_answers import is_plain_answer, is_torn, says_yes_first
from actors.understanding.several_answers import parts
from models.conversation import ABOUT_ALL, ASKS, Introduced, Question
from models.message_status import MessageType
from models.peer_match import CLOSED_STATES, MatchState

LIVE = (MatchState.OPEN, MatchState.LATER)
UNANSWERED = (None, Intent.LATER.value)
_SEVERAL = (
    *(Intent.YES, Intent.NO, Intent.LATER, Intent.MORE),
    *(Intent.ATTENDED, Intent.NOT_ATTENDED),
)
WHICH = MessageType.WHICH_INTRODUCTION
_BOTH_OF_THESE = re.compile(r"\bboth\s+(?=\d)", re.IGNORECASE)
_SETTLING = (Intent.YES, Intent.NO, Intent.LATER, Intent.MET_ALREADY)


def is_live(one: Introduced) -> bool:
    """Whether it can be answered, as far as this person knows: not that the other one said no."""
    return one.state in LIVE or (one.state in CLOSED_STATES and one.response in UNANSWERED)


def interpret(
    text: str,
    questions: list[Question],
    live: list[Introduced],
    known: list[Introduced],
    own_name: str = "",
) -> list[Answer]:
    """Return what a reply means: one answer, or several that name different introductions.

    Parameters
    ----------
    known : list of Introduced
        Every introduction this person got at the event.
    own_name : str
        The first name of whoever replies.
    """
    asked = questions[0].asks if questions else None
    asked_about = _asked_about(questions, known)
    unanswered = [one for one in live if one.response in UNANSWERED]
    is_alone = bool(_asked_alone(questions))
    circles = [asked_about if is_alone else [], unanswered, live, known]
    naming = with_numbers(text, [[_person(one) for one in some] for some in circles], own_name)
    several = parts(naming.said, is_about_meeting=asked in ABOUT_MEETING)
    if several:
        answers = [_interpret(part, Naming(part), questions, live, known)[0] for part in several]
        is_plain = all(reply.intent in _SEVERAL and about for reply, about in answers)
        return answers if is_plain else [NOT_CLEAR]
    return _interpret(text, naming, questions, live, known)


def _interpret(
    text: str,
    naming: Naming,
    questions: list[Question],
    live: list[Introduced],
    known: list[Introduced],
) -> list[Answer]:
    asked = questions[0].asks if questions else None
    if asked not in ABOUT_MEETING:
        return [_about_introductions(text, naming, asked, questions, live)]
    introduction = ASKS[MessageType.INTRODUCTION]
    numbers = [one.number for one in live]
    for said in (text, naming.said) if is_taught_with_name(naming.said) else (text,):
        if names_introductions(said, asked, numbers):
            return [Answer(*_about_open(said, introduction, questions, live))]
    answers = about_meetings(text, naming, asked, _asked_about(questions, known), known)
    if answers:
        return answers
    # With a number for a name, "Ben was great" would be a rating.
    reply, about = _about_open(text, asked, questions, live)
    is_of_others = any(one.number not in naming.numbers for one in about)
    has_names = bool(naming.numbers) or not naming.is_clear
    return [NOT_CLEAR if has_names and is_of_others else Answer(reply, about)]


def _about_introductions(
    text: str,
    naming: Naming,
    asked: str | None,
    questions: list[Question],
    live: list[Introduced],
) -> Answer:
    """Let names choose among introductions where all of the reply is an answer.

    Elsewhere they only say of whom somebody wants to know more, and never let an answer be about
    anybody else.
    """
    has_names = bool(naming.numbers) or not naming.is_clear
    was_asked_whom = bool(questions) and questions[0].message_type == WHICH
    if not has_names or is_plain_answer(naming.said, was_asked_whom=was_asked_whom):
        # "Both Ben and Ana" are the two, however many are open.
        said = _BOTH_OF_THESE.sub("", naming.said)
        return Answer(*_about_open(said, asked, questions, live))
    if is_torn(naming.said):
        return NOT_CLEAR
    if is_plain_answer(naming.said, was_asked_whom=True):
        return Answer(Reply(Intent.WHICH), [])
    reply, about = _about_open(text, asked, questions, live)
    named = [one for one in live if one.number in naming.numbers]
    if reply.intent is Intent.MORE:
        return Answer(reply, named) if named and naming.is_clear else NOT_CLEAR
    is_of_others = any(one not in named for one in about)
    is_unsure = reply.intent is Intent.YES and not says_yes_first(text)
    return NOT_CLEAR if is_of_others or is_unsure or not naming.is_clear else Answer(reply, about)


def _about_open(
    text: str, asked: str | None, questions: list[Question], live: list[Introduced]
) -> tuple[Reply, list[Introduced]]:
    """Read it as being about what was asked alone, else what is unanswered, else what is open.

    When what was asked alone is settled by now, a bare answer is about nothing: a second YES to
    one introduction must not give somebody's contacts to the next.
    """
    asked_alone = _asked_alone(questions)
    still_asked = [one for one in live if one.match_id in asked_alone]
    unanswered = [one for one in live if one.response in UNANSWERED]
    reply = Reply(Intent.UNCLEAR)
    for candidates in (still_asked, unanswered, live):
        if not candidates:
            continue
        numbers = [one.number for one in candidates]
        reply = understand(text, asked=asked, open_numbers=numbers)
        is_named = are_written(reply, text) if asked in ABOUT_MEETING else bool(reply.choices)
        if asked_alone and not still_asked and reply.intent in _SETTLING and not is_named:
            return reply, []
        if reply.intent is not Intent.UNCLEAR:
            return reply, _chosen(reply, candidates)
    return (reply if live else understand(text, asked=asked)), []


def _person(one: Introduced) -> Person:
    return Person(one.number, one.peer_first_name, one.peer_name, one.peer_company)


def _asked_about(questions: list[Question], known: list[Introduced]) -> list[Introduced]:
    """Return the introductions that the questions are about, by their numbers."""
    asked = {question.match_id for question in questions}
    return [one for one in known if one.match_id in asked]


def _asked_alone(questions: list[Question]) -> set[int]:
    """Return the matches that the last question was about, if it was not about all."""
    if not questions or questions[0].message_type in ABOUT_ALL:
        return set()
    return {question.match_id for question in questions if question.match_id is not None}


def _chosen(reply: Reply, candidates: Sequence[Introduced]) -> list[Introduced]:
    if reply.choices:
        return [one for one in candidates if one.number in reply.choices]
    return list(candidates)
