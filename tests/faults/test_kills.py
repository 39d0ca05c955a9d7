"""Workers killed at random, again and again, while texts fall due."""

import time
from collections.abc import Callable

from tests.faults import plans
from tests.faults.world import World


def test_workers_killed_at_random_cost_no_text(
    stage: Callable[..., World],
    drops_repeats: bool,
    note: Callable[..., None],
    is_long: bool,
) -> None:
    planned, rate, crew = (5000, 60, 8) if is_long else (240, 40, 4)
    pauses = (0.2, 1.0) if is_long else (0.5, 1.0)
    world = stage(drops_repeats=drops_repeats, workers=crew, MESSAGES_PER_SECOND=str(rate))
    # Slow enough that a kill finds some in the air.
    world.flow.seconds = 0.05
    with world.cursor() as cursor:
        plans.introductions(cursor, planned, due_in=1, spread=planned / rate)

    assert world.flow.wait_for(10, 20), world.crew.complaints()
    started, kills = time.monotonic(), 0
    while time.monotonic() - started < planned / rate:
        time.sleep(world.rng.uniform(*pauses))
        world.crew.kill_one()
        kills += 1
    note(kills=kills)
    world.demand(note, planned / rate + 60)
