"""The batch before lunch: once, whole, for the plan that stands, and never undoing anything."""

from datetime import timedelta
from typing import Any

import pytest

import actors.pairing.batch_matching
import actors.pairing.run_progress
from actors.pairing.batch_matching import run_matching
from actors.pairing.matching_preview import BadRules, NotPossible, preview, request_run
from models import matching_claim
from models.event import Event
from models.matching_run import MatchingRun, RunKind
from models.message import EventMessage
from models.opt_out import opt_out
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_event
from tests.fakes import SetClock


def room(clock: SetClock, people: int = 6, **columns: Any) -> Event:
    """An event whose batch is due now, lunch in a quarter of an hour."""
    now = clock()
    event = make_event(
        now,
        matching_at=now,
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
        matching_status="queued",
        **columns,
    )
    for _ in range(people):
        make_attendee(event)
    return event


def run(event: Event, clock: SetClock, kind: RunKind = RunKind.BATCH) -> Any:
    row = Event.get_by_id(event.id)
    planned_for = row.matching_at if kind == RunKind.BATCH else row.top_up_at
    return run_matching(event.id, planned_for, kind, now=clock)


def counts() -> tuple[int, int]:
    return EventPeerMatch.select().count(), EventMessage.select().count()


def test_each_match_gets_two_introductions_at_the_planned_time(clock: SetClock) -> None:
    event = room(clock)
    run(event, clock)
    matches, texts = counts()
    assert matches > 0
    assert texts == 2 * matches
    for text in EventMessage.select():
        assert text.scheduled_time == event.introductions_at
        assert text.expires_at == event.ends_at
        assert (text.message_type, text.message_category, text.status) == (
            "peer_match_introduction",
            "peer_matching",
            "scheduled",
        )
        assert set(text.personalization_data) == {
            "match_id", "peer_contractor_id", "peer_name", "peer_company", "peer_location",
            "match_reason", "match_score",
        }  # fmt: skip
        peer = text.personalization_data["peer_contractor_id"]
        assert {text.contractor_id, peer} == {text.match.contractor1_id, text.match.contractor2_id}


def test_the_run_is_recorded_with_its_rules_and_certificate(clock: SetClock) -> None:
    event = room(clock)
    run(event, clock)
    recorded = MatchingRun.get()
    assert (recorded.status, recorded.pool, recorded.eligible) == ("completed", 6, 6)
    assert recorded.matches_created == counts()[0]
    assert recorded.introductions_created == counts()[1]
    assert recorded.rules["max_matches"] == 3
    assert recorded.certificate["covered"] == recorded.covered == 6
    assert recorded.upper_bound >= recorded.total_score > 0
    assert Event.get_by_id(event.id).matching_status == "completed"


def test_nobody_has_more_matches_than_the_event_allows_counting_both_sides(
    clock: SetClock,
) -> None:
    event = room(clock, people=12, max_matches=2)
    run(event, clock)
    matches = list(EventPeerMatch.select())
    met = [person for m in matches for person in (m.contractor1_id, m.contractor2_id)]
    assert max(met.count(person) for person in met) == 2


def test_a_second_wake_up_adds_nothing(clock: SetClock) -> None:
    event = room(clock)
    run(event, clock)
    before = counts()
    run(event, clock)
    assert counts() == before
    assert MatchingRun.select().count() == 1


def test_a_wake_up_for_a_lunch_that_was_moved_does_nothing(clock: SetClock) -> None:
    event = room(clock)
    stale = event.matching_at
    Event.update(matching_at=stale + timedelta(minutes=30)).execute()
    assert run_matching(event.id, stale, RunKind.BATCH, now=clock) is None
    assert counts() == (0, 0)
    assert MatchingRun.select().count() == 0


def test_a_wake_up_that_is_early_says_how_long_to_wait(clock: SetClock) -> None:
    event = room(clock)
    Event.update(matching_at=event.matching_at + timedelta(seconds=4)).execute()
    assert run(event, clock) == timedelta(seconds=4)
    assert counts() == (0, 0)


def test_a_cancelled_event_is_not_matched(clock: SetClock) -> None:
    event = room(clock)
    Event.update(cancelled_at=clock()).execute()
    run(event, clock)
    assert counts() == (0, 0)


@pytest.mark.parametrize("people", [0, 1])
def test_fewer_than_two_people_are_recorded_and_no_error(clock: SetClock, people: int) -> None:
    event = room(clock, people=people)
    run(event, clock)
    recorded = MatchingRun.get()
    assert (recorded.status, recorded.eligible, recorded.error) == ("completed", people, None)
    assert Event.get_by_id(event.id).matching_status == "completed"


