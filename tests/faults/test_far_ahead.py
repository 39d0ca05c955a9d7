"""Work that is far off neither hides what is due now nor fills the workers' memory."""

from collections.abc import Callable

import pytest

from tests.faults import counting, plans
from tests.faults.world import World

HOUR_SECONDS = 3600
LOOKS = 4
MOST_GROWTH_MEGABYTES = 50

pytestmark = pytest.mark.timing


def test_twenty_thousand_far_texts_neither_delay_a_near_one_nor_fill_memory(
    stage: Callable[..., World], note: Callable[..., None]
) -> None:
    world = stage(workers=1)
    _wait_until_warm(world)
    before = world.crew.rss_megabytes()[0]
    with world.cursor() as cursor:
        plans.notes(cursor, 20_000, due_in=HOUR_SECONDS, each=100)
    _wait_for_looks(world, LOOKS)
    with world.cursor() as cursor:
        near = plans.notes(cursor, 1, due_in=5)
    assert world.flow.wait_for(1, 20), world.crew.complaints()
    (text,) = world.flow.texts
    (row,) = world.rows(near.text_ids)
    late = text.at - row.due.timestamp()

    with world.cursor() as cursor:
        plans.notes(cursor, 80_000, due_in=HOUR_SECONDS, spread=HOUR_SECONDS, each=100)
    _wait_for_looks(world, LOOKS)
    growth = world.crew.rss_megabytes()[0] - before

    note(rows=100_001, late_seconds=round(late, 3), growth_megabytes=round(growth, 1))
    assert text.row_id == row.id
    assert -counting.EARLY_SECONDS <= late <= 1
    assert growth < MOST_GROWTH_MEGABYTES


def _wait_until_warm(world: World) -> None:
    """Wait until a worker that has just started has loaded what it will ever need."""
    sizes = [0.0]

    def is_steady() -> bool:
        _wait_for_looks(world, 1)
        sizes.append(world.crew.rss_megabytes()[0])
        return sizes[-1] - sizes[-2] < 1

    assert world.eventually(is_steady, 30), sizes


def _wait_for_looks(world: World, looks: int) -> None:
    for _ in range(looks):
        seen = _seen_at(world)
        assert world.eventually(lambda seen=seen: _seen_at(world) > seen), world.crew.complaints()


def _seen_at(world: World) -> object:
    return world.query("SELECT seen_at FROM service_states WHERE name = 'planner'")[0][0]
