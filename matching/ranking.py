"""How answers become a liking, and how well scores rank what was liked above what was not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_BOTH_YES, _ONE_YES, _LATER, _ONE_OF_EACH, _NO = 0.85, 0.65, 0.55, 0.3, 0.1
_LOWEST, _HIGHEST = 1, 10


def liked(
    responses: Sequence[str | None], ratings: Sequence[int | None] = (None, None)
) -> float | None:
    """Return 0..1, how much two people wanted their introduction; None when nothing is known.

    A rating says most: 1 is 0 and 10 is 1, the mean of two. Else two yes are 0.85, one with the
    other silent 0.65, a wish for later 0.55, a yes and a no 0.3, a no 0.1. Who had met already
    says nothing about how well the two fit.
    """
    given = [rating for rating in ratings if rating is not None]
    if given:
        return (sum(given) / len(given) - _LOWEST) / (_HIGHEST - _LOWEST)
    said = set(responses)
    if "met_already" in said or said <= {None}:
        return None
    if "no" in said:
        return _ONE_OF_EACH if "yes" in said else _NO
    if said == {"yes"}:
        return _BOTH_YES
    return _ONE_YES if "yes" in said else _LATER


def auc(scores: NDArray[np.float64], liking: NDArray[np.float64]) -> float | None:
    """Return how often a liked pair scores above a disliked one, ties counting half.

    The area under the ROC curve, from ranks (Mann and Whitney 1947). Above 0.5 counts as liked.
    None when all are liked or none is.
    """
    is_liked = liking > 0.5
    wins, losses = int(is_liked.sum()), int((~is_liked).sum())
    if not wins or not losses:
        return None
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    ranks = (ends - (count - 1) / 2.0)[place]
    return float((ranks[is_liked].sum() - wins * (wins + 1) / 2.0) / (wins * losses))
