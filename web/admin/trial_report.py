"""Owns how the page shows what a trial of matching came to: figures, differences, a histogram."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from actors.pairing.preview_report import is_full, is_too_low
from actors.wording.percents import FACTORS
from web.admin.labels import code_label

SHOWN_PAIRS = 5
SHOWN_PEOPLE = 20
_STEP = 5
_HIGH = 100


class Bar(NamedTuple):
    """One step of the histogram: its lower and upper score, its pairs, its height of 100."""

    low: str
    high: str
    pairs: int
    height: float


class PairLine(NamedTuple):
    """A pair with (name, value from 0 to 1) of each factor."""

    people: list[tuple[int, str]]
    score: float
    reason: str
    factors: list[tuple[str, float]]


@dataclass(frozen=True)
class Report:
    """What the page shows.

    Attributes
    ----------
    found : dict
        What `actors.pairing.matching_preview.preview` returned.
    differences : dict of str
        By figure, what differs from the event's own settings, in words.
    best, worst : list of PairLine
        Five each; with fewer than ten pairs, none stands in both.
    """

    found: dict[str, Any]
    seconds: float
    differences: Mapping[str, str]
    bars: list[Bar]
    best: list[PairLine]
    worst: list[PairLine]

    @property
    def shown_unmatched(self) -> list[dict[str, Any]]:
        """The first of those who get nobody."""
        people: list[dict[str, Any]] = self.found["unmatched"][:SHOWN_PEOPLE]
        return people

    @property
    def full(self) -> int:
        """How many of those who get nobody have as many introductions as they can take."""
        return sum(is_full(person["reason"]) for person in self.found["unmatched"])

    @property
    def too_low(self) -> int:
        """How many of those who get nobody would need a lower score."""
        return sum(is_too_low(person["reason"]) for person in self.found["unmatched"])


def report(found: dict[str, Any], seconds: float) -> Report:
    """Return the result of a trial ready for the page."""
    pairs = found["matches"]
    own = found["current_settings"]
    differences = {
        "covered": _more(found["covered"] - own["covered"], "person", "people"),
        "pairs": _more(pairs - own["matches"], "pair", "pairs"),
        "total": _higher(found["compared"]["total_score"] - own["total_score"]),
    }
    return Report(
        found=found,
        seconds=seconds,
        differences=differences,
        bars=histogram(found["score_distribution"]),
        best=[_line(pair) for pair in found["top_pairs"][:SHOWN_PAIRS]],
        worst=[
            _line(pair)
            for pair in found["bottom_pairs"][: min(SHOWN_PAIRS, max(0, pairs - SHOWN_PAIRS))]
        ],
    )


def histogram(distribution: Mapping[str, int]) -> list[Bar]:
    """Return every step from the lowest to the highest, the empty ones between them too."""
    counts = {round(float(low) * 100): pairs for low, pairs in distribution.items()}
    if not counts:
        return []
    tallest = max(counts.values())
    return [
        Bar(
            f"{low / 100:.2f}",
            # Scores have two decimals, and the best there is stands alone.
            f"{min(low + _STEP - 1, _HIGH) / 100:.2f}",
            counts.get(low, 0),
            round(100 * counts.get(low, 0) / tallest, 1),
        )
        for low in range(min(counts), max(counts) + 1, _STEP)
    ]


def _more(number: int, one: str, several: str) -> str:
    if not number:
        return "as many as with today's settings"
    noun = one if abs(number) == 1 else several
    return f"{abs(number):,} {noun} {'more' if number > 0 else 'fewer'} than with today's settings"


def _higher(difference: float) -> str:
    if abs(difference) < 0.005:
        return "the same as with today's settings"
    return (
        f"{abs(difference):,.2f} {'more' if difference > 0 else 'less'} than today's settings give"
    )


def _line(pair: Mapping[str, Any]) -> PairLine:
    sides = ("contractor1", "contractor2")
    criteria = pair["match_criteria"]
    return PairLine(
        [(pair[f"{side}_id"], pair[f"{side}_name"]) for side in sides],
        pair["match_score"],
        pair["match_reason"],
        [(code_label(name), criteria[name]) for name in FACTORS],
    )
