"""One market across a state line, and two cities of one name far apart."""

import pytest

from matching import Profile, Rules, match_batch, score_pair
from matching.gazetteer import distance_miles, points_of
from matching.places import read_place
from tests.unit.matching.check import check
from tests.unit.matching.rooms import alike
from tests.unit.matching.test_bulk_agrees import assert_agreement

NEAR = Rules(max_same_market_miles=50)


def geographic(a: str, b: str, rules: Rules) -> float:
    score = score_pair(Profile(1, service_area=a), Profile(2, service_area=b), rules)
    return score.match_criteria["geographic"]


@pytest.mark.parametrize(
    ("a", "b", "without", "within"),
    [
        ("Kansas City, MO", "Kansas City, KS", 1.0, 0.2),
        ("Kansas City, MO", "Overland Park, Kansas", 1.0, 0.2),
        ("New York, NY", "Newark, NJ", 1.0, 0.2),
        ("Washington, DC", "Arlington, VA", 1.0, 0.2),
        ("Dallas/Fort Worth, TX", "Fort Worth, TX", 0.5, 0.2),
        ("St. Louis, MO", "Saint Louis, Missouri", 0.2, 0.2),
        ("Houston, TX", "El Paso, TX", 0.5, 0.5),
        ("Portland, OR", "Portland, ME", 1.0, 1.0),
        ("Toronto, Ontario", "Buffalo, NY", 1.0, 1.0),
        ("Texas", "Austin, TX", 0.5, 0.5),
        ("Gulf Coast", "Houston, TX", 0.8, 0.8),
    ],
)
def test_distance_decides_between_known_cities(
    a: str, b: str, without: float, within: float
) -> None:
    assert geographic(a, b, Rules()) == geographic(b, a, Rules()) == without
    assert geographic(a, b, NEAR) == geographic(b, a, NEAR) == within


def test_known_distance_is_right() -> None:
    houston, austin = (points_of(read_place(city))[0] for city in ("Houston, TX", "Austin, TX"))
    assert distance_miles(houston, austin) == pytest.approx(146, abs=8)
    assert distance_miles(houston, houston) == 0


def test_bulk_agrees_with_pairs_and_the_batch_honours_the_distance() -> None:
    places = ["Kansas City, MO", "Kansas City, KS", "Overland Park, KS", "Tampa, FL", "Coast", None]
    people = [alike(i, service_area=place) for i, place in enumerate(places, start=1)]
    assert_agreement(people, NEAR)
    check(people, NEAR, match_batch(people, NEAR))
