"""Agendas over the JSON API."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.agenda_item import EventAgendaItem, ItemType
from models.event import Event, EventSponsor
from tests.conftest import settings
from tests.factories import make_event, make_speaker

Headers = dict[str, str]


@pytest.fixture
def event(now: datetime) -> Event:
    """An event tomorrow in New York with two speakers and a sponsor."""
    made = make_event(now, timezone="America/New_York", date=now.date() + timedelta(days=2))
    make_speaker(made)
    make_speaker(made)
    EventSponsor.insert(event=made, name="Ladder Supply").execute()
    return made


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_agenda_is_answered_with_its_times_in_the_events_zone(
    client: FlaskClient, api_headers: Headers, event: Event, prefix: str
) -> None:
    answer = client.post(f"{prefix}/events/{event.id}/generate-agenda", headers=api_headers)
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert (told["success"], told["event_id"]) == (True, event.id)
    assert (told["matching_status"], told["time_scale"]) == ("scheduled", 1)
    items = told["agenda_items"]
    assert len(items) == EventAgendaItem.select().count() > 4
    assert [item["start_time"] for item in items] == sorted(item["start_time"] for item in items)
    assert items[0]["item_type"] == ItemType.REGISTRATION
    assert items[0]["start_time"].startswith(f"{event.date}T08:00:00-0")
    lunch = next(item for item in items if item["item_type"] == ItemType.LUNCH)
    lunch_at = datetime.fromisoformat(lunch["start_time"])
    assert datetime.fromisoformat(told["matching_at"]) == lunch_at - timedelta(minutes=15)
    assert datetime.fromisoformat(told["introductions_at"]) == lunch_at + timedelta(minutes=5)
    named = [item["speaker"]["name"] for item in items if item["speaker"]]
    assert named
    assert all(name.startswith("Speaker") for name in named)
    assert [item["sponsor"]["name"] for item in items if item["sponsor"]] == ["Ladder Supply"]


def test_generating_again_replaces_the_agenda(
    client: FlaskClient, api_headers: Headers, event: Event
) -> None:
    path = f"/api/events/{event.id}/generate-agenda"
    first = client.post(path, headers=api_headers, json={"accelerated": False}).json
    again = client.post(path, headers=api_headers, json={"accelerated": None}).json
    assert len(again["agenda_items"]) == len(first["agenda_items"])
    assert EventAgendaItem.select().count() == len(again["agenda_items"])


def test_event_without_speakers_is_refused(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(now)
    answer = client.post(f"/api/events/{event.id}/generate-agenda", headers=api_headers)
    assert answer.status_code == 400
    assert "speaker" in answer.json["error"].lower()


def test_past_event_is_refused(client: FlaskClient, api_headers: Headers, now: datetime) -> None:
    event = make_event(now, date=now.date() - timedelta(days=2))
    make_speaker(event)
    answer = client.post(f"/api/events/{event.id}/generate-agenda", headers=api_headers)
    assert answer.status_code == 409
    assert "over" in answer.json["error"]
    assert EventAgendaItem.select().count() == 0


def test_accelerated_agenda_is_refused_outside_a_rehearsal(
    client: FlaskClient, api_headers: Headers, event: Event
) -> None:
    answer = client.post(
        f"/api/events/{event.id}/generate-agenda", json={"accelerated": True}, headers=api_headers
    )
    assert answer.status_code == 409
    assert "LOCAL_SERVICES=1" in answer.json["error"]
    assert Event.get_by_id(event.id).time_scale == 1
    assert EventAgendaItem.select().count() == 0


def test_accelerated_agenda_puts_lunch_half_a_minute_ahead(
    client: FlaskClient,
    app: Flask,
    api_headers: Headers,
    event: Event,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local: Any = settings(LOCAL_SERVICES="1")
    monkeypatch.setitem(app.config, "PEER_CONFIG", local)
    answer = client.post(
        f"/api/events/{event.id}/generate-agenda", json={"accelerated": True}, headers=api_headers
    )
    assert answer.status_code == 200, answer.text
    assert answer.json["time_scale"] == 60
    ahead = datetime.fromisoformat(answer.json["introductions_at"]) - now
    assert timedelta(seconds=30) < ahead < timedelta(seconds=60)
