"""Both sides of a match in the simulator: what it tells of an event, and a break that comes now."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.agenda import generate_agenda
from models.agenda_item import EventAgendaItem, ItemType
from models.base import db
from models.config import Config
from models.event import Event
from models.message_status import MessageStatus
from models.opt_out import opt_out
from models.peer_match import EventPeerMatch, MatchState
from tests.conftest import settings
from tests.factories import (
    make_agenda_item,
    make_contractor,
    make_event,
    make_match,
    make_message,
    make_speaker,
)
from web import create_app
from web.simulator_matches import words

MATCHES = "/simulator/matches.json"
FORWARD = "/simulator/bring-break-forward"
MINUTE = timedelta(seconds=1)  # of a rehearsal's own time


@pytest.fixture(scope="module")
def simulator_app(config: Config) -> Flask:
    made = create_app(
        settings(
            LOCAL_SERVICES="1",
            N8N_WEBHOOK_URL="",
            DATABASE_URL=config.database_url,
            REDIS_URL=config.redis_url,
        )
    )
    made.testing = True
    return made


@pytest.fixture
def simulator(simulator_app: Flask) -> FlaskClient:
    return simulator_app.test_client()


def _told(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get(MATCHES, query_string=query)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json
    return told


def _pair(event: Event, **columns: Any) -> EventPeerMatch:
    ana = make_contractor(first_name="Ana", last_name="Moss", phone="+15125550101")
    zeek = make_contractor(first_name="Zeek", last_name="Cole", phone="+15125550102")
    return make_match(event, ana, zeek, **columns)


def _rehearsal(now: datetime, lunch_in: timedelta) -> Event:
    event = make_event(now, timezone="America/Chicago")
    for _ in range(5):
        make_speaker(event)
    generate_agenda(event, now=now, accelerated_lunch_in=lunch_in)
    return event


def _afternoon_break(event: Event) -> EventAgendaItem:
    return (
        EventAgendaItem.select()
        .where((EventAgendaItem.event == event) & (EventAgendaItem.item_type == ItemType.BREAK))
        .order_by(EventAgendaItem.start_time.desc())
        .get()
    )


def test_nothing_is_told_where_there_is_no_event(simulator: FlaskClient) -> None:
    empty = {"events": [], "event": None, "matches": [], "people": {}, "is_cut": False}
    assert _told(simulator) == empty


def test_match_is_told_with_both_people_and_their_last_answers(
    simulator: FlaskClient, now: datetime
) -> None:
    match = _pair(
        make_event(now),
        introduction_sent_time=now,
        contractor1_response="yes",
        contractor1_responded_at=now,
    )
    opt_out("+15125550102", now=now, source="test")
    told = _told(simulator)
    (one,) = told["matches"]
    assert (one["id"], one["state"], one["score"]) == (match.id, "open", 80)
    assert one["words"] == "Ana Moss said yes, the other one not yet"
    assert [side["name"] for side in one["sides"]] == ["Ana Moss", "Zeek Cole"]
    assert [side["response"] for side in one["sides"]] == ["yes", ""]
    assert datetime.fromisoformat(one["sides"][0]["responded_at"]) - now < timedelta(seconds=1)
    assert told["people"]["+15125550101"]["opted_out"] is False
    assert told["people"]["+15125550102"]["opted_out"] is True


def test_number_that_an_answer_carries_is_told_for_each_side(
    simulator: FlaskClient, now: datetime
) -> None:
    match = _pair(make_event(now))
    columns = {"event": match.event_id, "match": match.id, "contractor": match.contractor2_id}
    make_message(now, **columns, reply_number=2, status=MessageStatus.FAILED)
    make_message(now, **columns, reply_number=3)
    (one,) = _told(simulator)["matches"]
    assert [side["number"] for side in one["sides"]] == [0, 3]


def test_shared_phone_is_named_after_all_its_people(simulator: FlaskClient, now: datetime) -> None:
    event = make_event(now)
    ana = make_contractor(first_name="Ana", last_name="Moss", phone="+15125550101")
    bob = make_contractor(first_name="Bob", last_name="Moss", phone="+15125550101")
    make_match(event, ana, bob)
    told = _told(simulator)
    assert [side["phone"] for side in told["matches"][0]["sides"]] == ["+15125550101"] * 2
    assert told["people"]["+15125550101"]["name"] == "Ana Moss & Bob Moss"


def test_person_without_a_phone_is_told_without_one(simulator: FlaskClient, now: datetime) -> None:
    make_match(make_event(now), make_contractor(phone=None), make_contractor())
    told = _told(simulator)
    assert "" in [side["phone"] for side in told["matches"][0]["sides"]]
    assert len(told["people"]) == 1


def test_the_asked_match_brings_its_event_else_the_newest_with_matches(
    simulator: FlaskClient, now: datetime
) -> None:
    first, second = (
        make_match(make_event(now, name=name), make_contractor(), make_contractor())
        for name in ("First", "Second")
    )
    make_event(now, name="Third")
    assert _told(simulator)["event"]["name"] == "Second"
    assert _told(simulator, match=first.id)["event"]["name"] == "First"
    assert _told(simulator, event=first.event_id, match=second.id)["event"]["name"] == "Second"
    assert _told(simulator, event=first.event_id)["event"]["name"] == "First"
    assert [one["name"] for one in _told(simulator)["events"]] == ["Third", "Second", "First"]


@pytest.mark.parametrize("odd", ["0", "-4", "99999999999999999999", "a", "1.5", ""])
def test_odd_numbers_in_the_address_ask_for_nothing(
    simulator: FlaskClient, now: datetime, odd: str
) -> None:
    match = _pair(make_event(now))
    assert [one["id"] for one in _told(simulator, match=odd, event=odd)["matches"]] == [match.id]


def test_number_of_queries_does_not_grow_with_the_matches(
    simulator: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(now)
    counted = []
    execute = db.execute_sql

    def count(sql: str, *args: Any, **named: Any) -> Any:
        counted.append(sql)
        return execute(sql, *args, **named)

    def queries() -> int:
        counted.clear()
        with monkeypatch.context() as patched:
            patched.setattr(db, "execute_sql", count)
            _told(simulator, event=event.id)
        return len(counted)

    make_match(event, make_contractor(), make_contractor())
    few = queries()
    for _ in range(20):
        make_match(event, make_contractor(), make_contractor())
    assert queries() == few <= 7


def test_nothing_is_sent_again_while_nothing_has_changed(
    simulator: FlaskClient, now: datetime
) -> None:
    match = _pair(make_event(now))
    tag = simulator.get(MATCHES).headers["ETag"]
    again = simulator.get(MATCHES, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    EventPeerMatch.update(contractor1_response="later").where(
        EventPeerMatch.id == match.id
    ).execute()
    assert simulator.get(MATCHES, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, "Introduction to come"),
        ({"introduction_sent_time": datetime(2026, 11, 23, tzinfo=UTC)}, "Introduced, no answer"),
        ({"contractor2_response": "yes"}, "Zeek Cole said yes, the other one not yet"),
        ({"contractor1_response": "yes", "contractor2_response": "yes"}, "one has opted out"),
        ({"contractor1_response": "later"}, "Proposed again"),
        ({"state": MatchState.LATER, "contractor1_response": "later"}, "Waits for a break"),
        ({"state": MatchState.DECLINED, "contractor2_response": "no"}, "Zeek Cole said no"),
        ({"state": MatchState.DECLINED}, "Declined"),
        ({"state": MatchState.MET_ALREADY}, "They know each other already"),
        ({"state": MatchState.CONNECTED}, "Connected: both said yes"),
        ({"state": MatchState.CONNECTED, "contractor1_met": False}, "did not meet"),
        ({"state": MatchState.CONNECTED, "contractor2_met": True}, "they met"),
        ({"state": MatchState.CONNECTED, "pcr_score": "8.50"}, "Connected, rated 8.5 of 10"),
        ({"state": MatchState.CONNECTED, "pcr_score": "10.00"}, "Connected, rated 10 of 10"),
        ({"cancelled_at": datetime(2026, 11, 23, tzinfo=UTC)}, "Cancelled by the organiser"),
    ],
)
def test_state_of_a_match_is_said_in_words(
    now: datetime, columns: dict[str, Any], said: str
) -> None:
    assert said in words(_pair(make_event(now), **columns))


def test_rehearsals_clock_shows_the_hour_of_its_own_day(
    simulator: FlaskClient, now: datetime
) -> None:
    event = make_event(now, timezone="America/Chicago")
    for _ in range(5):
        make_speaker(event)
    day = now.astimezone(event.zone).date()
    Event.update(date=day).where(Event.id == event.id).execute()
    event = Event.get_by_id(event.id)
    plain = [item.start_time for item in generate_agenda(event, now=now)]
    generate_agenda(event, now=now, accelerated_lunch_in=timedelta(seconds=30))
    told = _told(simulator)["event"]
    real, wall = (datetime.fromisoformat(told["clock"][name]) for name in ("real_at", "wall_at"))
    shown = [
        wall + (datetime.fromisoformat(item["starts_at"]) - real) * told["scale"]
        for item in told["agenda"]
    ]
    assert len(shown) == len(plain)
    # A rehearsal's millisecond is 60 of its day.
    differences = [abs(one - other) for one, other in zip(shown, plain, strict=True)]
    assert max(differences) < timedelta(seconds=1)


def test_real_event_has_the_real_time(simulator: FlaskClient, now: datetime) -> None:
    make_event(now)
    clock = _told(simulator)["event"]["clock"]
    assert clock["real_at"] == clock["wall_at"]


def test_hour_is_not_claimed_where_nobody_can_know_it(
    simulator: FlaskClient, now: datetime
) -> None:
    make_event(now, time_scale=60)
    assert _told(simulator)["event"]["clock"] is None
    make_event(now, timezone="Nowhere/Else")
    event = _told(simulator)["event"]
    assert (event["clock"], event["zone"]) == (None, "UTC")


def test_next_break_of_a_rehearsal_comes_in_six_of_its_minutes(
    simulator: FlaskClient, now: datetime
) -> None:
    event = _rehearsal(now - timedelta(seconds=30), timedelta(seconds=10))
    was = _afternoon_break(event)
    answer = simulator.post(FORWARD, json={"event_id": event.id})
    assert (answer.status_code, answer.json["title"]) == (200, "Afternoon break")
    moved = EventAgendaItem.get_by_id(was.id)
    assert now + 6 * MINUTE <= moved.start_time <= now + 16 * MINUTE
    assert moved.start_time < was.start_time
    assert moved.end_time - moved.start_time == was.end_time - was.start_time


def test_top_up_that_waits_for_the_break_comes_with_it(
    simulator: FlaskClient, now: datetime
) -> None:
    event = _rehearsal(now - timedelta(seconds=30), timedelta(seconds=10))
    was = _afternoon_break(event)
    Event.update(top_up_at=was.start_time).where(Event.id == event.id).execute()
    assert simulator.post(FORWARD, json={"event_id": event.id}).status_code == 200
    assert Event.get_by_id(event.id).top_up_at == EventAgendaItem.get_by_id(was.id).start_time


def test_second_press_moves_nothing(simulator: FlaskClient, now: datetime) -> None:
    event = _rehearsal(now - timedelta(seconds=30), timedelta(seconds=10))
    simulator.post(FORWARD, json={"event_id": event.id})
    moved = _afternoon_break(event).start_time
    again = simulator.post(FORWARD, json={"event_id": event.id})
    assert again.status_code == 409
    assert _afternoon_break(event).start_time == moved


def test_break_stays_where_moving_it_would_be_of_no_use(
    simulator: FlaskClient, now: datetime
) -> None:
    real = make_event(now)
    make_agenda_item(real, now + timedelta(hours=1), ItemType.BREAK)
    early = _rehearsal(now, timedelta(minutes=1))
    over = _rehearsal(now - timedelta(hours=1), timedelta(seconds=10))
    off = _rehearsal(now - timedelta(seconds=30), timedelta(seconds=10))
    Event.update(cancelled_at=now).where(Event.id == off.id).execute()
    before = list(EventAgendaItem.select().order_by(EventAgendaItem.id).dicts())
    for event, why in (
        (real, "rehearsal"),
        (early, "still to come"),
        (over, "No break is left"),
        (off, "cancelled"),
    ):
        answer = simulator.post(FORWARD, json={"event_id": event.id})
        assert answer.status_code == 409
        assert why in answer.json["error"]
    assert list(EventAgendaItem.select().order_by(EventAgendaItem.id).dicts()) == before


@pytest.mark.parametrize("event_id", [None, "1", True, 0, -1, 1.5, 2**31])
def test_break_is_moved_of_a_proper_event_only(simulator: FlaskClient, event_id: Any) -> None:
    assert simulator.post(FORWARD, json={"event_id": event_id}).status_code == 400
    assert simulator.post(FORWARD, json={"event_id": 2**31 - 1}).status_code == 404


def test_strangers_learn_and_move_nothing(simulator: FlaskClient, app: Flask) -> None:
    evil = {"Host": "evil.example"}
    assert simulator.get(MATCHES, headers=evil).status_code == 403
    assert simulator.post(FORWARD, headers=evil, json={"event_id": 1}).status_code == 403
    elsewhere = {"Origin": "http://evil.example"}
    assert simulator.post(FORWARD, headers=elsewhere, json={"event_id": 1}).status_code == 403
    for path, method in ((MATCHES, "GET"), (FORWARD, "POST")):
        assert app.test_client().open(path, method=method).status_code == 404


def test_names_are_told_as_they_are_and_never_in_the_page(
    simulator: FlaskClient, now: datetime
) -> None:
    nasty = make_contractor(first_name="<script>alert(1)</script>")
    make_match(make_event(now), nasty, make_contractor())
    answer = simulator.get(MATCHES)
    assert answer.content_type == "application/json"
    names = [side["name"] for side in json.loads(answer.data)["matches"][0]["sides"]]
    assert any(name.startswith("<script>alert(1)</script>") for name in names)
    assert "alert(1)" not in simulator.get("/simulator/").text
