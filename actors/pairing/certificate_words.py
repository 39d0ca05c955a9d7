"""Owns saying in plain words what a run achieved and why that can be trusted; pure."""

from collections.abc import Mapping
from typing import Any

OPTIMAL = "optimal"
WAYS = {
    OPTIMAL: "best for the whole room",
    "greedy": "best pair first",
    "top_k": "everybody's own favourites",
    "fewest_options_first": "fewest options first",
}
SMALLEST_SHOWN_GAP = 0.0001
PROOF = (
    "How can that be known without trying every pairing? Every person's places get a price, as at "
    "an auction. Whatever pairs are chosen, they cannot be worth more than all the prices "
    "together; so that sum is a ceiling, and it was checked for every pair of the room."
)


def way(strategy: str) -> str:
    """Return what a strategy is called on the screen."""
    return WAYS.get(strategy, strategy.replace("_", " "))


def tell(certificate: Mapping[str, Any]) -> list[str]:
    """Return the paragraphs for a run's page; nothing for a run that has no certificate."""
    if not certificate:
        return []
    if certificate["people"] < 2:
        return ["There were fewer than two people to match, so there was nothing to choose."]
    if not certificate["pairs"]:
        return [f"None of the {certificate['people']} people had anybody who fits and was free."]
    return [
        _reached(certificate),
        _quality(certificate),
        *_required(certificate),
        *_proof(certificate),
        _weakest(certificate),
    ]


def _reached(certificate: Mapping[str, Any]) -> str:
    people, covered = certificate["people"], certificate["covered"]
    best = certificate.get("max_coverable")
    text = f"{covered} of {people} people have at least one introduction."
    if covered == people:
        return text
    if best == covered:
        return f"{text} No other choice of pairs would have reached more of them."
    if best is not None:
        return f"{text} At most {best} could have been reached."
    return text


def _quality(certificate: Mapping[str, Any]) -> str:
    score = f"{certificate['total_score']:.2f}"
    bound = f"{certificate['upper_bound']:.2f}"
    text = f"The {certificate['pairs']} pairs score {score} together."
    if certificate["strategy"] == "top_k":
        return f"{text} This way gives some people more introductions than the event allows."
    gap = certificate["gap"]
    if gap <= 0:
        return (
            f"{text} No choice of pairs that reaches as many people can score more: "
            "this is the best pairing there is."
        )
    ceiling = f"{text} No choice of pairs that reaches as many people can score more than {bound}"
    if gap < SMALLEST_SHOWN_GAP:
        return f"{ceiling}, so less than 0.01 % is left to gain."
    return f"{ceiling}, so at most {100 * gap:.2g} % is left to gain."


def _required(certificate: Mapping[str, Any]) -> list[str]:
    required = certificate.get("required_pairs", 0)
    if not required:
        return []
    which = "1 of the pairs was" if required == 1 else f"{required} of the pairs were"
    text = f"{which} required by an organiser. What is said here of other choices of pairs is about"
    return [f"{text} those that have the required ones too."]


def _proof(certificate: Mapping[str, Any]) -> list[str]:
    return [PROOF] if certificate["strategy"] == OPTIMAL else []


def _weakest(certificate: Mapping[str, Any]) -> str:
    return (
        "Everybody who was reached has an introduction that scores "
        f"{certificate['worst_best_score']:.2f} or better."
    )
