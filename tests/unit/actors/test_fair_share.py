"""Every event gets its fair share of the places, and urgent texts go first."""

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from actors.planning.fair_share import FairShare
from models.outbox import Turn

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
_ids = count(1)


def turns(event_id: int | None, number: int, urgency: int = 2, late: float = 0) -> list[Turn]:
    due = START - timedelta(seconds=late)
    return [Turn(next(_ids), event_id, urgency, due) for _ in range(number)]


def serve(shares: FairShare, waiting: list[Turn], places: int) -> list[Turn]:
    """Give away so many places, a few in each look, and take the served out of `waiting`."""
    served: list[Turn] = []
    while len(served) < places and waiting:
        for turn in shares.order(waiting)[: min(3, places - len(served))]:
            shares.took(turn)
            served.append(turn)
            waiting.remove(turn)
        shares.forget_idle()
    return served


def most_apart(events: list[int | None]) -> int:
    counts = [events.count(event) for event in set(events)]
    return max(counts) - min(counts)


@given(st.integers(1, 6), st.integers(1, 6), st.randoms())
def test_events_with_a_backlog_get_the_same_number_of_places(
    events: int, rounds: int, chance: object
) -> None:
    waiting = [turn for event in range(events) for turn in turns(event, 12, late=event * 60)]
    chance.shuffle(waiting)  # type: ignore[attr-defined]
    served = [turn.event_id for turn in serve(FairShare(), waiting, events * rounds)]
    for start in range(len(served) - events + 1):
        window = served[start : start + events]
        assert max(window.count(event) for event in range(events)) <= 2
    for event in range(events):
        assert abs(served.count(event) - rounds) <= 1


def test_a_flood_delays_another_event_by_one_place() -> None:
    shares = FairShare()
    flood = turns(1, 1000, late=300)
    assert {turn.event_id for turn in serve(shares, flood, 200)} == {1}
    waiting = flood + turns(2, 1)
    assert 2 in [turn.event_id for turn in serve(shares, waiting, 2)]


def test_an_event_that_was_quiet_does_not_make_up_for_it() -> None:
    """Else its own flood would keep the other out for as long as that had it all."""
    shares = FairShare()
    flood = turns(1, 1000)
    serve(shares, flood, 500)
    served = [turn.event_id for turn in serve(shares, flood + turns(2, 500), 100)]
    assert abs(served.count(1) - served.count(2)) <= 1


def test_texts_of_no_event_are_one_event() -> None:
    waiting = turns(None, 50) + turns(1, 50) + turns(2, 50)
    served = [turn.event_id for turn in serve(FairShare(), waiting, 30)]
    assert most_apart(served) == 0


def test_urgent_texts_go_first_whatever_their_event_has_had() -> None:
    shares = FairShare()
    serve(shares, turns(1, 100), 100)
    waiting = turns(2, 10) + turns(1, 1, urgency=0) + turns(2, 1, urgency=1)
    assert [turn.urgency for turn in shares.order(waiting)[:3]] == [0, 1, 2]


@given(st.lists(st.integers(0, 100), max_size=30))
def test_within_an_event_what_was_due_first_goes_first(lates: list[int]) -> None:
    waiting = [turn for late in lates for turn in turns(1, 1, late=late)]
    dues = [turn.due for turn in FairShare().order(waiting)]
    assert dues == sorted(dues)


def test_ordering_alone_changes_nothing() -> None:
    shares = FairShare()
    waiting = turns(1, 5) + turns(2, 5)
    assert shares.order(waiting) == shares.order(waiting)
