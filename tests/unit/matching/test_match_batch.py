"""Whole batches: promises kept, results independent of order, and quick."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import BatchResult, Profile, Rules, describe_pair, match_batch
from tests.unit.matching.check import check
from tests.unit.matching.rooms import alike, room, rooms, twins

STRATEGIES = ["optimal", "greedy", "top_k"]


@given(
    people=rooms,
    strategy=st.sampled_from(STRATEGIES),
    most=st.integers(1, 3),
    least=st.sampled_from([0, 0.4, 0.6]),
    candidates=st.sampled_from([None, 1, 2]),
    rnd=st.randoms(use_true_random=False),
)
@settings(max_examples=150, deadline=None)
def test_any_room_keeps_every_promise_in_any_order(
    people: list[Profile],
    strategy: str,
    most: int,
    least: float,
    candidates: int | None,
    rnd: random.Random,
) -> None:
    rules = Rules(most, least, strategy=strategy, candidates_per_person=candidates)
    result = match_batch(people, rules)
    check(people, rules, result)
    shuffled = rnd.sample(people, len(people))
    again = match_batch(shuffled, rules)
    assert again.pairs == result.pairs
    assert again.unmatched == result.unmatched
    known = {person.id: person for person in people}
    for pair in result.pairs:
        first, second = known[pair.contractor1_id], known[pair.contractor2_id]
        assert describe_pair(second, first, rules) == pair


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("seed", [1, 2])
def test_big_room_keeps_every_promise(strategy: str, seed: int) -> None:
    people, rules = room(250, seed), Rules(strategy=strategy)
    result = match_batch(people, rules)
    check(people, rules, result)
    assert result.certificate.max_coverable is not None
    assert result.certificate.strategy == strategy
    if strategy == "optimal":
        assert result.certificate.covered == result.certificate.max_coverable
        assert result.certificate.gap == 0


def test_every_way_of_choosing_reports_the_same_room() -> None:
    people = room(120)
    runs = [match_batch(people, Rules(strategy=name)).certificate for name in STRATEGIES]
    assert len({(run.max_coverable, run.eligible_pairs) for run in runs}) == 1
    assert runs[1].upper_bound == runs[2].upper_bound >= runs[0].upper_bound


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_people_are_a_result(n: int) -> None:
    result = match_batch(twins(n))
    check(twins(n), Rules(), result)
    assert result.certificate.upper_bound == result.certificate.gap == 0


def test_two_people_who_fit_are_paired() -> None:
    result = match_batch(twins(2))
    assert [pair.match_score for pair in result.pairs] == [0.93]
    assert result.certificate.gap == 0


@pytest.mark.parametrize("n", [3, 4, 5, 50, 51])
def test_identical_people_all_get_their_share(n: int) -> None:
    result = match_batch(twins(n))
    check(twins(n), Rules(), result)
    assert result.certificate.covered == n


def test_all_colleagues_are_left_alone_unless_the_rule_is_off() -> None:
    people = twins(6, company_name="Giant, Inc.")
    assert match_batch(people).pairs == []
    rules = Rules(exclude_same_company=False)
    assert match_batch(people, rules).certificate.covered == 6


def test_giant_company_meets_the_few_others() -> None:
    people = [*twins(20, company_name="Giant"), *(alike(100 + i) for i in range(4))]
    result = match_batch(people)
    check(people, Rules(), result)
    assert result.certificate.covered == result.certificate.max_coverable == 16


def test_one_person_whom_everybody_wants_takes_only_three() -> None:
    lonely = [
        Profile(i, focus_areas=[f"f{i}"], service_area=place, services_offered=[f"s{i}"])
        for i, place in enumerate(["Tampa, FL", "Reno, NV", "Boise, ID", "Ames, IA"], start=1)
    ]
    hub = Profile(
        9, focus_areas=["f1", "f2", "f3", "f4"], services_offered=["s1", "s2", "s3", "s4"]
    )
    people = [*lonely, hub]
    wanted = match_batch(people, Rules(min_score=0.4))
    check(people, Rules(min_score=0.4), wanted)
    crowded = match_batch(people, Rules(min_score=0.4, strategy="top_k"))
    check(people, Rules(min_score=0.4, strategy="top_k"), crowded)


def test_odd_ring_of_single_places_is_seen_through() -> None:
    certificate = match_batch(twins(3), Rules(max_matches=1)).certificate
    assert (certificate.covered, certificate.max_coverable, certificate.gap) == (2, 2, 0)


def test_progress_grows_to_everybody() -> None:
    seen: list[tuple[int, int]] = []
    match_batch(room(700), progress=lambda done, total: seen.append((done, total)))
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1] == (700, 700)


def test_hostile_text_never_gets_in_the_way() -> None:
    people = [
        alike(1, focus_areas=["x" * 1_000_000, "\U0001f3e0\x00"], service_area="," * 100_000),
        alike(2, focus_areas='["\U0001f3e0"]', job_title="lead " * 50_000),
        alike(
            3, focus_areas="[" * 10_000, company_name="\U0001f525" * 1000, revenue_tier="9" * 5000
        ),
        alike(4, focus_areas=[], services_offered="", team_size="lots", annual_revenue="NaN"),
    ]
    result = match_batch(people)
    check(people, Rules(), result)
    assert [pair.match_reason for pair in result.pairs[:1]] == ["both focused on \U0001f3e0"]


def seconds(n: int) -> tuple[float, BatchResult]:
    people = room(n)
    started = time.perf_counter()
    result = match_batch(people)
    return time.perf_counter() - started, result


def test_three_hundred_people_take_a_moment() -> None:
    taken, result = seconds(300)
    assert 0 < result.certificate.seconds <= taken < 3


def test_two_thousand_people_take_a_few_seconds() -> None:
    assert seconds(2000)[0] < 10
