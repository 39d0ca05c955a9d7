"""Which weights people's own answers speak for: a logistic regression that leans on the usual ones.

Model: P(liked) = 1 / (1 + exp(-(a + x·θ))) with θ >= 0; the weights are θ / Σθ. The penalty
(strength / 2)·‖θ - (Σθ)·prior‖² is zero on the ray of the prior, however strongly scores matter, so
that without evidence the weights stay what they are (a ridge towards a prior: Hoerl and Kennard
1970; constrained Newton steps: Bertsekas 1982). The strength is the one of a few that predicts held
out answers best.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.errors import InvalidOutcome
from matching.profile import CRITERIA, DEFAULT_WEIGHTS, Rules
from matching.ranking import auc

ENOUGH = 50
FOLDS = 5
STRENGTHS = (1.0, 10.0, 100.0, 1000.0)
_TINY = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairOutcome:
    """What came of one introduction.

    Attributes
    ----------
    criteria : the match's factors, 0..1 each, as `PairScore.criteria` has them.
    liked : 0..1, how much the two wanted it, as `matching.ranking.liked` says.
    has_titles : whether both had a job title; else its weight counts for focus areas.
    """

    criteria: Mapping[str, float]
    liked: float
    has_titles: bool = True


@dataclass(frozen=True)
class LearnedWeights:
    """What the outcomes speak for.

    Attributes
    ----------
    weights : a proposal that sums to one; the prior when there is nothing to learn from.
    standard_errors : of each weight, from the curvature of the likelihood; 0 for the prior.
    outcomes : how many pairs it rests on.
    auc, prior_auc : 0..1, how often a liked pair ranks above a disliked one that was held out, with
        the learned and with the prior's weights; None when nothing was learned.
    reason : why nothing was learned, in words, else None.
    """

    weights: Mapping[str, float]
    standard_errors: Mapping[str, float]
    outcomes: int
    auc: float | None = None
    prior_auc: float | None = None
    reason: str | None = None


def learn_weights(
    outcomes: Iterable[PairOutcome], prior: Mapping[str, float] | None = None
) -> LearnedWeights:
    """Return the weights that the outcomes speak for; their order does not matter.

    Costs a few dozen Newton steps over (n, 5) numbers for each fold and strength.

    Parameters
    ----------
    prior : what to lean on; None for the usual weights.

    Raises
    ------
    InvalidOutcome
        A factor or `liked` is missing or outside 0..1.
    InvalidRules
        The prior is no set of weights.
    """
    leaning = dict(Rules(weights=prior).weights or DEFAULT_WEIGHTS)
    lean = np.array([leaning[name] for name in CRITERIA])
    x, y = _encode(outcomes)
    reason = _why_not(y)
    if reason is not None:
        return LearnedWeights(leaning, dict.fromkeys(CRITERIA, 0.0), len(y), reason=reason)
    held_out = {strength: _predict_held_out(x, y, lean, strength) for strength in STRENGTHS}
    strength = min(STRENGTHS, key=lambda one: (_loss(held_out[one], y), -one))
    theta, covariance = _fit(x, y, lean, strength)
    weights, errors = _as_weights(theta, covariance, lean)
    return LearnedWeights(
        dict(zip(CRITERIA, weights.tolist(), strict=True)),
        dict(zip(CRITERIA, errors.tolist(), strict=True)),
        len(y),
        auc=auc(held_out[strength], y),
        prior_auc=auc(x @ lean, y),
    )


def _encode(outcomes: Iterable[PairOutcome]) -> tuple[Floats, Floats]:
    """Return (n, 5) factors and (n,) likings, in an order that depends on their values only.

    Shuffled, always alike: of sorted rows each fold would be an image of the others.
    """
    rows = sorted(_row(outcome) for outcome in outcomes)
    table = np.array(rows, dtype=np.float64).reshape(-1, len(CRITERIA) + 1)
    table = table[np.random.default_rng(0).permutation(len(table))]
    return table[:, :-1], table[:, -1]


def _row(outcome: PairOutcome) -> list[float]:
    try:
        factors = [float(outcome.criteria[name]) for name in CRITERIA]
        values = [*factors, float(outcome.liked)]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidOutcome(f"an outcome lacks a number: {error}") from error
    if not all(0.0 <= value <= 1.0 for value in values):
        raise InvalidOutcome(f"factors and liked must be 0..1, not {values}")
    if not outcome.has_titles:
        values[CRITERIA.index("jobTitle")] = values[CRITERIA.index("focusAreas")]
    return values


def _why_not(y: Floats) -> str | None:
    if len(y) < ENOUGH:
        return f"not enough yet: {len(y)} of {ENOUGH} answered introductions"
    if np.all(y > 0.5) or np.all(y <= 0.5):
        return "all answers are alike, so they say nothing about what people like"
    return None


def _predict_held_out(x: Floats, y: Floats, lean: Floats, strength: float) -> Floats:
    """Return each row's x·θ + a, (n,), by a fit that has not seen it; every fifth row together."""
    predicted = np.empty(len(y))
    for fold in range(FOLDS):
        is_out = np.arange(len(y)) % FOLDS == fold
        theta, _ = _fit(x[~is_out], y[~is_out], lean, strength)
        predicted[is_out] = x[is_out] @ theta[1:] + theta[0]
    return predicted


