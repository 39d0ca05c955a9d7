"""Owns reading what somebody says about meetings, and about which of those asked; pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from actors.reply_text import Intent, Reply, understand
from actors.understanding.intents import UNCLEAR
from actors.understanding.numbers import NUMBER_WORDS
from actors.understanding.people_named import Naming
from models.conversation import Introduced
from models.peer_match import MatchState

INTENTS = (Intent.ATTENDED, Intent.NOT_ATTENDED, Intent.RATING)
_NUMBERS = r"\d{1,2}(?:\W+(?:(?:and|y)\W+)?\d{1,2}){0,9}"
_JUST_NUMBERS = re.compile(rf"\W*{_NUMBERS}(?:\W+(?:please|both|too))?\W*", re.IGNORECASE)
_ONE_NUMBER = re.compile(rf"\W*(?:\d+(?:\.\d+)?|{'|'.join(NUMBER_WORDS)})\W*", re.IGNORECASE)
_ONLY = re.compile(
    r"\W*(?:(?:no|nope|yes|yeah|yep)\W+)?(?:i |we )?(?:met |saw )?(?:only|just)\b"
    rf"(?: met| saw| talked (?:to|with)| with)?\W+({_NUMBERS})\W*",
    re.IGNORECASE,
)
_NEITHER = re.compile(r"\b(?:neither|none|either|nobody|no one|ningun[oa]?)\b", re.IGNORECASE)
# "We both" are the two who met.
_BOTH = re.compile(
    r"(?<!we )(?<!us )\b(?:both|all (?:of them|two|three)|everyone|ambos|ambas|todos)\b"
    r"|^\W*(?:yes\W+)?all\W*$",
    re.IGNORECASE,
)


class Answer(NamedTuple):
    """What was meant, and which introductions it is about; none: what was asked last."""

    reply: Reply
    about: list[Introduced]


NOT_CLEAR = Answer(UNCLEAR, [])


def about_meetings(
    text: str, naming: Naming, asked: str, asked_about: list[Introduced], known: list[Introduced]
) -> list[Answer]:
    """Return what is said about meetings, one answer per meaning; nothing when that is none.

    Parameters
    ----------
    asked : {"attendance", "rating"}
    asked_about : list of Introduced
        Those whom the questions are about.
    """
    met = [one for one in known if one.state == MatchState.CONNECTED]
    if asked == "attendance":
        only = _ONLY.fullmatch(naming.said)
        if only is not None:
            return _only(_among(met, map(int, re.findall(r"\d+", only[1]))), asked_about)
        if _ONE_NUMBER.fullmatch(text):
            # Nobody asked for a rating, and the question had no number.
            return [NOT_CLEAR]
    open_numbers = [one.number for one in met] if asked == "attendance" else []
    reply = understand(text, asked=asked, open_numbers=open_numbers)
    if asked == "attendance" and reply.intent not in INTENTS:
        reply = _meant(reply, text, naming, has_several=len(asked_about) > 1)
    if reply.intent not in INTENTS:
        return []
    return [_about(reply, text, naming, asked_about, met)]


def _meant(reply: Reply, text: str, naming: Naming, *, has_several: bool) -> Reply:
    """Return the reply, where "both" and a name alone say who was met."""
    is_name = bool(naming.numbers) and _JUST_NUMBERS.fullmatch(naming.said) is not None
    is_both = has_several and reply.intent is Intent.YES and _BOTH.search(text) is not None
    return Reply(Intent.ATTENDED, reply.choices) if is_name or is_both else reply


def _about(
    reply: Reply, text: str, naming: Naming, asked_about: list[Introduced], met: list[Introduced]
) -> Answer:
    if naming.numbers or not naming.is_clear:
        named = _among(met, naming.numbers)
        return Answer(reply, named) if named and naming.is_clear else NOT_CLEAR
    if len(asked_about) > 1 and reply.intent is not Intent.RATING:
        if reply.intent is Intent.NOT_ATTENDED and _NEITHER.search(text):
            return Answer(reply, asked_about)
        if _BOTH.search(text):
            # "Not both" says nothing of either.
            is_met = reply.intent is Intent.ATTENDED
            return Answer(reply, asked_about) if is_met else NOT_CLEAR
    return Answer(reply, _among(met, reply.choices))


def _only(chosen: list[Introduced], asked_about: list[Introduced]) -> list[Answer]:
    others = [one for one in asked_about if one not in chosen]
    if not chosen:
        return [NOT_CLEAR]
    answers = [Answer(Reply(Intent.ATTENDED), chosen)]
    return [*answers, Answer(Reply(Intent.NOT_ATTENDED), others)] if others else answers


def _among(people: list[Introduced], numbers: Iterable[int]) -> list[Introduced]:
    wanted = set(numbers)
    return [one for one in people if one.number in wanted]
