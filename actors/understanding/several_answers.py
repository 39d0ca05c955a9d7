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
    for form in (
        rf"{_NUMBERS}\s*[:=-]?\s*{answer}\b",
        rf"{answer}\W*(?:(?:to|for|with|on|number|a)\W+)?{_NUMBERS}(?!\d)",
    ):
        if re.fullmatch(rf"\W*(?:{form}{_END})+", text, re.IGNORECASE):
            found = re.findall(form, text, re.IGNORECASE)
            numbers = re.findall(r"\d+", text)
            if len(found) > 1 and len(set(numbers)) == len(numbers):
                return [str(part) for part in found]
    return []
