"""Every worker replaced again and again while texts go out and a room is matched."""

from collections.abc import Callable

from tests.faults import counting, plans
from tests.faults.crew import LONGEST_EXIT_SECONDS
from tests.faults.rooms import room
from tests.faults.world import World

RATE = 40


def test_rolling_restarts_cost_nothing_and_leave_nothing_unknown(
    stage: Callable[..., World], note: Callable[..., None], is_long: bool
) -> None:
    planned, people, rounds = (3000, 1000, 5) if is_long else (120, 20, 2)
    # A text whose outcome is unknown would stay `held`, so this is the stricter of the two modes.
    world = stage(drops_repeats=False, workers=2, MESSAGES_PER_SECOND=str(RATE))
    world.flow.seconds = 0.3
    with world.cursor() as cursor:
        plans.introductions(cursor, planned, due_in=1, spread=planned / RATE)
    lunch = room(world, people, lunch_in=6, max_matches=1)

    assert world.flow.wait_for(10, 20), world.crew.complaints()
    exits = [
        world.crew.replace(worker) for _ in range(rounds) for worker in list(world.crew.workers)
    ]
    assert max(exits) <= LONGEST_EXIT_SECONDS, exits
    assert world.eventually(lunch.is_matched, 60), (lunch.runs(), world.crew.complaints())
    world.drain(planned / RATE + people + 30)
    found = world.count()
    note(found, slowest_exit=round(max(exits), 1), runs=lunch.runs())
    assert lunch.runs().count("completed") == 1
    assert len(lunch.text_ids()) == 2 * lunch.pairs() > 0
    counting.demand_all_arrived(found)
