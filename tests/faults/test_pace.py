"""A flood due at one instant leaves evenly, in order, and past nobody else's texts."""

from collections.abc import Callable

import pytest

from tests.faults import counting, plans
from tests.faults.world import World

MOST_ABOVE_RATE = 1.1
OFF_BY = 0.05
# What the delay queue's polling and a busy machine may add to a text's place in line; behind the
# whole flood it would wait half of the time that the flood takes.
JITTER_SECONDS = 1.0

pytestmark = pytest.mark.timing


def test_a_flood_due_at_one_instant_keeps_the_pace(
    stage: Callable[..., World], note: Callable[..., None], is_long: bool
) -> None:
    planned, rate = (10_000, 200) if is_long else (1000, 100)
    world = stage(workers=2, MESSAGES_PER_SECOND=str(rate))
    with world.cursor() as cursor:
        flood = plans.introductions(cursor, planned, due_in=3)
        other = plans.notes(cursor, 1, due_in=3 + planned / rate / 2)
    world.drain(planned / rate * 2 + 20)

    found = world.count()
    at = sorted(text.at for text in world.flow.texts)
    due = world.rows(flood.text_ids)[0].due.timestamp()
    windows = counting.windows(at)
    took = at[-1] - due
    (elsewhere,) = [t for t in world.flow.texts if t.row_id == other.text_ids[0]]
    waited = elsewhere.at - world.rows(other.text_ids)[0].due.timestamp()
    figures = {"most_in_a_second": max(windows), "took": round(took, 2)}
    note(found, **figures, other_event_late=round(waited, 3))
    counting.demand_all_arrived(found)
    assert max(windows) <= rate * MOST_ABOVE_RATE, figures
    assert abs(took - planned / rate) <= planned / rate * OFF_BY, figures
    assert waited <= 2 / rate + JITTER_SECONDS


def test_what_is_due_sooner_leaves_sooner(
    stage: Callable[..., World], note: Callable[..., None], is_long: bool
) -> None:
    planned, rate = (5000, 200) if is_long else (400, 100)
    seconds = planned / rate / 2
    world = stage(workers=2, MESSAGES_PER_SECOND=str(rate))
    with world.cursor() as cursor:
        # Twice as many a second as may leave; the last planned are the first due.
        texts = plans.notes(cursor, planned, due_in=3 + seconds, spread=-seconds)
    world.drain(planned / rate * 2 + 20)

    found = world.count()
    due = {row.id: row.due.timestamp() for row in world.rows(texts.text_ids)}
    left = [due[text.row_id] for text in world.flow.texts]
    latest, worst = left[0], 0.0
    for moment in left:
        worst = max(worst, latest - moment)
        latest = max(latest, moment)
    note(found, overtaken_by_seconds=round(worst, 3))
    counting.demand_all_arrived(found)
    assert worst < 1, f"a text left after one that was due {worst} s later"
