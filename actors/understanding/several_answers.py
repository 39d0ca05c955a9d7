"""Owns taking a reply apart that answers several introductions, each by number; pure."""

import re

_NUMBERS = r"\d{1,2}(?:\s*(?:,|&|\band\b|\by\b)\s*(?:and\s+)?\d{1,2})*"
_ANSWER = r"(?:yes|yeah|yep|si|no|nope|later|skip|pass)(?: please)?"
_MET = (
    r"(?:(?:yes|no)\W+)?(?:i |we )?(?:did meet|met|didnt meet|did not meet|didn't meet|not|missed)"
)
_LONGEST = 200
_END = r"[\s,.;!/]*(?:\b(?:and|but|y|pero)\b)?[\s,]*"


def parts(numbered: str, *, is_about_meeting: bool = False) -> list[str]:
    """Return "1 yes" and "2 no" of "1 yes 2 no"; nothing unless all of it is of that form.

    Parameters
    ----------
    numbered : str
        The reply with numbers in place of names.
    """
    if len(numbered) > _LONGEST:
        return []
    answer = rf"(?:{_ANSWER}|{_MET})" if is_about_meeting else _ANSWER
    text = numbered.strip().replace("\u2019", "'")
    numbers = re.findall(r"\d+", text)
    for form in (
        rf"{_NUMBERS}\s*[:=-]?\s*{answer}\b",
        rf"{answer}\W*(?:(?:to|for|with|on|number|a)\W+)?{_NUMBERS}(?!\d)",
    ):
        found = _in_a_row(re.compile(rf"({form}){_END}", re.IGNORECASE), text)
        if len(found) > 1 and len(set(numbers)) == len(numbers):
            return found
    return []


def _in_a_row(part: re.Pattern[str], text: str) -> list[str]:
    """Return the parts that a text is made of, one behind the other; nothing if there is more."""
    found: list[str] = []
    place = 0
    while place < len(text):
        match = part.match(text, place)
        if match is None:
            return []
        found.append(match[1])
        place = match.end()
    return found
