"""Where somebody works, as typed: a folded text and the states or provinces named in it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final


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
_ENTRIES: Final = [(entry[:-2].strip(), entry[-2:]) for entry in map(str.strip, _NAMES.split(","))]
_STATE_BY_NAME: Final = dict(_ENTRIES) | {code.lower(): code for _, code in _ENTRIES}
_LONGEST_NAME: Final = 3
_COUNTRIES: Final = ("usa", "us", "united states", "united states of america", "canada")
_ZIP: Final = re.compile(r"\b\d{5}(?:-\d{4})?\b")
_INITIALS: Final = re.compile(r"\b(\w)\.(?=\w\b)")
_SEVERAL: Final = re.compile(r"[/;|&+]|\band\b")
# Alone, these are at least as often a city as a state.
_CITY_IF_ALONE: Final = {
    "new york": Place("new york ny", frozenset(("NY",))),
    "washington": Place("washington", frozenset()),
    "la": Place("la", frozenset()),
    "greater la": Place("greater la", frozenset()),
}
_SPELLING: Final = {"saint": "st", "ft": "fort", "mt": "mount"}


def read_place(text: str) -> Place | None:
    """Read a service area; None when blank.

    A state is a postal code or full name that *ends* a part of the text ("El Paso, TX",
    "St Louis MO", "Kansas City, MO/KS", "Texas"). A name that a comma and another state follow is
    a city: "Delaware, OH" lies in Ohio.
    """
    folded = _INITIALS.sub(r"\1", unicodedata.normalize("NFKC", text).lower())
    groups = [_parts(group) for group in _SEVERAL.split(_ZIP.sub(" ", folded))]
    words = [word for parts in groups for part in parts for word in part]
    if not words:
        return None
    return _CITY_IF_ALONE.get(" ".join(words)) or _with_states(groups)


def _with_states(groups: list[list[list[str]]]) -> Place:
    words: list[str] = []
    states: set[str] = set()
    for parts in groups:
        for position, part in enumerate(parts, start=1):
            # "TX, OK" are two states, but "LA, CA" is Los Angeles.
            is_code = len(part) == 1 and len(part[0]) == 2 and part != ["la"]
            ends = position == len(parts) or is_code
            state, length = _ending_state(part) if ends else (None, 0)
            if state:
                states.add(state)
            words += [*part[: len(part) - length], state.lower()] if state else part
    return Place(" ".join(words), frozenset(states))


def _ending_state(words: list[str]) -> tuple[str | None, int]:
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        state = _STATE_BY_NAME.get(" ".join(words[-length:]))
        if state:
            return state, length
    return None, 0


def _parts(group: str) -> list[list[str]]:
    """Split at commas into words, without a country at the end."""
    parts = [words for words in map(_words, group.split(",")) if words]
    if len(parts) > 1 and " ".join(parts[-1]) in _COUNTRIES:
        return parts[:-1]
    if parts and len(parts[-1]) > 1 and parts[-1][-1] in _COUNTRIES:
        parts[-1] = parts[-1][:-1]
    return parts


def folded_words(text: str) -> list[str]:
    """Split a name into words as places are compared: lower case, "saint" as "st"."""
    return _words(text.lower())


def _words(text: str) -> list[str]:
    return [_SPELLING.get(word, word) for word in re.sub(r"[\W_]+", " ", text).split()]
