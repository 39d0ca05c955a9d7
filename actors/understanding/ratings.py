"""Owns the ratings in a reply: numbers out of ten; pure."""

import re

from actors.understanding.numbers import NUMBER_WORDS, ORDINALS, fits
from actors.understanding.patterns import word_set

_BEFORE_RATING = word_set(
    "a an solid strong easy easily perfect about around say it him her them was is give id rate "
    "probably maybe like of rating score honestly un una or to and yes definitely like at least "
    "only just good bad sure so the number"
)
_NO_RATING_AFTER = word_set(
    "am pm oclock min mins minute minutes hour hours hr hrs day days week weeks month months year "
    "years people guys crews crew trucks times of more percent beers drinks things others thumbs"
)
_FRACTION = re.compile(
    r"(?<![\w/.])(\d{1,4}(?:\.\d+)?|" + "|".join(NUMBER_WORDS) + r") ?(?:/|out of|over|de) ?"
    r"(10|ten|diez|5|five|cinco)(?![\w/])(?:\.0)?",
    re.IGNORECASE,
)
_CARDINAL = re.compile(
    r"\d{1,4}(?:\.\d+)?|"
    + "|".join(word for word in NUMBER_WORDS if word.isalpha() and word not in ORDINALS)
)


def fraction(written: str) -> tuple[str, float | None]:
    """Return the text without its "n/10", "n/5" or "n out of 5", and the rating out of ten."""
    match = _FRACTION.search(written)
    if match is None:
        return written, None
    given, most = match.group(1).lower(), match.group(2).lower()
    value = float(NUMBER_WORDS.get(given, 0) or given)
    doubled = value * 2 if most in ("5", "five", "cinco") else value
    return written[: match.start()] + "," + written[match.end() :], doubled


def ratings(said: str) -> list[float]:
    """Return the bare numbers of a marked clause that can be ratings, fit or not.

    Of a range ("7 or 8") it is the lower one: that much was surely said.
    """
    words, found = said.split(), []
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        if not _CARDINAL.fullmatch(word) or (word == "one" and before not in ("", "a", "YES")):
            continue
        if after not in _NO_RATING_AFTER and fits(before, _BEFORE_RATING):
            found.append(float(NUMBER_WORDS.get(word, 0) or word))
    is_range = "or" in words or "to" in words
    return [min(found)] if is_range and found else found
