"""Two hosts of workers, of which one is cut off from all or some of what it needs, and healed."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from tests.conftest import in_ci
from tests.faults import plans
from tests.faults.network import N8N, POSTGRES, REDIS, Network, RefusedError, missing_commands
from tests.faults.network_world import THREADS, NetworkWorld
from tests.faults.servers import Postgres
from tests.servers import data_folder

RATE = 40
HOSTS = ("host-a", "host-b")
# PostgreSQL's own finding that a host has gone, and the next look of the other.
HAND_OVER_SECONDS = 20
# Until the leases of what the host had in the air are over, and somebody has looked.
JUDGED_SECONDS = 30
SLOW_ANSWER_SECONDS = 1.2
AFTERWARDS = 20

Stage = Callable[..., NetworkWorld]
Note = Callable[..., None]


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    if missing := missing_commands():
        give_up = pytest.fail if in_ci() else pytest.skip
        give_up(f"needs the commands {', '.join(missing)}, of Debian's iproute2 and util-linux")
    with ExitStack() as ends:
        try:
            made = ends.enter_context(Network(HOSTS))
        except RefusedError as error:
            # Nothing of ours can make a container allow it, so CI does not fail for that.
            pytest.skip(f"no host was cut off, since this machine allows no namespaces: {error}")
        yield made


@pytest.fixture(scope="module")
def reachable(network: Network) -> Iterator[Postgres]:
    with data_folder() as folder, Postgres(folder) as started:
        with network.services.inside():
            started.listen(POSTGRES)
        yield started


@pytest.fixture
def hosts(network: Network, reachable: Postgres, tmp_path: Path, rng: Random) -> Iterator[Stage]:
    """Make a world whose hosts send `planned` texts already, and many still have to leave."""
    with ExitStack() as ends:

        def make(*, drops_repeats: bool, planned: int) -> NetworkWorld:
            world = NetworkWorld(network, reachable, tmp_path, rng, drops_repeats=drops_repeats)
            ends.callback(world.stop)
            world.begin(MESSAGES_PER_SECOND=str(RATE))
            with world.cursor() as cursor:
                plans.introductions(cursor, planned, due_in=1, spread=planned / RATE)
            assert world.flow.wait_for(10, 20), world.crew.complaints()
            return world

        yield make


def cut_in_the_claim(world: NetworkWorld, host: str) -> None:
    """Cut it off while PostgreSQL works at its claims, so that their answers are lost."""
    with world.texts_locked():
        has_all = world.eventually(lambda: world.claims_under_way(host) >= THREADS)
        assert has_all, world.crew.complaints()
        world.network.cut(host)


def cut_before_the_answer(world: NetworkWorld, host: str) -> None:
    """Cut it off while n8n has texted somebody and not yet said so."""
    world.flow.seconds = SLOW_ANSWER_SECONDS
    assert world.eventually(lambda: world.in_the_air(host)), world.crew.complaints()
    world.network.cut(host)
    world.flow.seconds = 0


def cut_before_the_record(world: NetworkWorld, host: str) -> None:
    """Cut it off from PostgreSQL alone, so that it hears n8n's answer and can not write it down."""
    world.flow.seconds = SLOW_ANSWER_SECONDS
    assert world.eventually(lambda: world.in_the_air(host)), world.crew.complaints()
    world.network.cut_way(host, POSTGRES)
    world.flow.seconds = 0


MOMENTS = {
    "in-the-claim": cut_in_the_claim,
    "before-the-answer": cut_before_the_answer,
    "before-the-record": cut_before_the_record,
}
IN_CI = {("in-the-claim", True, True), ("before-the-record", False, False)}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("is_leader", [True, False], ids=["leader", "other"])
def test_a_host_cut_off_in_mid_delivery_costs_no_text(
    hosts: Stage, drops_repeats: bool, moment: str, is_leader: bool, note: Note, is_long: bool
) -> None:
    if not is_long and (moment, is_leader, drops_repeats) not in IN_CI:
        pytest.skip("the other ten of the twelve run in the long size")
    planned = 600 if is_long else 200
    world = hosts(drops_repeats=drops_repeats, planned=planned)
    host = world.leader() if is_leader else world.other(world.leader())
    MOMENTS[moment](world, host)
    note(**_wait_until_given_up(world, host))
    world.network.heal_all()
    if moment == "before-the-record":
        # It heard that they were accepted, and says so as soon as it can.
        assert world.eventually(lambda: _held_are_missing(world)), world.crew.complaints()
    world.demand(note, planned / RATE + 60)
    _demand_that_it_works_alone(world, host)


def _wait_until_given_up(world: NetworkWorld, host: str) -> dict[str, float]:
    """Wait until the other plans, and PostgreSQL and the other have given up what it had."""
    cut_at = time.monotonic()
    other = world.other(host)
    led = world.leader() == host

    def is_led() -> bool:
        return world.leader() == other and world.planner_is_fresh()

    assert world.eventually(is_led, HAND_OVER_SECONDS), world.crew.complaints()
    hand_over = time.monotonic() - cut_at
    assert world.eventually(lambda: not world.sessions(host), HAND_OVER_SECONDS)
    assert world.eventually(lambda: not world.leases_over(), JUDGED_SECONDS)
    judged = time.monotonic() - cut_at
    return {"hand_over": round(hand_over, 1) if led else 0, "given_up": round(judged, 1)}


def _held_are_missing(world: NetworkWorld) -> bool:
    found = world.count()
    return set(found.held) <= set(found.missing)


def _demand_that_it_works_alone(world: NetworkWorld, host: str) -> None:
    """None of its threads may still wait for an answer that never comes."""
    world.crew.retire(world.worker(world.other(host)))
    assert world.eventually(lambda: world.leader() == host and world.planner_is_fresh()), (
        world.crew.complaints()
    )
    with world.cursor() as cursor:
        texts = plans.notes(cursor, AFTERWARDS, due_in=1)
    world.drain(20)
    assert {row.status for row in world.rows(texts.text_ids)} == {"sent"}


def test_n8n_out_of_one_hosts_reach_costs_no_text(
    hosts: Stage, drops_repeats: bool, note: Note, is_long: bool
) -> None:
    if not is_long:
        pytest.skip("runs in the long size; that it is soon tried again, test_out_of_reach.py says")
    planned = 600
    world = hosts(drops_repeats=drops_repeats, planned=planned)
    world.network.cut_way(world.leader(), N8N)
    # Not healed: all of them find their way over the other host.
    world.demand(note, planned / RATE + 120)
    # A request on a connection that was open is one that may have arrived.
    assert world.statuses().get("held", 0) <= THREADS


def test_a_leader_that_can_not_reach_redis_lets_the_other_plan(
    hosts: Stage, note: Note, is_long: bool
) -> None:
    if not is_long:
        pytest.skip("runs in the long size; that it gives its lock away, test_leader.py says too")
    planned = 200
    world = hosts(drops_repeats=False, planned=planned)
    host = world.leader()
    world.network.cut_way(host, REDIS)
    cut_at = time.monotonic()
    other = world.other(host)
    assert world.eventually(lambda: world.leader() == other), world.crew.complaints()
    note(hand_over=round(time.monotonic() - cut_at, 1))
    world.demand(note, planned / RATE + 60)
    assert world.statuses().keys() <= {"sent", "delivered"}