def test_a_crash_while_storing_leaves_nothing_and_the_next_run_has_it_all(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = room(clock)
    real = actors.pairing.batch_matching.schedule_introductions

    def crash(*_args: Any, **_kwargs: Any) -> int:
        raise ConnectionError("the database went away")

    monkeypatch.setattr(actors.pairing.batch_matching, "schedule_introductions", crash)
    run(event, clock)
    assert counts() == (0, 0)
    assert MatchingRun.get().status == "failed"
    assert Event.get_by_id(event.id).matching_status == "scheduled"

    monkeypatch.setattr(actors.pairing.batch_matching, "schedule_introductions", real)
    run(event, clock)
    matches, texts = counts()
    assert (matches > 0, texts) == (True, 2 * matches)


def test_a_plan_that_breaks_three_times_fails_with_a_reason(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = room(clock)

    def crash(*_args: Any, **_kwargs: Any) -> int:
        raise ConnectionError("the database went away")

    monkeypatch.setattr(actors.pairing.batch_matching, "schedule_introductions", crash)
    for _ in range(3):
        run(event, clock)
    failed = Event.get_by_id(event.id)
    assert failed.matching_status == "failed"
    assert "ConnectionError" in failed.matching_status_reason


def test_a_run_whose_lease_was_taken_away_stores_nothing(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = room(clock)
    real = actors.pairing.batch_matching.match_people

    def slow(*args: Any, **kwargs: Any) -> Any:
        clock.advance(minutes=10)
        expired = matching_claim.lock_expired(now=clock(), limit=10)
        assert len(expired) == 1
        locked = matching_claim.lock_event(event.id)
        assert locked is not None
        matching_claim.give_back(locked, expired[0], "the worker stopped", now=clock())
        return real(*args, **kwargs)

    monkeypatch.setattr(actors.pairing.batch_matching, "match_people", slow)
    run(event, clock)
    assert counts() == (0, 0)
    assert MatchingRun.get().status == "abandoned"
    assert Event.get_by_id(event.id).matching_status == "scheduled"


def test_one_unreadable_profile_does_not_cost_everybody_their_lunch(clock: SetClock) -> None:
    event = room(clock)
    bad = make_attendee(event, make_contractor(team_size=-5))
    run(event, clock)
    assert counts()[0] > 0
    unmatched = {row["contractor_id"]: row["reason"] for row in MatchingRun.get().unmatched}
    assert "cannot be read" in unmatched[bad.contractor_id]


def test_two_people_with_one_phone_are_not_introduced_to_each_other(clock: SetClock) -> None:
    event = room(clock, people=0)
    for _ in range(2):
        make_attendee(event, make_contractor(phone="+15125550199"))
    run(event, clock)
    assert counts() == (0, 0)


def test_late_people_are_added_without_disturbing_what_is_there(clock: SetClock) -> None:
    event = room(clock, people=5)
    run(event, clock)
    before = {(m.contractor1_id, m.contractor2_id): m.id for m in EventPeerMatch.select()}
    texts_before = set(EventMessage.select(EventMessage.id).tuples())

    late = [make_attendee(event).contractor_id for _ in range(2)]
    request_run(event.id, now=clock())
    run(event, clock, RunKind.TOP_UP)

    after = {(m.contractor1_id, m.contractor2_id): m.id for m in EventPeerMatch.select()}
    assert before.items() <= after.items()
    assert texts_before < set(EventMessage.select(EventMessage.id).tuples())
    assert all(any(person in pair for pair in after) for person in late)
    met = [person for pair in after for person in pair]
    assert max(met.count(person) for person in met) <= 3
    numbers = EventMessage.select(EventMessage.contractor, EventMessage.reply_number).tuples()
    assert len(set(numbers)) == EventMessage.select().count()
    assert Event.get_by_id(event.id).top_up_at is None


def test_people_who_opted_out_before_the_batch_are_left_out(clock: SetClock) -> None:
    event = room(clock, people=2)
    opt_out(event.attendees.get().contractor.phone, now=clock(), source="STOP")
    run(event, clock)
    assert counts() == (0, 0)


def test_a_run_is_refused_for_an_event_that_is_over_cancelled_or_unknown(clock: SetClock) -> None:
    event = room(clock)
    with pytest.raises(NotPossible, match="no event"):
        request_run(event.id + 1, now=clock())
    with pytest.raises(NotPossible, match="over"):
        request_run(event.id, now=event.ends_at)
    Event.update(cancelled_at=clock()).execute()
    with pytest.raises(NotPossible, match="cancelled"):
        request_run(event.id, now=clock())


def test_a_big_pool_says_how_far_it_is_and_that_it_is_alive(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = room(clock)
    monkeypatch.setattr(actors.pairing.run_progress, "EVERY_SECONDS", 0.0)
    real = actors.pairing.batch_matching.match_people

    def slow(*args: Any, progress: Any, **kwargs: Any) -> Any:
        clock.advance(minutes=4)
        progress(3, 6)
        noted = MatchingRun.get()
        assert noted.progress == {"done": 3, "total": 6}
        assert noted.lease_until == clock() + actors.pairing.batch_matching.LEASE
        return real(*args, progress=progress, **kwargs)

    monkeypatch.setattr(actors.pairing.batch_matching, "match_people", slow)
    run(event, clock)
    assert MatchingRun.get().status == "completed"


def test_a_preview_stores_nothing_and_says_what_a_run_would_do(clock: SetClock) -> None:
    event = room(clock)
    make_attendee(event, check_in_time=None)
    shown = preview(event.id)
    everybody = preview(event.id, scope="registered", max_matches=1)
    assert (counts(), MatchingRun.select().count()) == ((0, 0), 0)
    assert (shown["people"], everybody["people"]) == (6, 7)
    assert everybody["matches"] <= 3
    run(event, clock)
    assert shown["matches"] == counts()[0]
    assert sum(shown["score_distribution"].values()) == shown["matches"]


def test_a_preview_says_what_the_events_own_rules_would_do_beside_it(clock: SetClock) -> None:
    event = room(clock, people=8)
    own = preview(event.id)
    tried = preview(event.id, max_matches=1, strategy="greedy")
    assert tried["current_settings"] == own["current_settings"]
    assert own["current_settings"]["matches"] == own["matches"]
    assert tried["matches"] < own["matches"]
    assert tried["certificate"]["strategy"] == "greedy"


@pytest.mark.parametrize(
    "bad", [{"max_matches": 0}, {"min_score": 2.0}, {"weights": {"focusAreas": 1.5}}]
)
def test_rules_that_can_not_be_meant_are_named(clock: SetClock, bad: dict[str, Any]) -> None:
    event = room(clock)
    with pytest.raises(BadRules):
        preview(event.id, **bad)
