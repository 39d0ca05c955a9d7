"""Owns what people say to be polite and that needs no answer, in English and Spanish; pure."""

import re

_THANKS = (
    r"thanks?|thank you|thx|ty|gracias|you too|so much|a lot|appreciate it"
    r"|[\U0001F64F\U0001F60A\u2764]"
)
_AGREED = r"ok(?:ay)?|k|great|cool|perfect|awesome|nice|got it|sounds good|will do"
_COURTESY = re.compile(rf"\W*(?:(?:{_THANKS}|{_AGREED})\W*)+", re.IGNORECASE)
_ONLY_THANKS = re.compile(rf"\W*(?:(?:{_THANKS})\W*)+", re.IGNORECASE)
_LONGEST = 100


def is_courtesy(text: str) -> bool:
    """Whether a reply that answers nothing is thanks, or an OK."""
    return len(text) <= _LONGEST and bool(_COURTESY.fullmatch(text))


def is_thanks(text: str) -> bool:
    """Whether it is thanks and no more: an OK may answer what somebody asked."""
    return len(text) <= _LONGEST and bool(_ONLY_THANKS.fullmatch(text))
