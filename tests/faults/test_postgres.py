"""PostgreSQL restarted, crashed, and its connections cut, while texts go out."""

import time
from collections.abc import Callable

from tests.faults import plans
from tests.faults.world import World

RATE = 40
PAUSE_SECONDS = 1.5


def test_restarts_and_cut_connections_cost_no_text(
    stage: Callable[..., World],
    drops_repeats: bool,
    note: Callable[..., None],
    is_long: bool,
) -> None:
    planned = 3000 if is_long else 160
    world = stage(drops_repeats=drops_repeats, workers=2, MESSAGES_PER_SECOND=str(RATE))
    # Slow enough that every fault finds some in the air.
    world.flow.seconds = 0.05
    with world.cursor() as cursor:
        plans.introductions(cursor, planned, due_in=1, spread=planned / RATE)

    assert world.flow.wait_for(RATE // 4, 20), world.crew.complaints()
    faults = ["cut", "fast", "cut", "immediate", "cut"] * (8 if is_long else 1)
    for fault in faults:
        if fault == "cut":
            world.postgres.cut(world.database_url)
        else:
            world.postgres.restart(fault, down_seconds=0.5)
        time.sleep(world.rng.uniform(0.5, PAUSE_SECONDS))
    note(faults=len(faults))
    world.demand(note, planned / RATE + 60)
