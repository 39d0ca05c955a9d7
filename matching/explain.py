"""Why two people should meet, in words that follow "you're " in a text message."""

# ruff: noqa: SIM905 - lists of words are easier to read and extend as text.

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Final

from matching.normalize import Traits
from matching.score import OTHER_STATE, scale_likeness, separation

_MOST_NAMED: Final = 3
_LONGEST_NAME: Final = 60
_SIMILAR_SIZE: Final = 0.8
_SAYS_NOTHING: Final = frozenset(("other", "others", "misc", "all of the above"))
_ACRONYMS: Final = frozenset(
    "ac ai b2b b2c bbb ceo cfo coo crm diy epa erp esg ev gc gps hoa hr hvac kpi leed led llc ml "
    "osha p&l pos ppc pr pto pv qa r&d roi saas sba sem seo sms sop ui usa ux vr".split()
)
_ROLES: Final = (
    (
        r"\b(?:owner|co-?owner|founder|co-?founder|ceo|(?<!vice )president)\b",
        "leading your companies",
    ),
    (
        r"\b(?:sales|business development|account executive|bd)\b",
        "on the sales side of the business",
    ),
    (r"\b(?:operations|ops|project manager|pm)\b", "on the operations side of the business"),
    (r"\b(?:manager|director|supervisor)\b", "in management roles"),
)
_GAP: Final = re.compile("[_ ]+")
NEUTRAL_REASON: Final = "both here to meet other contractors"


def reason_for(a: Traits, b: Traits) -> str:
    """Give the best true reason, lower case at the start, without a full stop.

    Shared focus areas come first (at most three, in the order `a` gave them), then services,
    size of business, role, different states, and last a phrase that is true of everyone here.
    """
    areas = _named(area for area in a.focus if area in b.focus)
    if areas:
        return f"both focused on {_listing(areas)}"
    services = _named(service for service in a.services if service in b.services)
    if services:
        return f"both offering {_listing(services)}"
    if _sizes_compared(a, b) and scale_likeness(a, b) >= _SIMILAR_SIZE:
        return "both running businesses of a similar size"
    role = _shared_role(a, b)
    if role:
        return f"both {role}"
    if separation(a.place, b.place) == OTHER_STATE:
        return "working in different states"
    return NEUTRAL_REASON


def _named(names: Iterable[str]) -> list[str]:
    shown = (_shown(name) for name in names if len(name) <= _LONGEST_NAME)
    return list(islice(filter(None, shown), _MOST_NAMED))


@lru_cache(maxsize=1024)
def _shown(name: str) -> str:
    """Write a name as people read it; empty where it says nothing."""
    plain = _GAP.sub(" ", name)
    return "" if plain in _SAYS_NOTHING else " ".join(map(_cased, plain.split()))


def _cased(word: str) -> str:
    return word.upper() if word in _ACRONYMS else word


def _listing(names: list[str]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"


def _sizes_compared(a: Traits, b: Traits) -> bool:
    revenues = a.revenue is not None and b.revenue is not None
    return revenues or (a.team is not None and b.team is not None)


def _shared_role(a: Traits, b: Traits) -> str | None:
    if a.title is None or b.title is None:
        return None
    for pattern, words in _ROLES:
        if re.search(pattern, a.title.text) and re.search(pattern, b.title.text):
            return words
    return None
