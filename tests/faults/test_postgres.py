"""PostgreSQL restarted, crashed, and its connections cut, while texts go out."""

import time
from collections.abc import Callable

from tests.faults import plans
from tests.faults.world import World

RATE = 40
CUT_EVERY_SECONDS = 2


def test_restarts_and_cut_connections_cost_no_text(
    stage: Callable[..., World],
    drops_repeats: bool,
    note: Callable[..., None],
    is_long: bool,
) -> None:
    planned = 3000 if is_long else 240
    world = stage(drops_repeats=drops_repeats, workers=2, MESSAGES_PER_SECOND=str(RATE))
    # Slow enough that every fault finds some in the air.
    world.flow.seconds = 0.05
    with world.cursor() as cursor:
        plans.introductions(cursor, planned, due_in=1, spread=planned / RATE)

    seconds = planned / RATE
    assert world.flow.wait_for(RATE // 4, 20), world.crew.complaints()
    started = time.monotonic()
    restarts = [(seconds / 4, "fast"), (seconds / 2, "immediate")]
    while (passed := time.monotonic() - started) < seconds:
        if restarts and passed >= restarts[0][0]:
            world.postgres.restart(restarts.pop(0)[1], down_seconds=0.5)
        else:
            world.postgres.cut(world.database_url)
        time.sleep(CUT_EVERY_SECONDS)
    assert not restarts

    world.demand(note, 60)