def _loss(z: Floats, y: Floats) -> float:
    return float(np.mean(np.logaddexp(0.0, z) - y * z))


def _fit(x: Floats, y: Floats, lean: Floats, strength: float) -> tuple[Floats, Floats]:
    """Minimise the penalised loss over (a, θ) with θ >= 0; return it and θ's covariance."""
    design = np.column_stack([np.ones(len(y)), x])
    off_ray = np.eye(len(lean)) - np.outer(lean, np.ones(len(lean)))
    pull = np.zeros((len(lean) + 1, len(lean) + 1))
    pull[1:, 1:] = strength * off_ray.T @ off_ray
    pull += _TINY * np.eye(len(pull))

    def objective(point: Floats) -> float:
        z = design @ point
        return float(np.sum(np.logaddexp(0.0, z) - y * z) + 0.5 * point @ pull @ point)

    point = np.concatenate([[0.0], lean])
    while True:  # each step lowers the objective, which has a floor
        chance = 1.0 / (1.0 + np.exp(-(design @ point)))
        gradient = design.T @ (chance - y) + pull @ point
        hessian = (design.T * (chance * (1.0 - chance))) @ design + pull
        moved = _step(point, gradient, hessian, objective)
        if moved is None:
            covariance: Floats = np.linalg.inv(hessian)[1:, 1:]
            return point, covariance
        point = moved


def _step(
    point: Floats, gradient: Floats, hessian: Floats, objective: Callable[[Floats], float]
) -> Floats | None:
    """Return the next point of a projected Newton method; None when there is none that is lower."""
    is_stuck = (point <= 0.0) & (gradient > 0.0)
    is_stuck[0] = False
    free = ~is_stuck
    direction = np.zeros_like(point)
    direction[free] = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
    now, size = objective(point), 1.0
    while size > _TINY:
        tried = point - size * direction
        tried[1:] = np.maximum(tried[1:], 0.0)
        if objective(tried) < now - _TINY:
            return tried
        size /= 2
    return None


def _as_weights(theta: Floats, covariance: Floats, lean: Floats) -> tuple[Floats, Floats]:
    """Return weights that sum to one and their standard errors, by the delta method."""
    slopes = theta[1:]
    total = float(slopes.sum())
    if total <= _TINY:
        return lean, np.zeros(len(lean))
    weights = slopes / total
    change = (np.eye(len(lean)) - np.outer(weights, np.ones(len(lean)))) / total
    return weights, np.sqrt(np.diag(change @ covariance @ change.T))
