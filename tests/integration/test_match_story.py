"""The whole story of a match, in order; and the match's page, which tells it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.event import Event
from models.match_story import MOST_TEXTS, Tone, tell
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import Direction, HeldBecause, MessageStatus, MessageType
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite
from tests.factories import make_contractor, make_event, make_match, make_message
from tests.statements import statements

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit", timezone="America/Chicago")


@pytest.fixture
def match(event: Event, now: datetime) -> EventPeerMatch:
    run = MatchingRun.insert(event=event, status="completed").execute()
    people = [make_contractor(first_name=name, last_name="Moss") for name in ("Ana", "Ben")]
    return make_match(event, *people, run=run, created_at=now)


def text(match: EventPeerMatch, side: int, at: datetime, kind: str, **columns: Any) -> EventMessage:
    """A text to one of the two, sent when it was planned unless told otherwise."""
    person = getattr(match, f"contractor{side}")
    columns = {"status": MessageStatus.SENT, "actual_send_time": at, **columns}
    return make_message(
        at, event=match.event, match=match, contractor=person, phone=person.phone,
        message_type=kind, **columns,
    )  # fmt: skip


def said(match: EventPeerMatch, side: int, at: datetime, words: str, **columns: Any) -> None:
    text(
        match, side, at, MessageType.REPLY, direction=Direction.INBOUND, created_at=at,
        status=MessageStatus.RECEIVED, message_content=words, actual_send_time=None, **columns,
    )  # fmt: skip


def change(match: EventPeerMatch, **columns: Any) -> None:
    EventPeerMatch.update(**columns).where(EventPeerMatch.id == match.id).execute()


def told(match: EventPeerMatch) -> list[tuple[str, str]]:
    """Return who and what, in the order of the story."""
    return [
        (moment.who.first_name if moment.who else "", f"{moment.what} {moment.quote}".strip())
        for moment in tell(match.id)
    ]


def test_the_story_begins_with_the_run_and_the_score(match: EventPeerMatch) -> None:
    assert told(match) == [("", f"Matched by run {match.run_id}, score 0.80")]


def test_a_connection_is_told_from_the_introduction_to_the_ratings(
    match: EventPeerMatch, now: datetime
) -> None:
    def at(minute: int) -> datetime:
        return now + timedelta(minutes=minute)

    for side in (1, 2):
        text(match, side, at(1), MessageType.INTRODUCTION, status=MessageStatus.DELIVERED)
    said(match, 1, at(2), "YES!!")
    text(match, 2, at(17), MessageType.YES_REMINDER)
    said(match, 2, at(20), "sure")
    for side in (1, 2):
        text(match, side, at(21), MessageType.CONTACT_EXCHANGE)
    text(match, 1, at(41), MessageType.ATTENDANCE_QUESTION)
    said(match, 1, at(160), "a solid 8", pcr_score=8)
    change(
        match, state="connected", connected_at=at(20), connection_made=True,
        contractor1_response="yes", contractor1_responded_at=at(2),
        contractor2_response="yes", contractor2_responded_at=at(20),
        contractor1_met=True, contractor1_met_at=at(45),
        contractor2_met=False, contractor2_met_at=at(50),
        feedback_contractor1="8", feedback_contractor2="2",
        meeting_time=at(30), meeting_location="the lounge",
    )  # fmt: skip
    assert told(match) == [
        ("", f"Matched by run {match.run_id}, score 0.80"),
        ("Ana", "Introduction delivered"),
        ("Ben", "Introduction delivered"),
        ("Ana", "Wrote YES!!"),
        ("Ana", "Counts as a yes"),
        ("Ben", "Reminder sent"),
        ("Ben", "Wrote sure"),
        ("Ben", "Counts as a yes"),
        ("", "Connected: both said yes"),
        ("Ana", "Contacts sent"),
        ("Ben", "Contacts sent"),
        ("", "Time to meet at the lounge"),
        ("Ana", "Question whether they met sent"),
        ("Ana", "Says that they met"),
        ("Ben", "Says that they did not meet"),
        ("Ana", "Wrote a solid 8"),
        ("Ana", "Rated it 8 of 10"),
        ("Ben", "Rated it 2 of 10"),
    ]
    assert [moment.tone for moment in tell(match.id)][-2:] == [Tone.GOOD, Tone.BAD]


@pytest.mark.parametrize(
    ("columns", "what", "tone"),
    [
        ({"status": "scheduled", "actual_send_time": None}, "Introduction planned", Tone.BUSY),
        ({"status": "sending", "actual_send_time": None}, "Introduction being sent", Tone.BUSY),
        (
            {"status": "failed", "actual_send_time": None, "error_message": "n8n answered 400"},
            "Introduction failed: n8n answered 400",
            Tone.BAD,
        ),
        (
            {
                "status": "held",
                "actual_send_time": None,
                "held_because": HeldBecause.PERSON,
                "error_message": "held by Olu",
            },
            "Introduction held: held by Olu",
            Tone.WARN,
        ),
        (
            {"status": "cancelled", "actual_send_time": None, "error_message": "STOP"},
            "Introduction cancelled: STOP",
            Tone.IDLE,
        ),
        ({"status": "responded"}, "Introduction sent and answered", Tone.GOOD),
    ],
)
def test_every_end_of_an_introduction_is_told(
    match: EventPeerMatch, now: datetime, columns: dict[str, Any], what: str, tone: Tone
) -> None:
    at = now + timedelta(minutes=5)
    text(match, 1, at, MessageType.INTRODUCTION, **columns)
    moment = tell(match.id)[-1]
    assert (moment.at, moment.what, moment.tone) == (at, what, tone)


def test_a_no_a_later_and_a_cancelled_match_are_told(match: EventPeerMatch, now: datetime) -> None:
    change(
        match, state="declined", later_at=now + timedelta(minutes=1),
        contractor1_response="later", contractor1_responded_at=now + timedelta(minutes=1),
        contractor2_response="no", contractor2_responded_at=now + timedelta(minutes=2),
        cancelled_at=now + timedelta(minutes=3),
    )  # fmt: skip
    assert told(match)[1:] == [
        ("Ana", "Counts as later"),
        ("", "Put off to a break"),
        ("Ben", "Counts as a no"),
        ("", "Match cancelled"),
    ]


def test_every_kind_of_text_has_words(match: EventPeerMatch, now: datetime) -> None:
    kinds = [*MessageType, "a_kind_of_tomorrow"]
    for kind in kinds:
        text(match, 1, now, kind)
    found = [what for _, what in told(match)[1:]]
    assert len(found) == len(kinds)
    assert not [what for what in found if "_" in what]


@pytest.mark.parametrize("texts", [10, 1000])
def test_any_number_of_texts_is_two_queries(
    match: EventPeerMatch, now: datetime, texts: int
) -> None:
    row = {
        "match": match.id, "message_type": "reply", "direction": "inbound", "status": "received",
        "contractor": match.contractor1_id, "created_at": now,
    }  # fmt: skip
    EventMessage.insert_many([row] * texts).execute()
    with statements() as seen:
        assert len(tell(match.id)) == min(texts, MOST_TEXTS) + 1
    assert len(seen) == 2


def test_the_page_tells_it_in_the_events_zone(
    site: AdminSite, match: EventPeerMatch, now: datetime
) -> None:
    said(match, 1, datetime(2026, 6, 1, 17, 5, tzinfo=now.tzinfo), "YES")
    page = site.text(f"/admin/matches/details/?id={match.id}")
    assert "What happened" in page
    assert "12:05 PM CDT" in page
    assert "<q>YES</q>" in page


def test_what_somebody_wrote_is_no_markup(
    site: AdminSite, match: EventPeerMatch, now: datetime
) -> None:
    said(match, 1, now, EVIL)
    text(match, 2, now, MessageType.INTRODUCTION, status="failed", error_message=EVIL)
    type(match.contractor1).update(first_name=EVIL).execute()
    change(match, contractor1_response=EVIL, feedback_contractor1=EVIL, meeting_location=EVIL,
           meeting_time=now)  # fmt: skip
    assert EVIL not in site.get(f"/admin/matches/details/?id={match.id}").text
    assert EVIL not in site.get("/admin/matches/").text


def test_the_list_shows_the_state_and_the_answers_in_words_and_filters(
    site: AdminSite, match: EventPeerMatch, event: Event
) -> None:
    change(match, state="later", contractor1_response="yes", contractor2_response="later")
    other = make_match(event, make_contractor(), make_contractor(), state="met_already")
    page = site.text("/admin/matches/?state=later")
    assert 'class="badge-status is-warn">Put off to a break' in page
    assert "Said yes" in page
    assert "Asked for later" in page
    assert f"matches/details/?id={other.id}" not in page
    everything = site.text("/admin/matches/")
    assert f"matches/details/?id={other.id}" in everything
    assert ">Know each other<" in everything
    assert "can not be" in site.text("/admin/matches/?state=nonsense")


def test_a_cancelled_match_does_not_look_as_if_it_waited(
    site: AdminSite, match: EventPeerMatch, now: datetime
) -> None:
    change(match, cancelled_at=now)
    page = site.text("/admin/matches/?page=0")
    assert 'is-idle">Cancelled</span>' in page
    assert "is-busy" not in page


def test_a_time_to_meet_plans_the_meeting_and_a_tick_changes_nothing_else(
    site: AdminSite, match: EventPeerMatch
) -> None:
    page = f"/admin/matches/edit/?id={match.id}"
    site.post(page, meeting_time="2027-03-01T12:30", meeting_location="Booth 4")
    row = EventPeerMatch.get_by_id(match.id)
    assert row.meeting_scheduled is True
    assert row.follow_up_at is not None, "the question whether they met follows the new time"
    assert row.meeting_location == "Booth 4"
    assert row.meeting_time.isoformat() == "2027-03-01T18:30:00+00:00"
    assert row.connection_made is False

    site.post(page, meeting_time="2027-03-01T12:30", connection_made="y", notes="told me so")
    row = EventPeerMatch.get_by_id(match.id)
    assert row.meeting_scheduled is False, "the tick of a known time is the organiser's"
    assert (row.connection_made, row.notes) == (True, "told me so")
    assert (row.state, row.connected_at) == ("open", None)
    assert (row.contractor1_response, row.contractor2_response) == (None, None)
