"""Owns weights as people read and type them: whole percents, in the factors' order; pure."""

from collections.abc import Mapping, Sequence

from actors.learning import rounded
from matching.profile import CRITERIA, DEFAULT_WEIGHTS

FACTORS = CRITERIA


def percents_of(weights: Mapping[str, float] | None) -> tuple[int, ...]:
    """Return an event's weights, None being the usual ones, as percents that add up to 100."""
    hundredths = rounded(weights or DEFAULT_WEIGHTS)
    return tuple(round(100 * hundredths[name]) for name in FACTORS)


def weights_from(percents: Sequence[int]) -> dict[str, float]:
    """Return the weights that matching takes."""
    return {name: part / 100 for name, part in zip(FACTORS, percents, strict=True)}


def kept_from(percents: Sequence[int]) -> dict[str, float] | None:
    """Return the weights as an event keeps them: None when they are the usual ones."""
    weights = weights_from(percents)
    return None if weights == DEFAULT_WEIGHTS else weights
