"""Peer matching over the JSON API: what is there, run it, try rules out."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.base import db
from models.event import Event, MatchingStatus
from models.matching_run import MatchingRun, RunStatus
from models.message_status import MessageStatus
from models.opt_out import opt_out
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message

Headers = dict[str, str]


def _matched_pair(event: Event, now: datetime, **columns: Any) -> EventPeerMatch:
    """A match of two who are checked in, both introductions scheduled."""
    first, second = (make_attendee(event).contractor for _ in range(2))
    match = make_match(event, first, second, **columns)
    for person in (first, second):
        make_message(now, event=event, contractor=person, match=match)
    return match


def test_event_before_matching_has_its_times_and_counts(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(
        now,
        timezone="America/Denver",
        matching_status=MatchingStatus.SCHEDULED,
        matching_at=now,
        introductions_at=now + timedelta(minutes=20),
    )
    make_attendee(event)
    make_attendee(event, check_in_time=None)
    make_attendee(event, sms_opt_in=False)
    opt_out(make_attendee(event).contractor.phone, now=now, source="STOP")
    told = client.get(f"/api/events/{event.id}/peer-matching", headers=api_headers).json
    assert told["success"] is True
    assert told["event_id"] == event.id
    assert told["matching_status"] == "scheduled"
    assert datetime.fromisoformat(told["matching_at"]) == now
    assert datetime.fromisoformat(told["matching_at"]).utcoffset() != timedelta(0)
    assert told["counts"] == {"registered": 4, "checked_in": 3, "eligible": 1, "covered": 0}
    assert (told["last_run"], told["matches"]) == (None, [])


def test_match_is_shown_with_both_people_and_both_texts(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(now, matching_status=MatchingStatus.COMPLETED)
    match = _matched_pair(event, now, match_type="ideal_peer", introduction_sent_time=now)
    first, second = match.contractor1, match.contractor2
    type(match.messages[0]).update(status=MessageStatus.FAILED, error_message="refused").where(
        type(match.messages[0]).contractor == second
    ).execute()
    retry = make_message(
        now, event=event, contractor=second, match=match, status=MessageStatus.SENT,
        actual_send_time=now,
    )  # fmt: skip
    _matched_pair(make_event(now), now)
    told = client.get(f"/api/events/{event.id}/peer-matching", headers=api_headers).json
    assert len(told["matches"]) == 1
    shown = told["matches"][0]
    assert shown["contractor1"] == {
        "id": first.id, "name": first.full_name, "company": first.company_name,
    }  # fmt: skip
    assert shown["contractor2"]["id"] == second.id
    assert (shown["match_score"], shown["match_type"]) == (0.8, "ideal_peer")
    assert shown["match_reason"] == match.match_reason
    assert shown["match_criteria"] == match.match_criteria
    assert shown["connection_made"] is False
    assert datetime.fromisoformat(shown["introduction_sent_time"]) == now
    assert [text["contractor_id"] for text in shown["introductions"]] == [first.id, second.id]
    assert [text["status"] for text in shown["introductions"]] == ["scheduled", "sent"]
    assert shown["introductions"][1]["message_id"] == retry.id
    assert told["counts"]["covered"] == 2


def test_cancelled_match_is_shown_but_covers_nobody(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(now)
    first, second = make_attendee(event).contractor, make_attendee(event).contractor
    make_match(event, first, second, cancelled_at=now)
    told = client.get(f"/api/events/{event.id}/peer-matching", headers=api_headers).json
    assert told["matches"][0]["cancelled_at"]
    assert [text["status"] for text in told["matches"][0]["introductions"]] == [None, None]
    assert told["counts"]["covered"] == 0


def test_newest_run_is_shown_with_its_certificate(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(now)
    run = {"event": event, "status": RunStatus.COMPLETED}
    MatchingRun.insert(**run, started_at=now - timedelta(hours=1), covered=1).execute()
    MatchingRun.insert(
        **run, started_at=now, finished_at=now, covered=38, eligible=40, gap=0.001,
        certificate={"is_optimal": False},
    ).execute()  # fmt: skip
    told = client.get(f"/api/events/{event.id}/peer-matching", headers=api_headers).json
    assert (told["last_run"]["covered"], told["last_run"]["gap"]) == (38, 0.001)
    assert told["last_run"]["certificate"] == {"is_optimal": False}


def test_number_of_queries_does_not_grow_with_the_matches(
    client: FlaskClient, api_headers: Headers, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    execute = db.execute_sql

    def counted(sql: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(sql)
        return execute(sql, *args, **kwargs)

    event = make_event(now)
    used = []
    for extra in (1, 9):
        for _ in range(extra):
            _matched_pair(event, now)
        with monkeypatch.context() as patched:
            patched.setattr(db, "execute_sql", counted)
            asked.clear()
            answer = client.get(f"/api/events/{event.id}/peer-matching", headers=api_headers)
        used.append(len(asked))
    assert len(answer.json["matches"]) == 10
    assert used[0] == used[1] <= 6


def test_run_is_planned_for_now(client: FlaskClient, api_headers: Headers, now: datetime) -> None:
    event = make_event(now, matching_status=MatchingStatus.COMPLETED)
    answer = client.post(f"/api/events/{event.id}/peer-matching/run", headers=api_headers)
    assert answer.status_code == 202, answer.text
    assert answer.json["success"] is True
    assert (answer.json["event_id"], answer.json["status"]) == (event.id, "queued")
    planned = datetime.fromisoformat(answer.json["planned_for"])
    assert now <= planned < now + timedelta(seconds=30)
    assert MatchingRun.select().count() == 0, "the web process only plans"


@pytest.mark.parametrize("columns", [{"cancelled_at": True}, {"date": True}])
def test_event_that_is_over_or_cancelled_does_not_run(
    client: FlaskClient, api_headers: Headers, now: datetime, columns: dict[str, Any]
) -> None:
    values = {"cancelled_at": now, "date": now.date() - timedelta(days=3)}
    event = make_event(now, **{name: values[name] for name in columns})
    answer = client.post(f"/api/events/{event.id}/peer-matching/run", headers=api_headers)
    assert (answer.status_code, answer.json["success"]) == (409, False)


@pytest.mark.parametrize("scope", ["checked_in", "registered"])
def test_preview_stores_nothing(
    client: FlaskClient, api_headers: Headers, now: datetime, scope: str
) -> None:
    event = make_event(now)
    for number in range(6):
        make_attendee(event, check_in_time=now if number < 4 else None)
    answer = client.post(
        f"/api/events/{event.id}/peer-matching/preview",
        json={"scope": scope, "max_matches": 1, "min_score": 0.1},
        headers=api_headers,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json["success"] is True
    assert answer.json["people"] == (4 if scope == "checked_in" else 6)
    assert answer.json["matches"] == answer.json["people"] / 2
    assert EventPeerMatch.select().count() == MatchingRun.select().count() == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"scope": "everyone"}, 'scope must be "checked_in" or "registered"'),
        ({"scope": ["checked_in"]}, "scope must be"),
        ({"max_matches": "3"}, "max_matches must be a whole number"),
        ({"max_matches": 2.5}, "max_matches must be a whole number"),
        ({"max_matches": True}, "max_matches must be a whole number"),
        ({"max_matches": 0}, ""),
        ({"min_score": "high"}, "min_score must be a number"),
        ({"min_score": 7}, ""),
        ({"weights": [0.5]}, "weights must be an object of numbers"),
        ({"weights": {"focusAreas": "much"}}, "weights must be an object of numbers"),
        ({"weights": {"starSign": 1.0}}, ""),
        ({"wieghts": {}}, "Unknown field 'wieghts'"),
    ],
)
def test_rules_that_can_not_be_meant_are_refused(
    client: FlaskClient, api_headers: Headers, now: datetime, body: dict[str, Any], said: str
) -> None:
    event = make_event(now)
    for _ in range(2):
        make_attendee(event)
    answer = client.post(
        f"/api/events/{event.id}/peer-matching/preview", json=body, headers=api_headers
    )
    assert (answer.status_code, answer.json["success"]) == (400, False)
    assert answer.json["error"]
    assert said in answer.json["error"]


@pytest.mark.parametrize("end", ["", "/run", "/preview"])
def test_unknown_event_is_not_found(client: FlaskClient, api_headers: Headers, end: str) -> None:
    path = f"/api/events/4242/peer-matching{end}"
    answer = (client.post if end else client.get)(path, headers=api_headers)
    assert (answer.status_code, answer.json["success"]) == (404, False)


def test_person_who_left_the_company_out_is_still_shown(
    client: FlaskClient, api_headers: Headers, now: datetime
) -> None:
    event = make_event(now)
    make_match(event, make_contractor(company_name=None), make_contractor())
    told = client.get(f"/api/events/{event.id}/peer-matching", headers=api_headers).json
    assert told["matches"][0]["contractor1"]["company"] is None
