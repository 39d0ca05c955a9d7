"""Why two people should meet, in words that follow "you're " in a text message."""

import re
from collections.abc import Iterable
from typing import Final

from matching.normalize import Traits
from matching.score import scale_likeness

_MOST_NAMED: Final = 3
_LONGEST_NAME: Final = 60
_SIMILAR_SIZE: Final = 0.8
_ACRONYMS: Final = frozenset(
    "ac ai b2b b2c bbb ceo cfo coo crm diy epa erp esg ev gc gps hoa hr hvac kpi leed led llc ml "
    "osha p&l pos ppc pr pto pv qa r&d roi saas sba sem seo sms sop ui usa ux vr".split()
)
_ROLES: Final = (
    (
        r"\b(?:owner|co-?owner|founder|co-?founder|ceo|(?<!vice )president|principal)\b",
        "leading your companies",
    ),
    (
        r"\b(?:sales|business development|account executive|bd)\b",
        "on the sales side of the business",
    ),
    (r"\b(?:operations|ops|project manager|pm)\b", "on the operations side of the business"),
    (r"\b(?:manager|director|supervisor|lead)\b", "leading teams"),
)
NEUTRAL_REASON: Final = "both here to meet other contractors"


def reason_for(a: Traits, b: Traits) -> str:
    """Give the best true reason, lower case at the start, without a full stop.

    Shared focus areas come first (at most three, in the order `a` gave them), then services,
    size of business, role, different markets, and last a phrase that is true of everyone here.
    """
    areas = _named(_GAP.sub(" ", area) for area in a.focus if area in b.focus)
    if areas:
        return f"both focused on {_listing(areas)}"
    services = _named(_GAP.sub(" ", service) for service in a.services if service in b.services)
    if services:
        return f"both offering {_listing(services)}"
    if _sizes_compared(a, b) and scale_likeness(a, b) >= _SIMILAR_SIZE:
        return "both running businesses of a similar size"
    role = _shared_role(a, b)
    if role:
        return f"both {role}"
    if a.place and b.place and a.place.states and b.place.states:
        if not a.place.states & b.place.states:
            return "working in different markets"
    return NEUTRAL_REASON


_GAP: Final = re.compile("[_ ]+")


def _named(names: Iterable[str]) -> list[str]:
    usable = (name for name in names if len(name) <= _LONGEST_NAME)
    return [" ".join(map(_cased, name.split())) for name, _ in zip(usable, range(_MOST_NAMED))]


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
