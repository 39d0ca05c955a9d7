"""Lunch moved and an event cancelled while matching and delivery are under way."""

import time
from collections.abc import Callable

import pytest

from actors.control import event_cancelling
from models import clock
from tests.faults import counting
from tests.faults.rooms import Room, room
from tests.faults.world import World

# The planner looks each second, and what it moves it then has to send.
NOTICED_SECONDS = 3


def test_lunch_moved_earlier_takes_its_texts_along(
    stage: Callable[..., World], note: Callable[..., None], is_long: bool
) -> None:
    world = stage(workers=2, MESSAGES_PER_SECOND="40")
    lunch = room(world, 300 if is_long else 20, lunch_in=60)
    assert world.eventually(lambda: lunch.column("matching_at") is not None)
    lunch.move_lunch(-54)
    _finish(world, lunch, note)
    assert _first_arrival(world) < lunch.lunch.timestamp() - 30


def test_lunch_moved_later_holds_back_what_has_not_left(
    stage: Callable[..., World], note: Callable[..., None], is_long: bool
) -> None:
    people = 100 if is_long else 20
    # Slow enough that delivery is under way for seconds.
    world = stage(workers=2, MESSAGES_PER_SECOND="8")
    lunch = room(world, people, lunch_in=6)
    assert world.eventually(lunch.is_matched), world.crew.complaints()
    # Between matching and the introductions, and again in the middle of them.
    lunch.move_lunch(2)
    assert world.flow.wait_for(people // 4, 20), world.crew.complaints()
    later = lunch.move_lunch(5)
    moved_at = time.time()
    _finish(world, lunch, note)

    after = [t.at for t in world.flow.texts if t.at > moved_at + NOTICED_SECONDS]
    assert len(after) > people // 4, "nothing was left to be moved"
    assert min(after) >= later.timestamp() + 1


def _finish(world: World, lunch: Room, note: Callable[..., None]) -> None:
    """Wait for all of a room's introductions, and demand one run and one text each."""
    assert world.eventually(lunch.is_matched, 30), (lunch.runs(), world.crew.complaints())
    world.drain(lunch.pairs() + 40)
    found = world.count()
    note(found, runs=lunch.runs(), pairs=lunch.pairs())
    assert lunch.runs() == ["completed"]
    assert len(lunch.text_ids()) == 2 * lunch.pairs() > 0
    counting.demand_all_arrived(found)


def _first_arrival(world: World) -> float:
    return min(text.at for text in world.flow.texts)


@pytest.mark.parametrize("tells", [True, False], ids=["telling", "silent"])
def test_nothing_leaves_after_an_event_was_cancelled_but_what_was_in_the_air(
    stage: Callable[..., World], tells: bool, note: Callable[..., None], is_long: bool
) -> None:
    people = 300 if is_long else 40
    world = stage(workers=2, MESSAGES_PER_SECOND="20")
    world.flow.seconds = 0.2
    lunch = room(world, people, lunch_in=5)
    assert world.flow.wait_for(people // 4, 30), world.crew.complaints()

    with world.models():
        cancelled = event_cancelling.cancel_event(
            lunch.event_id, tell_introduced=tells, now=clock.now()
        )
    committed_at = time.time()
    world.drain(people + 30)

    ids = set(lunch.text_ids())
    dead = set(lunch.text_ids("cancelled"))
    notices = {
        row[0]
        for row in world.query(
            "SELECT id FROM event_messages WHERE message_type = 'event_cancelled'"
        )
    }
    late = {t.row_id for t in world.flow.texts if t.at > committed_at and t.row_id not in notices}
    found = world.count()
    note(found, in_the_air=cancelled.in_the_air, late=len(late), told=cancelled.told)
    counting.demand_right_people(found)
    assert len(dead) == cancelled.texts > 0
    assert set(found.missing) == dead
    assert len(late) <= cancelled.in_the_air
    introduced = ids - dead - notices
    assert len(notices) == cancelled.told == (len(_people(world, introduced)) if tells else 0)
    assert len(_people(world, notices)) == len(notices)
    assert set(found.statuses) == {"sent", "cancelled"}


def test_an_event_cancelled_while_it_is_matched_texts_nobody(
    stage: Callable[..., World], note: Callable[..., None], is_long: bool
) -> None:
    world = stage(workers=2, MESSAGES_PER_SECOND="40")
    lunch = room(world, 1000 if is_long else 300, lunch_in=5)
    assert world.eventually(lunch.runs), world.crew.complaints()
    with world.models():
        event_cancelling.cancel_event(lunch.event_id, tell_introduced=True, now=clock.now())
    assert world.eventually(lambda: "running" not in lunch.runs(), 60), lunch.runs()
    world.drain(20)
    note(world.count(), runs=lunch.runs())
    assert world.flow.texts == []
    assert set(lunch.text_ids()) == set(lunch.text_ids("cancelled"))


def _people(world: World, ids: set[int]) -> set[int]:
    found = world.query("SELECT contractor_id FROM event_messages WHERE id = ANY(%s)", list(ids))
    return {row[0] for row in found}
