"""People at an event and the introductions they get, for benches: made by SQL, in no time."""

import time
from datetime import timedelta

from actors.pairing.introductions import schedule_introductions
from models import clock
from models.base import db
from models.event import Event

FIRST_PHONE = 2015550001

_PEOPLE = """
    WITH made AS (
        INSERT INTO contractors (first_name, last_name, phone, company_name, service_area)
        SELECT 'Ana', 'Moss' || n, '+1' || (%(first_phone)s + n - 1), 'Moss Builders ' || n,
            'Austin, TX'
        FROM generate_series(1, %(people)s) n RETURNING id
    )
    INSERT INTO event_attendees (event_id, contractor_id, check_in_time, sms_opt_in)
    SELECT %(event_id)s, id, now(), true FROM made
"""
# Neighbours are paired, so that each person has one match.
_MATCHES = """
    INSERT INTO event_peer_matches (event_id, contractor1_id, contractor2_id, match_score,
        match_reason, match_criteria)
    SELECT event_id, min(contractor_id), max(contractor_id), 0.8,
        'both focused on controlling lead flow', '{"geographic": 1.0}'
    FROM (
        SELECT event_id, contractor_id, (row_number() OVER (ORDER BY contractor_id) - 1) / 2 AS pair
        FROM event_attendees WHERE event_id = %(event_id)s
    ) numbered
    GROUP BY event_id, pair RETURNING id
"""


def plan_introductions(
    people: int, *, starts_in: float = 0.0, spread_seconds: float = 0.0
) -> float:
    """Plan an introduction a person in an emptied database; return how long planning them took."""
    db.execute_sql("TRUNCATE events, contractors, service_states RESTART IDENTITY CASCADE")
    now = clock.now()
    event = Event.create(name="Bench", date=now.date(), ends_at=now + timedelta(hours=5))
    values = {"event_id": event.id, "people": people, "first_phone": FIRST_PHONE}
    db.execute_sql(_PEOPLE, values)
    match_ids = [row[0] for row in db.execute_sql(_MATCHES, values).fetchall()]
    started = time.perf_counter()
    with db.atomic():
        schedule_introductions(event, match_ids, now=now)
    seconds = time.perf_counter() - started
    db.execute_sql(
        "UPDATE event_messages SET scheduled_time = clock_timestamp()"
        " + make_interval(secs => %s + %s * (id - 1) / %s)",
        (starts_in, spread_seconds, people),
    )
    db.execute_sql("VACUUM ANALYZE event_messages")
    return seconds
