"""Learned weights: near the truth with much evidence, near the prior with little."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import InvalidOutcome, InvalidRules, PairOutcome, auc, learn_weights, liked
from matching.learn import ENOUGH
from matching.profile import CRITERIA, DEFAULT_WEIGHTS

TRUTH = dict(zip(CRITERIA, (0.10, 0.10, 0.50, 0.25, 0.05), strict=True))


def people_who_prefer(
    truth: dict[str, float], n: int, seed: int, slope: float = 8.0
) -> list[PairOutcome]:
    """Return outcomes of pairs whose people say yes the likelier the better the true score."""
    chance = np.random.default_rng(seed)
    factors = np.column_stack(
        [
            chance.choice([0.0, 0.2, 0.25, 0.5, 0.75, 1.0], n),
            chance.choice([0.2, 0.5, 0.8, 1.0], n),
            chance.choice([0.3, 0.5, 0.75, 1.0], n),
            chance.choice([0.0, 0.33, 0.5, 1.0], n),
            chance.choice([0.0, 0.5, 0.8, 1.0], n),
        ]
    )
    true = factors @ np.array([truth[name] for name in CRITERIA])
    says_yes = chance.random(n) < 1 / (1 + np.exp(-slope * (true - true.mean())))
    return [
        PairOutcome(dict(zip(CRITERIA, row.tolist(), strict=True)), 0.85 if yes else 0.1)
        for row, yes in zip(factors, says_yes, strict=True)
    ]


def ranks(outcomes: list[PairOutcome], weights: Mapping[str, float]) -> float:
    scores = [sum(weights[name] * one.criteria[name] for name in CRITERIA) for one in outcomes]
    found = auc(np.array(scores), np.array([one.liked for one in outcomes]))
    assert found is not None
    return found


def distance(weights: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(abs(weights[name] - other[name]) for name in CRITERIA)


@pytest.mark.parametrize("seed", range(5))
def test_2000_outcomes_rank_unseen_pairs_better_than_the_usual_weights(seed: int) -> None:
    learned = learn_weights(people_who_prefer(TRUTH, 2000, seed))
    unseen = people_who_prefer(TRUTH, 4000, seed + 1000)
    assert ranks(unseen, learned.weights) > ranks(unseen, DEFAULT_WEIGHTS) + 0.02
    assert learned.auc is not None
    assert learned.prior_auc is not None
    assert learned.auc > learned.prior_auc
    assert distance(learned.weights, TRUTH) < distance(DEFAULT_WEIGHTS, TRUTH) / 2


def test_the_errors_tell_how_far_the_truth_may_be() -> None:
    inside = 0
    for seed in range(10):
        learned = learn_weights(people_who_prefer(TRUTH, 2000, seed))
        inside += sum(
            abs(learned.weights[name] - TRUTH[name]) < 3 * learned.standard_errors[name] + 0.02
            for name in CRITERIA
        )
    assert inside >= 45, "of 50 weights"


def test_more_evidence_comes_nearer_to_the_truth() -> None:
    far = np.mean(
        [distance(learn_weights(people_who_prefer(TRUTH, 60, s)).weights, TRUTH) for s in range(8)]
    )
    near = np.mean(
        [
            distance(learn_weights(people_who_prefer(TRUTH, 3000, s)).weights, TRUTH)
            for s in range(8)
        ]
    )
    assert near < far / 2


def test_answers_that_follow_the_usual_weights_leave_them_nearly_alone() -> None:
    learned = learn_weights(people_who_prefer(dict(DEFAULT_WEIGHTS), 2000, 3))
    assert distance(learned.weights, DEFAULT_WEIGHTS) < 0.2


def test_answers_at_random_do_not_lead_far_from_the_prior() -> None:
    learned = learn_weights(people_who_prefer(TRUTH, 300, 5, slope=0.0))
    assert sum(learned.weights.values()) == pytest.approx(1.0)
    assert learned.auc is not None
    assert abs(learned.auc - 0.5) < 0.15


def test_too_few_outcomes_say_so_and_keep_the_prior() -> None:
    learned = learn_weights(people_who_prefer(TRUTH, ENOUGH - 1, 1))
    assert learned.weights == dict(DEFAULT_WEIGHTS)
    assert learned.reason == "not enough yet: 49 of 50 answered introductions"
    assert (learned.auc, learned.outcomes) == (None, 49)


def test_nothing_at_all_keeps_the_prior() -> None:
    assert learn_weights([]).weights == dict(DEFAULT_WEIGHTS)


@pytest.mark.parametrize("liking", [0.1, 0.9])
def test_answers_that_are_all_alike_teach_nothing(liking: float) -> None:
    same = [PairOutcome(one.criteria, liking) for one in people_who_prefer(TRUTH, 80, 1)]
    learned = learn_weights(same)
    assert learned.weights == dict(DEFAULT_WEIGHTS)
    assert "all answers are alike" in str(learned.reason)


def test_what_people_dislike_gets_no_weight_but_never_a_negative_one() -> None:
    against = [
        PairOutcome(dict.fromkeys(CRITERIA, x), 0.1 if x > 0.5 else 0.9)
        for x in (0.0, 0.2, 0.8, 1.0)
        for _ in range(30)
    ]
    learned = learn_weights(against)
    assert learned.weights == pytest.approx(dict(DEFAULT_WEIGHTS))
    assert set(learned.standard_errors.values()) == {0.0}


def test_another_prior_is_leaned_on() -> None:
    prior = dict(zip(CRITERIA, (0.2, 0.2, 0.2, 0.2, 0.2), strict=True))
    assert learn_weights([], prior).weights == prior
    with pytest.raises(InvalidRules):
        learn_weights([], {"focusAreas": 1.0})


def test_a_missing_title_counts_as_focus_areas() -> None:
    outcomes = people_who_prefer(TRUTH, 200, 2)
    with_titles = [
        PairOutcome({**one.criteria, "jobTitle": one.criteria["focusAreas"]}, one.liked)
        for one in outcomes
    ]
    without = [PairOutcome(one.criteria, one.liked, has_titles=False) for one in outcomes]
    assert learn_weights(with_titles) == learn_weights(without)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(ENOUGH, 120), st.randoms())
def test_weights_are_shares_and_the_order_of_outcomes_does_not_matter(
    seed: int, n: int, chance: object
) -> None:
    outcomes = people_who_prefer(TRUTH, n, seed)
    learned = learn_weights(outcomes)
    assert all(weight >= 0 for weight in learned.weights.values())
    assert sum(learned.weights.values()) == pytest.approx(1.0)
    chance.shuffle(outcomes)  # type: ignore[attr-defined]
    assert learn_weights(outcomes) == learned


@pytest.mark.parametrize(
    "outcome",
    [
        PairOutcome({"focusAreas": 1.0}, 0.5),
        PairOutcome(dict.fromkeys(CRITERIA, 1.5), 0.5),
        PairOutcome(dict.fromkeys(CRITERIA, 0.5), float("nan")),
        PairOutcome(dict.fromkeys(CRITERIA, "much"), 0.5),  # type: ignore[arg-type]
    ],
)
def test_an_outcome_that_cannot_be_read_is_refused(outcome: PairOutcome) -> None:
    with pytest.raises(InvalidOutcome):
        learn_weights([outcome])


@pytest.mark.parametrize(
    ("responses", "ratings", "expected"),
    [
        (("yes", "yes"), (None, None), 0.85),
        (("yes", None), (None, None), 0.65),
        (("later", None), (None, None), 0.55),
        (("yes", "no"), (None, None), 0.3),
        ((None, "no"), (None, None), 0.1),
        (("met_already", None), (None, None), None),
        ((None, None), (None, None), None),
        (("yes", "yes"), (10, None), 1.0),
        (("yes", "yes"), (1, 10), 0.5),
    ],
)
def test_answers_become_a_liking(
    responses: tuple[str | None, str | None],
    ratings: tuple[int | None, int | None],
    expected: float | None,
) -> None:
    assert liked(responses, ratings) == expected


def test_ranking_counts_ties_half_and_needs_both_kinds() -> None:
    assert auc(np.array([0.1, 0.9]), np.array([0.0, 1.0])) == 1.0
    assert auc(np.array([0.5, 0.5]), np.array([0.0, 1.0])) == 0.5
    assert auc(np.array([0.9, 0.1, 0.5]), np.array([0.0, 1.0, 1.0])) == 0.0
    assert auc(np.array([0.5, 0.7]), np.array([1.0, 1.0])) is None
