"""Whoever got nobody is told why, truthfully."""

import pytest

from matching import Profile, Rules, match_batch
from tests.unit.matching.rooms import alike, twins

STRANGER = Profile(9, focus_areas=["solo"], services_offered=["pools"])


def reasons(people: list[Profile], rules: Rules | None = None, **demands: object) -> dict:
    result = match_batch(people, rules or Rules(), **demands)
    assert result.certificate.covered + len(result.unmatched) == len(people)
    return {person.contractor_id: person.reason for person in result.unmatched}


def test_alone_in_the_room() -> None:
    assert reasons([Profile(1)]) == {1: "there was no one else in the room"}


def test_no_place_left() -> None:
    full = "already has as many introductions as they can take"
    assert reasons(twins(3), capacity={1: 0})[1] == full


def test_everyone_suitable_was_booked() -> None:
    booked = reasons(twins(3), Rules(max_matches=1))
    assert list(booked.values()) == ["everyone suitable was already fully booked"]


@pytest.mark.parametrize(("threshold", "shown"), [(0.6, "0.60"), (0.605, "0.605"), (1, "1.00")])
def test_no_one_reached_the_threshold(threshold: float, shown: str) -> None:
    words = f"no one in the room reached the score of {shown}; the best was 0.28"
    assert reasons([*twins(2), STRANGER], Rules(min_score=threshold))[9] == words


def test_only_colleagues_in_the_room() -> None:
    words = "only colleagues in the room"
    assert reasons(twins(3, company_name="Acme")) == dict.fromkeys((1, 2, 3), words)


def test_only_colleagues_were_suitable() -> None:
    people = [*twins(2, company_name="Acme"), STRANGER]
    words = "only colleagues reached the score of 0.60; the best of the others was 0.28"
    assert reasons(people)[1] == words


def test_already_met_everyone() -> None:
    assert reasons(twins(2), already_matched=[(1, 2)])[1] == "already met everyone in the room"


def test_already_met_everyone_suitable() -> None:
    met = reasons([*twins(2), STRANGER], already_matched=[(1, 2)])
    assert met[1] == "already met everyone suitable"


def test_kept_apart_from_everyone() -> None:
    assert reasons(twins(2), forbidden=[(1, 2)])[2] == "kept apart from everyone in the room"


def test_kept_apart_from_everyone_suitable() -> None:
    apart = reasons([*twins(2), STRANGER], forbidden=[(1, 2)])
    assert apart[1] == "everyone suitable is to be kept apart from them"


def test_nobody_open_for_more_than_one_cause() -> None:
    people = [*twins(2, company_name="Acme"), alike(3)]
    left = reasons(people, already_matched=[(1, 3)], forbidden=[(2, 3)])
    assert left[1] == "everyone in the room is a colleague, already met, or kept apart from them"
