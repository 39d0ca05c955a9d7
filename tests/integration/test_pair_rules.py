"""What an organiser rules about a pair is obeyed by every matching, and what can not be is said."""

from datetime import datetime, timedelta
from typing import Any

import pytest

import actors.pairing.batch_matching
from actors.pairing.batch_matching import run_matching
from actors.pairing.matching_preview import REGISTERED, compare, preview
from actors.pairing.not_made import sentences
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun, RunKind
from models.message import EventMessage
from models.opt_out import opt_out
from models.pair_rule import IdPair, Rule, ordered, remove_rule, rules_at, set_rule
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_event, make_match
from tests.fakes import SetClock


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now,
        matching_at=now,
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
        matching_status="queued",
    )


def fill(event: Event, number: int, **columns: Any) -> list[Contractor]:
    return [make_attendee(event, make_contractor(**columns)).contractor for _ in range(number)]


def rule(event: Event, one: Contractor, other: Contractor, what: Rule, now: datetime) -> IdPair:
    pair = ordered(one.id, other.id)
    set_rule(event.id, pair, what, reason=None, made_by="Olu", now=now)
    return pair


def run(event: Event, clock: SetClock, kind: RunKind = RunKind.BATCH) -> MatchingRun:
    row = Event.get_by_id(event.id)
    planned_for = row.matching_at if kind == RunKind.BATCH else row.top_up_at
    run_matching(event.id, planned_for, kind, now=clock)
    return MatchingRun.select().order_by(MatchingRun.id.desc()).get()


def made() -> set[IdPair]:
    return {(match.contractor1_id, match.contractor2_id) for match in EventPeerMatch.select()}


def tried(found: dict[str, Any]) -> set[IdPair]:
    return {(pair["contractor1_id"], pair["contractor2_id"]) for pair in found["top_pairs"]}


def test_a_forbidden_pair_is_proposed_by_no_matching(event: Event, clock: SetClock) -> None:
    people = fill(event, 4)
    barred = rule(event, people[0], people[1], Rule.FORBID, clock())
    assert barred not in tried(preview(event.id))
    assert barred not in tried(preview(event.id, max_matches=5, scope=REGISTERED))
    run(event, clock)
    assert len(made()) == 5
    assert barred not in made()
    Event.update(top_up_at=clock()).where(Event.id == event.id).execute()
    run(event, clock, RunKind.TOP_UP)
    assert barred not in made()
    remove_rule(event.id, barred, Rule.FORBID)
    Event.update(top_up_at=clock()).where(Event.id == event.id).execute()
    run(event, clock, RunKind.TOP_UP)
    assert barred in made()


def test_whoever_is_kept_from_everybody_is_told_so(event: Event, clock: SetClock) -> None:
    one, other = fill(event, 2)
    rule(event, one, other, Rule.FORBID, clock())
    assert {person["reason"] for person in run(event, clock).unmatched} == {
        "kept apart from everyone in the room"
    }


def test_a_required_pair_is_made_whatever_stands_against_it(event: Event, clock: SetClock) -> None:
    fill(event, 6)
    company, area = "One Roof Inc.", "Austin, TX"
    poor = fill(event, 2, focus_areas=[], company_name=company, service_area=area)
    elsewhere = make_event(clock() - timedelta(days=30), name="Last year")
    make_match(elsewhere, *poor, state="declined")
    pair = rule(event, *poor, Rule.REQUIRE, clock())
    found = preview(event.id)
    assert pair in {(one["contractor1_id"], one["contractor2_id"]) for one in found["bottom_pairs"]}
    done = run(event, clock)
    is_theirs = EventPeerMatch.contractor1.in_(pair) & EventPeerMatch.contractor2.in_(pair)
    match = EventPeerMatch.get((EventPeerMatch.event == event) & is_theirs)
    assert float(match.match_score) < 0.60
    assert EventMessage.select().where(EventMessage.match == match).count() == 2
    assert (done.certificate["required_pairs"], done.not_made) == (1, [])
    assert done.gap == 0


def test_required_pairs_take_up_the_room_of_both(event: Event, clock: SetClock) -> None:
    Event.update(max_matches=2).where(Event.id == event.id).execute()
    people = fill(event, 8)
    pairs = [
        rule(event, people[0], other, Rule.REQUIRE, clock() + timedelta(seconds=number))
        for number, other in enumerate(people[1:4])
    ]
    done = run(event, clock)
    assert set(pairs[:2]) <= made()
    assert pairs[2] not in made()
    met = [person for pair in made() for person in pair]
    assert max(met.count(person.id) for person in people) == 2
    first, last = people[0].full_name, people[3].full_name
    why = f"{first} has as many introductions as one person can have"
    said = f"Required but not possible: {first} and {last}, because {why}."
    assert sentences(done.not_made) == [said]


