"""Two who plan, wake-ups that come three times, clocks that are wrong, a leader that stops."""

import random
import re
import signal
import sys
import time
from collections.abc import Callable

import pytest

from actors.broker import connect_broker
from actors.pairing.batch_matching import run_batch_matching
from actors.sending.delivery import deliver_message
from tests.faults import counting, plans
from tests.faults.crew import Worker
from tests.faults.rooms import Room, room
from tests.faults.world import World

RATE = 40
SKEW_SECONDS = 300
TAKE_OVER_SECONDS = 25


def test_two_planners_and_wake_ups_three_times_make_one_run_and_one_text(
    stage: Callable[..., World], note: Callable[..., None], rng: random.Random, is_long: bool
) -> None:
    planned, people = (3000, 300) if is_long else (120, 20)
    world = stage(workers=2, skews=[SKEW_SECONDS], MESSAGES_PER_SECOND=str(RATE))
    second = Worker(
        "second-planner",
        world.environ,
        world.folder,
        f"exec {sys.executable} -m tests.faults.second_planner",
    )
    second.start()
    try:
        with world.cursor() as cursor:
            texts = plans.notes(cursor, planned, due_in=2, spread=planned / RATE, each=2)
        lunch = room(world, people, lunch_in=6, max_matches=1)
        connect_broker(world.redis.url)
        _wake_three_times(world, texts.text_ids, rng)
        _start_the_batch_three_times(world, lunch)
        world.drain(planned / RATE + people + 40)
    finally:
        second.end()

    found = world.count()
    note(found, runs=lunch.runs(), pairs=lunch.pairs())
    assert "Traceback" not in second.log(), second.log()
    assert lunch.runs() == ["completed"]
    assert len(lunch.text_ids()) == 2 * lunch.pairs() > 0
    counting.demand_all_arrived(found)


def _wake_three_times(world: World, text_ids: list[int], rng: random.Random) -> None:
    thrice = text_ids * 3
    rng.shuffle(thrice)
    for message_id in thrice:
        deliver_message.send(message_id)


def _start_the_batch_three_times(world: World, lunch: Room) -> None:
    assert world.eventually(lambda: lunch.column("matching_at") is not None)
    planned_for = lunch.column("matching_at").isoformat()
    # Now, which is early, and at its time, by two workers at once.
    run_batch_matching.send(lunch.event_id, planned_for)
    assert world.eventually(lambda: lunch.column("now() >= matching_at"))
    run_batch_matching.send(lunch.event_id, planned_for)
    run_batch_matching.send(lunch.event_id, planned_for)


@pytest.fixture(params=[SKEW_SECONDS, -SKEW_SECONDS], ids=["ahead", "behind"])
def skew(request: pytest.FixtureRequest) -> float:
    return float(request.param)


def test_a_leader_that_stops_is_replaced_and_wakes_up_harmless(
    stage: Callable[..., World],
    drops_repeats: bool,
    skew: float,
    note: Callable[..., None],
    is_long: bool,
) -> None:
    if not is_long and (skew > 0) != drops_repeats:
        pytest.skip("the other two of the four run in the long size")
    planned, rate = (1000, 20) if is_long else (120, 40)
    world = stage(
        drops_repeats=drops_repeats, workers=2, skews=[skew, 0], MESSAGES_PER_SECOND=str(rate)
    )
    world.flow.seconds = 0.2
    with world.cursor() as cursor:
        plans.introductions(cursor, planned, due_in=1, spread=planned / rate)
    assert world.flow.wait_for(10, 20), world.crew.complaints()

    name, leader = _leader(world)
    stopped_at = time.monotonic()
    leader.signal(signal.SIGSTOP)
    assert world.eventually(
        lambda: _leader_name(world) != name and world.planner_is_fresh(), TAKE_OVER_SECONDS
    ), world.crew.complaints()
    took_over = time.monotonic() - stopped_at
    leader.signal(signal.SIGCONT)

    note(take_over_seconds=round(took_over, 1))
    world.demand(note, planned / rate + 60)


def _leader_name(world: World) -> str:
    found = world.query("SELECT detail->>'leader' FROM service_states WHERE name = 'planner'")
    return str(found[0][0])


def _leader(world: World) -> tuple[str, Worker]:
    name = _leader_name(world)
    pid = re.search(r"(\d+)$", name)
    assert pid, name
    return name, next(w for w in world.crew.workers if w.has_process(int(pid[1])))
