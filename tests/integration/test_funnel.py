"""What came of an event: who got how far, how fast, and what the good matches had in common."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.admin_user import Role
from models.contractor import Contractor
from models.event import Event
from models.funnel import Outcome, Quality, Step, funnel, quality
from models.message import EventMessage
from models.message_status import Direction, MessageStatus
from models.opt_out import opt_out
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite, signed_in
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.statements import statements
from web.admin.funnel import duration

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit")


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.VIEWER)


def pair(event: Event, now: datetime, *, sent: bool = True, **columns: Any) -> EventPeerMatch:
    """Two people who are here, matched, and introduced to each other at `now`."""
    people = [make_contractor() for _ in range(2)]
    for person in people:
        make_attendee(event, person)
    if sent:
        columns = {"introduction_sent_time": now, **columns}
    match = make_match(event, *people, **columns)
    for person in people:
        introduce(match, person, now, sent)
    return match


def introduce(match: EventPeerMatch, person: Contractor, now: datetime, sent: bool = True) -> None:
    status = MessageStatus.SENT if sent else MessageStatus.SCHEDULED
    make_message(
        now, event=match.event_id, match=match, contractor=person, phone=person.phone,
        status=status, actual_send_time=now if sent else None,
    )  # fmt: skip


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def by_code(event: Event) -> dict[str, Step]:
    return {step.code: step for step in funnel(event.id).steps}


def test_an_event_at_which_nothing_happened_is_all_zero(event: Event) -> None:
    found = funnel(event.id)
    assert [step.code for step in found.steps] == [
        "eligible", "introduced", "replied", "yes", "mutual", "met", "rated",
    ]  # fmt: skip
    for step in found.steps:
        assert (step.people, step.of_previous, step.of_first, step.after) == (0, None, None, None)
    assert (found.matches, found.connected, found.ratings, found.mean_rating) == (0, 0, 0, None)
    assert quality(event.id) == []


def test_every_step_counts_the_people_who_got_there(event: Event, now: datetime) -> None:
    make_attendee(event)
    make_attendee(event)
    pair(event, now, sent=False)
    pair(event, now)
    pair(event, now, contractor1_response="no", contractor1_responded_at=now, state="declined")
    pair(event, now, contractor1_response="yes", contractor1_responded_at=now)
    connected = {
        "state": "connected", "connection_made": True, "connected_at": now,
        "contractor1_response": "yes", "contractor2_response": "yes",
        "contractor1_responded_at": now, "contractor2_responded_at": now,
    }  # fmt: skip
    pair(event, now, **connected, contractor1_met=True, contractor2_met=False)
    pair(
        event, now, **connected, contractor1_met=True, contractor2_met=True,
        feedback_contractor1="9", feedback_contractor2="6",
    )  # fmt: skip
    found = funnel(event.id)
    people = {step.code: step.people for step in found.steps}
    assert people == {
        "eligible": 14, "introduced": 10, "replied": 6, "yes": 5, "mutual": 4, "met": 3, "rated": 2,
    }  # fmt: skip
    step = by_code(event)["replied"]
    assert (step.of_previous, step.of_first) == (0.6, 6 / 14)
    assert (found.matches, found.connected) == (6, 2)
    assert (found.ratings, found.mean_rating) == (2, 7.5)


def test_a_person_with_several_matches_is_counted_once(event: Event, now: datetime) -> None:
    ana = make_contractor()
    make_attendee(event, ana)
    for _ in range(3):
        peer = make_contractor()
        make_attendee(event, peer)
        answers = {f"contractor{n}_{what}": value for n in (1, 2) for what, value in
                   (("response", "yes"), ("responded_at", now))}  # fmt: skip
        match = make_match(event, ana, peer, state="connected", connected_at=now, **answers)
        introduce(match, ana, now)
        introduce(match, peer, now)
    found = funnel(event.id)
    assert {step.people for step in found.steps[:5]} == {4}
    assert found.connected == 3


def test_cancelled_matches_and_other_events_are_left_out(event: Event, now: datetime) -> None:
    answered = {"contractor1_response": "yes", "contractor1_responded_at": now}
    pair(event, now, cancelled_at=now, **answered)
    pair(make_event(now, name="Another"), now, **answered)
    assert [step.people for step in funnel(event.id).steps] == [2, 0, 0, 0, 0, 0, 0]
    assert quality(event.id) == []


def test_whoever_answered_was_introduced_whatever_the_provider_says(
    event: Event, now: datetime
) -> None:
    match = pair(event, now, contractor1_response="later", contractor1_responded_at=now)
    EventMessage.update(status=MessageStatus.FAILED).where(EventMessage.match == match).execute()
    steps = by_code(event)
    assert steps["introduced"].people == steps["replied"].people == 1
    assert steps["yes"].people == 0


def test_whoever_opted_out_since_could_be_matched_once(event: Event, now: datetime) -> None:
    match = pair(event, now)
    opt_out(match.contractor1.phone, now=now, source="STOP")
    steps = by_code(event)
    assert steps["eligible"].people == 2
    assert steps["introduced"].of_previous == 1.0


def test_a_connection_that_the_organiser_ticked_counts(event: Event, now: datetime) -> None:
    pair(event, now, connection_made=True)
    found = funnel(event.id)
    assert (found.connected, found.ticked) == (1, 1)
    assert by_code(event)["mutual"].people == 2
    assert by_code(event)["yes"].people == 0


def test_times_are_medians_from_the_step_that_they_follow(event: Event, now: datetime) -> None:
    for first, second, met, rated in ((2, 10, 60, 130), (4, 20, 80, 150), (6, 60, 100, 170)):
        match = pair(
            event, now, state="connected",
            contractor1_response="yes", contractor1_responded_at=now + minutes(first),
            contractor2_response="yes", contractor2_responded_at=now + minutes(second),
            connected_at=now + minutes(second), contractor1_met=True,
            contractor1_met_at=now + minutes(second + met), feedback_contractor1="8",
        )  # fmt: skip
        make_message(
            now, event=event, match=match, contractor=match.contractor1, message_type="reply",
            direction=Direction.INBOUND, status=MessageStatus.RECEIVED, pcr_score=8,
            created_at=now + minutes(second + rated),
        )  # fmt: skip
    pair(event, now, contractor1_response="no", contractor1_responded_at=now + minutes(90))
    steps = by_code(event)
    # Answers after 2, 4, 6, 10, 20, 60 and 90 minutes; without the no 8 is in the middle.
    assert (steps["replied"].since, steps["replied"].after) == ("introduced", minutes(10))
    assert (steps["yes"].since, steps["yes"].after) == ("introduced", minutes(8))
    # From their answers to the connection: three times nothing, and 8, 16 and 54 minutes.
    assert (steps["mutual"].since, steps["mutual"].after) == ("replied", minutes(4))
    assert (steps["met"].since, steps["met"].after) == ("mutual", minutes(80))
    assert (steps["rated"].since, steps["rated"].after) == ("mutual", minutes(150))


def test_moments_in_the_wrong_order_give_no_time(event: Event, now: datetime) -> None:
    pair(
        event, now, contractor1_responded_at=now - minutes(5), contractor1_response="yes",
        state="connected", connected_at=now - minutes(10), contractor1_met=True,
    )  # fmt: skip
    assert {step.after for step in funnel(event.id).steps} == {None}


def test_matches_that_ended_alike_show_what_they_have_in_common(
    event: Event, now: datetime
) -> None:
    for focus, score, rating in ((1.0, "0.90", 9), (0.5, "0.70", 6)):
        pair(
            event, now, state="connected", connection_made=True, match_score=score,
            pcr_score=rating, match_criteria={"focusAreas": focus, "geographic": 1, "note": "x"},
        )  # fmt: skip
    pair(
        event, now, state="declined", contractor1_responded_at=now,
        match_criteria={"jobTitle": 0.2, "focusAreas": 0.1},
    )  # fmt: skip
    pair(event, now, match_criteria={})
    pair(event, now, contractor1_response="yes", contractor1_responded_at=now)
    pair(event, now, sent=False)
    pair(event, now, state="later", contractor1_responded_at=now)
    pair(event, now, state="met_already", contractor1_responded_at=now)
    connected, declined, silent = quality(event.id)
    assert connected == Quality(
        Outcome.CONNECTED, 2, pytest.approx(0.8), {"focusAreas": 0.75, "geographic": 1.0}, 7.5
    )
    assert list(declined.factors) == ["focusAreas", "jobTitle"]
    assert (declined.outcome, declined.matches, declined.rating) == (Outcome.DECLINED, 1, None)
    assert (silent.outcome, silent.matches, silent.factors) == (Outcome.SILENT, 1, {})


@pytest.mark.parametrize("pairs", [10, 500])
def test_any_number_of_matches_costs_three_queries(event: Event, now: datetime, pairs: int) -> None:
    for _ in range(pairs):
        people = [make_contractor() for _ in range(2)]
        make_match(event, *people, contractor1_responded_at=now, state="declined")
    with statements() as seen:
        assert funnel(event.id).steps[2].people == pairs
        assert quality(event.id)[0].matches == pairs
    assert len(seen) == 3


def test_the_event_leads_to_the_page_which_shows_every_step_in_words(
    site: AdminSite, event: Event, now: datetime
) -> None:
    pair(
        event, now, state="connected", connected_at=now + minutes(30),
        contractor1_response="yes", contractor1_responded_at=now + minutes(4),
        contractor2_response="yes", contractor2_responded_at=now + minutes(30),
        feedback_contractor1="9", pcr_score=9,
    )  # fmt: skip
    address = f"/admin/events/outcome/?id={event.id}"
    assert f'href="{address}">What came of it' in site.text(f"/admin/events/details/?id={event.id}")
    page = site.text(address)
    for words in (
        "1 match, 1 connected", "rated 9.0 of 10", "Said yes", "100 % of the step before",
        "usually 17 min after the introduction", "usually 13 min after their answer",
        "Focus areas", "Distance apart",
    ):  # fmt: skip
        assert words in page, words
    assert "style=" not in page


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "give the event an agenda with a lunch"),
        ({"matching_at": datetime.fromisoformat("2027-01-01T12:00Z")}, "Once matching has run"),
        ({"cancelled_at": datetime.fromisoformat("2026-01-01T12:00Z")}, "The event was cancelled."),
    ],
)
def test_before_the_introductions_the_page_says_what_to_do(
    site: AdminSite, now: datetime, columns: dict[str, Any], words: str
) -> None:
    event = make_event(now, **columns)
    make_attendee(event)
    page = site.text(f"/admin/events/outcome/?id={event.id}")
    assert "No introduction is out yet" in page
    assert "1 person can be matched" in page
    assert words in page


def test_an_event_named_like_markup_does_no_harm(site: AdminSite, now: datetime) -> None:
    event = make_event(now, name=EVIL)
    pair(event, now, match_criteria={EVIL: 0.5})
    page = site.get(f"/admin/events/outcome/?id={event.id}").text
    assert EVIL not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("key", ["x", "99999999", "-1", ""])
def test_an_event_that_is_none_answers_404(site: AdminSite, key: str) -> None:
    assert site.get(f"/admin/events/outcome/?id={key}").status_code == 404


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=40), "40 s"),
        (minutes(4), "4 min"),
        (minutes(80), "80 min"),
        (minutes(125), "2 h 5 min"),
        (timedelta(hours=20), "20 h"),
        (timedelta(hours=49), "2 days 1 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_times_read_as_people_say_them(span: timedelta, words: str) -> None:
    assert duration(span) == words
