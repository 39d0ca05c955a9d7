"""Who is not matched again, and whose introductions still take up room."""

from datetime import datetime, timedelta

import pytest

from models.contractor import Contractor
from models.event import Event
from models.opt_out import lift, opt_out
from models.pairs import pairs_at
from tests.factories import make_attendee, make_contractor, make_event, make_match


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now)


@pytest.fixture
def people(event: Event) -> list[Contractor]:
    made = [make_contractor() for _ in range(2)]
    for person in made:
        make_attendee(event, person)
    return made


@pytest.mark.parametrize(
    ("columns", "takes_room"),
    [
        ({}, True),
        ({"state": "later"}, True),
        ({"state": "connected"}, True),
        ({"state": "declined"}, False),
        ({"state": "met_already"}, False),
    ],
)
def test_room_is_taken_by_what_stands(
    event: Event, people: list[Contractor], columns: dict[str, str], takes_room: bool
) -> None:
    make_match(event, *people, **columns)
    assert pairs_at(event.id) == [(people[0].id, people[1].id, takes_room)]


def test_a_cancelled_match_takes_no_room(
    event: Event, people: list[Contractor], now: datetime
) -> None:
    make_match(event, *people, cancelled_at=now)
    assert pairs_at(event.id) == [(people[0].id, people[1].id, False)]


def test_who_has_opted_out_takes_nobodys_room_unless_they_are_connected(
    event: Event, people: list[Contractor], now: datetime
) -> None:
    match = make_match(event, *people)
    opt_out(people[0].phone, now=now, source="STOP reply")
    assert pairs_at(event.id) == [(people[0].id, people[1].id, False)]
    lift(people[0].phone, now=now, source="START reply")
    assert pairs_at(event.id) == [(people[0].id, people[1].id, True)]
    opt_out(people[1].phone, now=now, source="STOP reply")
    type(match).update(state="connected").where(type(match).id == match.id).execute()
    assert pairs_at(event.id) == [(people[0].id, people[1].id, True)]


@pytest.mark.parametrize(
    ("state", "is_barred"),
    [("connected", True), ("declined", True), ("met_already", True), ("open", False)],
)
def test_what_was_settled_elsewhere_is_not_made_again_and_takes_no_room(
    event: Event, people: list[Contractor], now: datetime, state: str, is_barred: bool
) -> None:
    elsewhere = make_event(now - timedelta(days=30))
    make_match(elsewhere, *people, state=state)
    make_match(elsewhere, people[0], make_contractor(), state=state)
    expected = [(people[0].id, people[1].id, False)] if is_barred else []
    assert pairs_at(event.id) == expected
