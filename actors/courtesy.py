"""Owns what people say to be polite and that needs no answer, in English and Spanish; pure."""

import re

_COURTESY = re.compile(
    r"\W*(?:(?:ok(?:ay)?|k|thanks?|thank you|thx|ty|great|cool|perfect|awesome|nice|got it|gracias"
    r"|sounds good|will do|you too|so much|a lot|appreciate it|[\U0001F64F\U0001F60A\u2764])\W*)+",
    re.IGNORECASE,
)
_LONGEST = 100


def is_courtesy(text: str) -> bool:
    """Whether a reply that answers nothing is thanks, or an OK."""
    return len(text) <= _LONGEST and bool(_COURTESY.fullmatch(text))
