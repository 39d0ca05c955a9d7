"""Owns the settings that somebody tries on an event's matching: read as typed, laid beside its own.

Weights are whole percents here, as people read and type them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from actors.pairing.matching_preview import CHECKED_IN, SCOPES
from actors.wording.percents import FACTORS, percents_of, weights_from
from models.event import Event
from web.admin.labels import code_label, column_label

MOST_MATCHES = 20
_NO_BREAK = "\u00a0"
NAMES = ("scope", *FACTORS, "min_score", "max_matches")
_SCORE = re.compile(r"(0?[.,]\d{1,2}|[01]([.,]0{0,2})?)")


class Change(NamedTuple):
    """One setting, in words, as it is and as it would be."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Settings:
    """What matching goes by: percents in the order of `FACTORS`, the lowest score, the cap."""

    percents: tuple[int, ...]
    min_score: Decimal
    max_matches: int

    def stamp(self) -> str:
        """Return the settings as one word, to see later whether they are still the same."""
        return f"{','.join(map(str, self.percents))};{self.min_score:.2f};{self.max_matches}"


@dataclass(frozen=True)
class Trial:
    """What was typed, what it means, and what is wrong with it.

    `typed` holds the texts as they came, so that nothing is lost; `settings` is None while
    something is wrong.
    """

    typed: Mapping[str, str]
    settings: Settings | None
    problems: Mapping[str, str]

    @property
    def scope(self) -> str:
        return self.typed["scope"]


def settings_of(event: Event) -> Settings:
    """Return an event's own settings."""
    return Settings(percents_of(event.weights), Decimal(event.min_score), event.max_matches)


def typed_of(settings: Settings, scope: str) -> dict[str, str]:
    """Return settings as the page's fields show them."""
    values = (*map(str, settings.percents), f"{settings.min_score:.2f}", str(settings.max_matches))
    return dict(zip(NAMES, (scope, *values), strict=True))


def read(values: Mapping[str, str], own: Settings, scope: str = CHECKED_IN) -> Trial:
    """Read what was typed; what is missing is as the event has it."""
    typed = {**typed_of(own, scope), **{n: values[n].strip() for n in NAMES if n in values}}
    problems = dict(_problems(typed))
    if problems:
        return Trial(typed, None, problems)
    percents = tuple(int(typed[name]) for name in FACTORS)
    least = Decimal(typed["min_score"].replace(",", "."))
    return Trial(typed, Settings(percents, least, int(typed["max_matches"])), {})


def changes(own: Settings, wanted: Settings) -> list[Change]:
    """Return what differs, in words."""
    lines = [
        Change(code_label(name), f"{old}{_NO_BREAK}%", f"{new}{_NO_BREAK}%")
        for name, old, new in zip(FACTORS, own.percents, wanted.percents, strict=True)
    ]
    lines += [
        Change(column_label("min_score"), f"{own.min_score:.2f}", f"{wanted.min_score:.2f}"),
        Change(column_label("max_matches"), str(own.max_matches), str(wanted.max_matches)),
    ]
    return [line for line in lines if line.old != line.new]


def rules(own: Settings, wanted: Settings) -> dict[str, Any]:
    """Return what differs as `actors.pairing.matching_preview.preview` takes it."""
    found: dict[str, Any] = {}
    if wanted.percents != own.percents:
        found["weights"] = weights_from(wanted.percents)
    if wanted.min_score != own.min_score:
        found["min_score"] = float(wanted.min_score)
    if wanted.max_matches != own.max_matches:
        found["max_matches"] = wanted.max_matches
    return found


def _problems(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    if typed["scope"] not in SCOPES:
        found.append(("scope", "Choose who is matched: who is here now, or everybody registered."))
    found += [
        (name, f"{code_label(name)}: type a whole number from 0 to 100.")
        for name in FACTORS
        if not _is_whole(typed[name], 0, 100)
    ]
    if not found:
        total = sum(int(typed[name]) for name in FACTORS)
        if total != 100:
            apart = f"{abs(total - 100)} {'too many' if total > 100 else 'are missing'}"
            found.append(("weights", f"The weights add up to {total} %, not 100 %: {apart}."))
    if not _SCORE.fullmatch(typed["min_score"]):
        found.append(("min_score", "Lowest score: type a number from 0 to 1, such as 0.60."))
    if not _is_whole(typed["max_matches"], 1, MOST_MATCHES):
        problem = f"Matches per person: type a whole number from 1 to {MOST_MATCHES}."
        found.append(("max_matches", problem))
    return found


def _is_whole(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 3 and least <= int(text) <= most