def test_the_rest_is_the_best_there_is_given_the_required_pairs(
    event: Event, clock: SetClock
) -> None:
    people = fill(event, 10)
    free = preview(event.id)["total_score"]
    poor = make_contractor(focus_areas=["other"], services_offered=["other"], team_size=900)
    make_attendee(event, poor)
    rule(event, people[0], poor, Rule.REQUIRE, clock())
    done = run(event, clock)
    assert done.total_score == done.upper_bound
    assert done.covered == 11
    assert done.total_score > free - 1


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"check_in_time": None}, "is not checked in"),
        ({"sms_opt_in": False}, "has not agreed to texts"),
    ],
)
def test_a_required_pair_that_lacks_somebody_is_said_and_not_made(
    event: Event, clock: SetClock, columns: dict[str, Any], words: str
) -> None:
    here, _ = fill(event, 2)
    missing = make_attendee(event, **columns).contractor
    pair = rule(event, here, missing, Rule.REQUIRE, clock())
    done = run(event, clock)
    assert pair not in made()
    pair_words = f"{here.full_name} and {missing.full_name}, because {missing.full_name} {words}"
    assert sentences(done.not_made) == [f"Required but not possible: {pair_words}."]
    assert preview(event.id)["required_not_made"] == sentences(done.not_made)


def test_stop_a_bad_phone_a_shared_one_and_strangers_are_said_too(
    event: Event, clock: SetClock
) -> None:
    here, stopped, bad, twin, unreadable = fill(event, 5)
    stranger = make_contractor()
    opt_out(stopped.phone, now=clock(), source="STOP reply")
    Contractor.update(phone=None).where(Contractor.id == bad.id).execute()
    Contractor.update(phone=here.phone).where(Contractor.id == twin.id).execute()
    Contractor.update(team_size=-4).where(Contractor.id == unreadable.id).execute()
    for other in (stopped, bad, twin, unreadable, stranger):
        rule(event, here, other, Rule.REQUIRE, clock())
    reasons = {line["contractor2_id"]: line["why"] for line in run(event, clock).not_made}
    assert reasons == {
        stopped.id: "has sent STOP",
        bad.id: "has no usable phone",
        twin.id: "they share a phone",
        unreadable.id: "has a profile that cannot be read",
        stranger.id: "is not registered for the event",
    }
    assert made() == set()


def test_a_required_pair_that_has_its_match_is_neither_made_again_nor_reported(
    event: Event, clock: SetClock
) -> None:
    people = fill(event, 4)
    rule(event, people[0], people[1], Rule.REQUIRE, clock())
    make_match(event, people[0], people[1], state="declined")
    done = run(event, clock)
    assert done.not_made == []
    assert EventPeerMatch.select().count() == 6
    assert [way["matches"] for way in compare(event.id)][0] == 6


@pytest.mark.parametrize("what", [Rule.FORBID, Rule.REQUIRE])
def test_what_is_ruled_while_a_run_is_matching_is_obeyed(
    event: Event, clock: SetClock, monkeypatch: pytest.MonkeyPatch, what: Rule
) -> None:
    one, other, third = fill(event, 3)
    poor = make_contractor(focus_areas=[], services_offered=["x"], team_size=5000)
    make_attendee(event, poor)
    real = actors.pairing.batch_matching.match_people
    calls: list[int] = []
    pair = ordered(one.id, other.id) if what is Rule.FORBID else ordered(third.id, poor.id)

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        found = {(each.contractor1_id, each.contractor2_id) for each in result.pairs}
        if not calls:
            assert (pair in found) == (what is Rule.FORBID)
            set_rule(event.id, pair, what, reason=None, made_by="Olu", now=clock())
        calls.append(len(found))
        return result

    monkeypatch.setattr(actors.pairing.batch_matching, "match_people", meanwhile)
    done = run(event, clock)
    assert (done.status, len(calls)) == ("completed", 2)
    assert MatchingRun.select().count() == 1
    assert (pair in made()) == (what is Rule.REQUIRE)
    assert EventMessage.select().count() == 2 * EventPeerMatch.select().count()


def test_one_ruling_a_pair_the_later_one_counts(event: Event, now: datetime) -> None:
    one, other = fill(event, 2)
    pair = rule(event, one, other, Rule.FORBID, now)
    rule(event, other, one, Rule.REQUIRE, now)
    assert (rules_at(event.id).forbidden, rules_at(event.id).required) == ((), (pair,))
    assert not remove_rule(event.id, pair, Rule.FORBID)
    assert remove_rule(event.id, pair, Rule.REQUIRE)
    assert rules_at(event.id).required == ()


def test_another_event_is_not_concerned(event: Event, clock: SetClock) -> None:
    one, other = fill(event, 2)
    elsewhere = make_event(clock())
    rule(elsewhere, one, other, Rule.FORBID, clock())
    run(event, clock)
    assert len(made()) == 1
    assert EventAttendee.select().count() == 2
