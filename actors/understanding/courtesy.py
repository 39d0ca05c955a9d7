"""Owns what people say to be polite and that needs no answer, in English and Spanish; pure."""

import re

from actors.understanding import cleaning

_KIND_SIGNS = "\U0001f64f\U0001f60a\u2764"
_THUMB = "\U0001f44d"
# None of them: what could be either would make a long row of them slow to read.
_BETWEEN = rf"[^\w{_KIND_SIGNS}]*"
_THANKS = (
    r"thanks?|thank you|thx|ty|gracias|you too|so much|a lot|appreciate it"
    rf"|[{_KIND_SIGNS}]"
)
_PRAISE = r"great|cool|perfect|awesome|nice|sounds good"
_AGREED = rf"ok(?:ay)?|k|{_PRAISE}|got it|will do"
_COURTESY = re.compile(rf"{_BETWEEN}(?:(?:{_THANKS}|{_AGREED}){_BETWEEN})+", re.IGNORECASE)
_ONLY_THANKS = re.compile(rf"{_BETWEEN}(?:(?:{_THANKS}){_BETWEEN})+", re.IGNORECASE)
_HAS_PRAISE = re.compile(rf"\b(?:{_PRAISE})\b", re.IGNORECASE)
_GOOD = (
    r"great|good|nice|awesome|amazing|fantastic|wonderful|excellent|lovely|fun|super|cool|perfect"
    r"|incredible|loved|enjoyed|what an?|well done|excelente|buen[oa]?|gran"
)
_OCCASION = (
    r"event|day|time|conference|summit|show|expo|evening|experience|one|evento|dia|it was|that was"
    r"|this was|its been|had|i|we|really|such|an?|the|it|very|so|all|everyone|everybody|fue|un"
    r"|much[oa]s"
)
_PLEASED = re.compile(
    rf"(?=.*(?:{_GOOD}|{_THANKS}|{_THUMB}))"
    rf"{_BETWEEN}(?:(?:{_GOOD}|{_OCCASION}|{_THANKS}|{_AGREED})(?!\w){_BETWEEN})*",
    re.IGNORECASE | re.DOTALL,
)
_UNKIND_REACTION = re.compile(r"\s*(?:disliked|questioned|removed)|[^\"]*\U0001F44E", re.IGNORECASE)
_LONGEST = 100


def is_courtesy(text: str) -> bool:
    """Whether a reply that answers nothing is thanks, or an OK."""
    return len(text) <= _LONGEST and bool(_COURTESY.fullmatch(text))


def is_thanks(text: str) -> bool:
    """Whether it is thanks and no more: an OK may answer what somebody asked."""
    return len(text) <= _LONGEST and bool(_ONLY_THANKS.fullmatch(text))


def is_praise(text: str) -> bool:
    """Whether it is politeness that may stand for a rating: "great", and not mere thanks."""
    return is_courtesy(text) and bool(_HAS_PRAISE.search(text))


def is_pleased(text: str) -> bool:
    """Whether it only says how good a day it was, or is a thumb put on our text."""
    typed = cleaning.plain(text)
    if cleaning.is_reaction(typed):
        return not _UNKIND_REACTION.match(typed)
    return len(typed) <= _LONGEST and bool(_PLEASED.fullmatch(typed))
