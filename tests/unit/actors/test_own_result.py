"""What is remembered between trials comes back only for exactly the same question."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from actors.pairing import own_result as memory
from actors.pairing.pool import match_people
from matching import Rules
from models.contractor import Contractor
from models.pair_rule import NO_RULES, PairRules

RULES = Rules(min_score=0.3)
Room = dict[int, Contractor]
Met = list[tuple[int, int, bool]]


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    made: list[int] = []

    def counted(people: Room, rules: Rules, met: Met, ruled: PairRules) -> object:
        made.append(len(people))
        return match_people(people, rules, met, ruled)

    monkeypatch.setattr(memory, "_last", None)
    monkeypatch.setattr(memory, "match_people", counted)
    return made


def room() -> Room:
    areas = ["hiring", "growth"]
    return {
        number: Contractor(
            id=number,
            phone=f"+1512555010{number}",
            company_name=f"Company {number}",
            focus_areas=list(areas),
            service_area=["Austin, TX", "Tampa, FL"][number % 2],
            team_size=10,
            services_offered=["roofing"],
        )
        for number in range(1, 5)
    }


def test_the_same_question_is_answered_once(calls: list[int]) -> None:
    first = memory.own_result(room(), RULES, [(1, 2, True)])
    backwards = dict(reversed(room().items()))
    assert memory.own_result(backwards, replace(RULES), [(1, 2, True)]) is first
    assert len(calls) == 1


def _edit(name: str, value: object) -> Callable[[Room], None]:
    return lambda people: setattr(people[2], name, value)


@pytest.mark.parametrize(
    "change",
    [
        _edit("phone", "+15125550101"),
        _edit("company_name", "Company 1"),
        _edit("focus_areas", ["hiring"]),
        _edit("service_area", None),
        _edit("revenue_tier", "1m_2m"),
        _edit("annual_revenue", "2000000"),
        _edit("team_size", 11),
        _edit("services_offered", ["siding"]),
        _edit("job_title", "Owner"),
        lambda people: people.pop(4),
    ],
)
def test_any_change_of_people_is_matched_anew(
    change: Callable[[Room], object], calls: list[int]
) -> None:
    memory.own_result(room(), RULES, [])
    changed = room()
    change(changed)
    result = memory.own_result(changed, RULES, [])
    assert len(calls) == 2
    assert result.pairs == match_people(changed, RULES, []).pairs


@pytest.mark.parametrize(
    "rules",
    [
        replace(RULES, max_matches=1),
        replace(RULES, min_score=0.31),
        replace(RULES, strategy="greedy"),
        replace(RULES, max_same_market_miles=50),
    ],
)
def test_any_change_of_rules_is_matched_anew(rules: Rules, calls: list[int]) -> None:
    memory.own_result(room(), RULES, [])
    memory.own_result(room(), rules, [])
    assert len(calls) == 2


def test_a_new_or_cancelled_introduction_is_matched_anew(calls: list[int]) -> None:
    for met in ([], [(1, 2, True)], [(1, 2, False)]):
        memory.own_result(room(), RULES, met)
    assert len(calls) == 3


def test_a_new_ruling_about_a_pair_is_matched_anew(calls: list[int]) -> None:
    for ruled in (
        NO_RULES,
        PairRules(forbidden=((1, 2),)),
        PairRules(required=((1, 2),)),
        PairRules(required=((1, 2),), matched=frozenset({(1, 2)})),
    ):
        memory.own_result(room(), RULES, [], ruled)
    assert len(calls) == 4


def test_a_list_edited_in_place_is_matched_anew(calls: list[int]) -> None:
    people = room()
    memory.own_result(people, RULES, [])
    people[1].focus_areas.append("finance")
    memory.own_result(people, RULES, [])
    assert len(calls) == 2
