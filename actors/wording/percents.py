"""Owns weights as people read and type them: whole percents, in the factors' order; pure."""

from collections.abc import Mapping, Sequence

from matching.profile import CRITERIA, DEFAULT_WEIGHTS

FACTORS = CRITERIA


def rounded(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights in steps of a hundredth that still sum to one, as an event keeps them.

    The largest remainders are rounded up (Hare's method).
    """
    hundredths = {name: int(weights[name] * 100) for name in CRITERIA}
    by_remainder = sorted(CRITERIA, key=lambda name: hundredths[name] - weights[name] * 100)
    for name in by_remainder[: 100 - sum(hundredths.values())]:
        hundredths[name] += 1
    return {name: hundredths[name] / 100 for name in CRITERIA}


def percents_of(weights: Mapping[str, float] | None) -> tuple[int, ...]:
    """Return an event's weights, None being the usual ones, as percents that add up to 100."""
    hundredths = rounded(weights or DEFAULT_WEIGHTS)
    return tuple(round(100 * hundredths[name]) for name in FACTORS)


def weights_from(percents: Sequence[int]) -> dict[str, float]:
    """Return the weights that matching takes."""
    return {name: part / 100 for name, part in zip(FACTORS, percents, strict=True)}


def weights_in(text: str) -> dict[str, float] | None:
    """Read weights written as whole percents, such as "35,25,20,15,5"; None if they are none."""
    parts = text.split(",")
    if len(parts) != len(CRITERIA) or not all(part.isdecimal() for part in parts):
        return None
    if sum(map(int, parts)) != 100:
        return None
    return weights_from([int(part) for part in parts])


def kept_from(percents: Sequence[int]) -> dict[str, float] | None:
    """Return the weights as an event keeps them: None when they are the usual ones."""
    weights = weights_from(percents)
    return None if weights == DEFAULT_WEIGHTS else weights
