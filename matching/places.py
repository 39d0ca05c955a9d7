"""Where somebody works, as typed: a folded text and the states or provinces named in it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_NAMES: Final = """
alabama AL, alaska AK, arizona AZ, arkansas AR, california CA, colorado CO, connecticut CT,
delaware DE, district of columbia DC, florida FL, georgia GA, hawaii HI, idaho ID, illinois IL,
indiana IN, iowa IA, kansas KS, kentucky KY, louisiana LA, maine ME, maryland MD, massachusetts MA,
michigan MI, minnesota MN, mississippi MS, missouri MO, montana MT, nebraska NE, nevada NV,
new hampshire NH, new jersey NJ, new mexico NM, new york NY, north carolina NC, north dakota ND,
ohio OH, oklahoma OK, oregon OR, pennsylvania PA, rhode island RI, south carolina SC,
south dakota SD, tennessee TN, texas TX, utah UT, vermont VT, virginia VA, washington WA,
west virginia WV, wisconsin WI, wyoming WY, puerto rico PR, guam GU, us virgin islands VI,
alberta AB, british columbia BC, manitoba MB, new brunswick NB, newfoundland NL, nova scotia NS,
ontario ON, prince edward island PE, quebec QC, saskatchewan SK, yukon YT,
northwest territories NT, nunavut NU, washington state WA, new york state NY
"""
_STATE_BY_NAME: Final = {
    name: code for name, code in (entry.strip().rsplit(" ", 1) for entry in _NAMES.split(","))
} | {entry.strip()[-2:].lower(): entry.strip()[-2:] for entry in _NAMES.split(",")}
_LONGEST_NAME: Final = 3
_COUNTRY: Final = re.compile(r"[\s,]+(?:usa|us|united states(?: of america)?|canada)$")
_ZIP: Final = re.compile(r"\b\d{5}(?:-\d{4})?\b")
_SEVERAL: Final = re.compile(r"[/;|&+]|\band\b")
# Alone, these are at least as often a city as a state.
_CITY_IF_ALONE: Final = {"new york": "NY", "washington": None, "la": None, "greater la": None}
_SPELLING: Final = {"saint": "st", "ft": "fort", "mt": "mount"}


@dataclass(frozen=True)
class Place:
    """A place in comparable form.

    Attributes
    ----------
    text : folded words, with a state written as its postal code.
    states : postal codes of the states and provinces that it lies in; empty when not known.
    """

    text: str
    states: frozenset[str]


def read_place(text: str) -> Place | None:
    """Read a service area; None when blank.

    A state is a postal code or full name that *ends* a part of the text ("El Paso, TX",
    "St Louis MO", "Kansas City, MO/KS", "Texas"). A name that a comma and another state follow is
    a city: "Delaware, OH" lies in Ohio.
    """
    folded = unicodedata.normalize("NFKC", text).lower().replace(".", "")
    folded = _ZIP.sub(" ", folded).strip(" ,")
    folded = _COUNTRY.sub("", folded)
    parts = [_words(part) for part in folded.split(",")]
    words = [word for part in parts for word in part]
    if not words:
        return None
    alone = " ".join(words)
    if alone in _CITY_IF_ALONE:
        state = _CITY_IF_ALONE[alone]
        return (
            Place(f"{alone} {state.lower()}", frozenset((state,)))
            if state
            else Place(alone, frozenset())
        )
    return _with_states(folded)


def _with_states(folded: str) -> Place:
    texts: list[str] = []
    states: set[str] = set()
    for group in _SEVERAL.split(folded):
        parts = [part for part in map(_words, group.split(",")) if part]
        for position, part in enumerate(parts):
            is_last = position == len(parts) - 1
            is_code = len(part) == 1 and len(part[0]) == 2
            state, length = _ending_state(part) if is_last or is_code else (None, 0)
            if state:
                states.add(state)
                part = [*part[: len(part) - length], state.lower()]
            texts.extend(part)
    return Place(" ".join(texts), frozenset(states))


def _ending_state(words: list[str]) -> tuple[str | None, int]:
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        state = _STATE_BY_NAME.get(" ".join(words[-length:]))
        if state:
            return state, length
    return None, 0


def _words(text: str) -> list[str]:
    return [_SPELLING.get(word, word) for word in re.sub(r"[^\w]+|_", " ", text).split()]
