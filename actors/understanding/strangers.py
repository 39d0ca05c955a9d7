"""Owns who is named in a reply and was never introduced; pure."""

import re

from actors.understanding.patterns import word_set

# No introduction has this number.
STRANGER = 9999
_OF_A_STRANGER = re.compile(
    r"(\W*(?i:yes|yeah|yep|sure|ok|no|nope|later|skip)\b(?:,? please)? (?:to|for|with) )"
    r"([A-Z][a-z]{2,})\W*",
)
_NO_STRANGERS = word_set(
    "him her them this that the both all everyone everybody each meeting meet intro introduction"
    " introductions connect connecting you your now today lunch dinner breakfast me sure either"
    " first second third fourth fifth one two three four five six seven eight nine ten any"
)


def without_strangers(text: str) -> str:
    """Let "Yes to Zoe" mean nobody who is open."""
    match = _OF_A_STRANGER.fullmatch(text)
    if match is None or match[2].lower() in _NO_STRANGERS:
        return text
    return f"{match[1]}{STRANGER}"
