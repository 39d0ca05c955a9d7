"""Where cities lie, and whether two places are one market.

Source: the ZIP codes of the United States inside the package ``zipcodes`` (MIT licence, 1.4 MB, no
download, no dependencies). A city's point is the mean of its ZIP codes' points. Canadian places
have no point, so there only the text decides.
"""

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from matching.places import Place, folded_words

Point = tuple[float, float]
_EARTH_MILES = 3958.8


@lru_cache(maxsize=4096)
def points_of(place: Place) -> tuple[Point, ...]:
    """Find the cities named in a place, as (latitude, longitude) in degrees.

    A name that is not a city is tried as two, so that "Dallas/Fort Worth, TX" is both.
    """
    found: list[Point] = []
    for state in sorted(place.states):
        cities = _cities_of(state)
        words = [word for word in place.text.split() if word != state.lower()]
        names = [words, *([] if " ".join(words) in cities else _halves(words))]
        found += [cities[" ".join(name)] for name in names if " ".join(name) in cities]
    return tuple(found)


def are_near(a: Sequence[Point], b: Sequence[Point], miles: float) -> bool:
    """Say whether any city of one place lies within so many miles of any of the other."""
    return any(distance_miles(one, other) <= miles for one in a for other in b)


def distance_miles(a: Point, b: Point) -> float:
    """Great-circle distance by the haversine formula (Sinnott, Sky and Telescope 68, 1984)."""
    (lat_a, lon_a), (lat_b, lon_b) = (map(math.radians, point) for point in (a, b))
    chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * _EARTH_MILES * math.asin(min(1.0, math.sqrt(chord)))


def _halves(words: list[str]) -> list[list[str]]:
    return [part for cut in range(1, len(words)) for part in (words[:cut], words[cut:])]


@cache
def _cities_of(state: str) -> dict[str, Point]:
    """Index a state's cities by folded name; unchanging facts, so they are kept."""
    import zipcodes  # only who asks for distances pays for its 70 MB

    points: dict[str, list[Point]] = {}
    rows: list[dict[str, Any]] = zipcodes.filter_by(  # type: ignore[no-untyped-call]
        state=state
    )
    for row in rows:
        point = float(row["lat"]), float(row["long"])
        points.setdefault(" ".join(folded_words(row["city"])), []).append(point)
    return {
        city: (math.fsum(p[0] for p in some) / len(some), math.fsum(p[1] for p in some) / len(some))
        for city, some in points.items()
    }
