"""The guide's two monitoring queries run as written, with only the event's id changed."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from actors.pairing.batch_matching import run_matching
from models.base import db
from models.event import Event
from models.matching_run import RunKind
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_event
from tests.fakes import SetClock

MATCHES = """
SELECT
  epm.*,
  c1.first_name || ' ' || c1.last_name as contractor1_name,
  c2.first_name || ' ' || c2.last_name as contractor2_name
FROM event_peer_matches epm
JOIN contractors c1 ON epm.contractor1_id = c1.id
JOIN contractors c2 ON epm.contractor2_id = c2.id
WHERE epm.event_id = 41
ORDER BY epm.match_score DESC;
"""
INTRODUCTIONS = """
SELECT
  id,
  contractor_id,
  scheduled_time,
  status,
  personalization_data->>'peer_name' as peer_name,
  personalization_data->>'match_score' as match_score
FROM event_messages
WHERE event_id = 41
  AND message_type = 'peer_match_introduction'
ORDER BY scheduled_time;
"""


def _rows(query: str, event: Event) -> list[dict[str, Any]]:
    cursor = db.execute_sql(query.replace("event_id = 41", f"event_id = {event.id}"))
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _matched_event(now: datetime) -> Event:
    event = make_event(
        now,
        matching_at=now,
        matching_status="queued",
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
    )
    for _ in range(6):
        make_attendee(event)
    run_matching(event.id, now, RunKind.BATCH, now=SetClock(now))
    return event


def test_the_matches_query_shows_every_match_best_first(now: datetime) -> None:
    event = _matched_event(now)
    rows = _rows(MATCHES, event)
    assert len(rows) == EventPeerMatch.select().count() > 0
    scores = [row["match_score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(score, Decimal) for score in scores)
    assert all(row["contractor1_name"].startswith("Ana Moss") for row in rows)
    assert rows[0]["match_criteria"].keys() >= {"focusAreas", "geographic", "businessScale"}


def test_the_introductions_query_shows_both_texts_of_every_match(now: datetime) -> None:
    event = _matched_event(now)
    rows = _rows(INTRODUCTIONS, event)
    assert len(rows) == EventMessage.select().count() == 2 * EventPeerMatch.select().count()
    assert {row["status"] for row in rows} == {"scheduled"}
    assert {row["scheduled_time"] for row in rows} == {event.introductions_at}
    assert all(row["peer_name"].startswith("Ana Moss") for row in rows)
    assert all(0.6 <= float(row["match_score"]) <= 1 for row in rows)
