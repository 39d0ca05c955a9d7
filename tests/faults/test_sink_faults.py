"""An n8n that fails in every way it can, one way at a time or all at once, and one that is gone."""

import time
from collections.abc import Callable

import pytest

from tests.faults import counting, plans
from tests.faults.flow import FAULTS
from tests.faults.world import World

RATE = 40
SHARE = 0.3
LONGEST_PAUSE_SECONDS = 30
# Beside other suites the sink's own clock readings bunch a little.
MOST_ABOVE_RATE = 1.25
# In the CI size all kinds are mixed; alone, each shows what it does.
SIZES = {"all": tuple(FAULTS), **{name: (name,) for name in FAULTS}}


@pytest.mark.parametrize("kinds", SIZES)
def test_a_third_of_the_requests_failing_costs_no_text(
    stage: Callable[..., World],
    drops_repeats: bool,
    kinds: str,
    note: Callable[..., None],
    is_long: bool,
) -> None:
    if not is_long and kinds != "all":
        pytest.skip("one kind at a time is for the long size")
    planned, most_per_key = (1000, 5) if is_long else (160, 1)
    world = stage(drops_repeats=drops_repeats, workers=2, MESSAGES_PER_SECOND=str(RATE))
    world.fail_with(SIZES[kinds], share=SHARE, most_per_key=most_per_key)
    with world.cursor() as cursor:
        plans.introductions(cursor, planned, due_in=1, spread=planned / RATE)
    world.demand(note, planned / RATE + (240 if is_long else 60))


def test_an_n8n_that_is_down_is_left_alone_until_it_is_back(
    stage: Callable[..., World],
    drops_repeats: bool,
    note: Callable[..., None],
    is_long: bool,
) -> None:
    planned, down_seconds = (2000, 60) if is_long else (120, 4)
    world = stage(drops_repeats=drops_repeats, workers=2, MESSAGES_PER_SECOND=str(RATE))
    with world.cursor() as cursor:
        plans.introductions(cursor, planned, due_in=1, spread=planned / RATE)
    assert world.flow.wait_for(planned // 4, 20), world.crew.complaints()

    world.flow.close_port()
    _wait_until_down(world)
    time.sleep(down_seconds)
    arrived, back_at = len(world.flow.texts), time.time()
    world.flow.open_port()
    assert world.eventually(lambda: _n8n(world) == "up", LONGEST_PAUSE_SECONDS + 10)
    assert world.flow.wait_for(planned // 2, 30), world.crew.complaints()
    resumed_after = world.flow.texts[arrived].at - back_at

    # Now it answers, but with errors: what tries it is one text a probe.
    world.fail_with(["500"], share=1, most_per_key=1000)
    _wait_until_down(world)
    # A text that was on its way when the others failed may still come.
    time.sleep(1)
    tried, probed = len(world.flow.requests), len(world.flow.probes)
    time.sleep(down_seconds)
    tries, probes = len(world.flow.requests) - tried, len(world.flow.probes) - probed
    world.flow.plan = None
    world.demand(note, planned / RATE + LONGEST_PAUSE_SECONDS + 60)

    note(resumed_after=round(resumed_after, 1), texts_tried=tries, probes=probes)
    assert _n8n(world) == "up"
    assert 1 <= tries <= probes
    # The pause doubles from two seconds on while texts fail; a closed port costs no text.
    assert resumed_after <= 5
    after = sorted(text.at for text in world.flow.texts[arrived:])
    assert max(counting.windows(after)) <= RATE * MOST_ABOVE_RATE, "a burst after the outage"


def _wait_until_down(world: World) -> None:
    assert world.eventually(lambda: _n8n(world) == "down", 10), world.crew.complaints()


def _n8n(world: World) -> str:
    found = world.query("SELECT state FROM service_states WHERE name = 'n8n'")
    return str(found[0][0]) if found else ""
