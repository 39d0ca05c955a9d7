"""Redis emptied, gone for a while, and back with nothing: every text still arrives, once."""

import time
from collections.abc import Callable

from tests.faults import counting, plans
from tests.faults.world import World

RATE = 40


def test_redis_flushed_stopped_and_emptied_costs_no_text(
    stage: Callable[..., World], note: Callable[..., None], is_long: bool
) -> None:
    planned, away_seconds = (3000, 20) if is_long else (180, 4)
    world = stage(workers=2, MESSAGES_PER_SECOND=str(RATE))
    with world.cursor() as cursor:
        texts = plans.introductions(cursor, planned, due_in=1, spread=planned / RATE)
    faults = []

    assert world.flow.wait_for(planned // 6, 60), world.crew.complaints()
    world.redis.flush()
    faults.append(("flushed", time.time()))

    assert world.flow.wait_for(planned // 3, 60), world.crew.complaints()
    faults.append(("stopped", time.time()))
    world.redis.kill()
    time.sleep(away_seconds)
    world.redis.start_empty()

    assert world.flow.wait_for(planned * 2 // 3, 60), world.crew.complaints()
    faults.append(("emptied", time.time()))
    world.redis.kill()
    world.redis.start_empty()

    world.drain(planned / RATE + 60)
    found = world.count()
    note(found, **_lateness(world, texts, faults))
    counting.demand_all_arrived(found)


def _lateness(
    world: World, texts: plans.Planned, faults: list[tuple[str, float]]
) -> dict[str, str]:
    """How late the texts were that left between one fault and the next."""
    due = {row.id: row.due.timestamp() for row in world.rows(texts.text_ids)}
    ends = [at for _, at in faults[1:]] + [float("inf")]
    return {
        name: str(
            counting.percentiles(
                [t.at - due[t.row_id] for t in world.flow.texts if start <= t.at < end]
            )
        )
        for (name, start), end in zip(faults, ends, strict=True)
    }
