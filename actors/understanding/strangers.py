"""Owns who is named in a reply and was never introduced; pure."""

import re

from actors.understanding.patterns import word_set

# No introduction has this number.
STRANGER = 9999
_OF_A_STRANGER = re.compile(
    r"(\W*(?:yes|yeah|yep|sure|ok|no|nope|later|skip)\b(?:,? please)? (?:to|for|with) )"
    r"([^\W\d_]{3,})(?: [^\W\d_]+)?\W*",
    re.IGNORECASE,
)
_NO_STRANGERS = word_set(
    "him her them this that these those the both all everyone everybody each meeting meet intro"
    " introduction introductions connect connecting networking you your our now today tomorrow"
    " lunch dinner breakfast coffee drinks sure certain real pleasure me either any someone"
    " somebody anyone anybody first second third fourth fifth one two three four five six seven"
    " eight nine ten todos todas"
)


def without_strangers(text: str) -> str:
    """Let "Yes to Zoe" mean nobody who is open."""
    match = _OF_A_STRANGER.fullmatch(text)
    if match is None or match[2].lower() in _NO_STRANGERS:
        return text
    return f"{match[1]}{STRANGER}"
