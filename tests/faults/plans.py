"""Texts by the thousand, planned in a few statements; the words of each name its row."""

from dataclasses import dataclass
from typing import Any

# Invented numbers: a 555 exchange in every area code from 201 on.
_PHONE = "'+1' || (201 + n / 10000) || '555' || lpad((n % 10000)::text, 4, '0')"

_PEOPLE = f"""
WITH counted AS (
    SELECT coalesce(max(substring(email from '[0-9]+')::int), 0) AS before FROM contractors
), made AS (
    INSERT INTO contractors (first_name, last_name, email, phone, company_name, service_area,
        focus_areas, services_offered, revenue_tier, team_size)
    SELECT 'Ana', 'Moss' || n, 'p' || n || '@example.com', {_PHONE}, 'Moss Builders ' || n,
        (ARRAY['Austin, TX', 'Tampa, FL', 'Denver, CO', 'Reno, NV'])[1 + n %% 4],
        '["controlling_lead_flow", "hiring_sales_leadership"]', '["roofing"]', '2m_5m', 20
    FROM counted, generate_series(before + 1, before + %(people)s) AS n
    RETURNING id
), attending AS (
    INSERT INTO event_attendees (event_id, contractor_id, check_in_time, check_in_method,
        sms_opt_in, sms_consent_at, sms_consent_source)
    SELECT %(event)s, id, now(), 'door', true, now(), 'test' FROM made
)
SELECT id FROM made ORDER BY id
""".replace("n % 10000", "n %% 10000")

_TEXTS = """
INSERT INTO event_messages (id, event_id, contractor_id, match_id, message_type, message_category,
    scheduled_time, expires_at, message_content)
SELECT row_id, %(event)s, person, match, %(type)s, %(category)s,
    now() + make_interval(secs => %(due_in)s + %(spread)s * (place - 1) / %(count)s),
    now() + interval '5 hours', 'Text ' || row_id || '.'
FROM (
    SELECT nextval('event_messages_id_seq') AS row_id, person, match, place
    FROM unnest(%(people)s::int[], %(matches)s::int[]) WITH ORDINALITY AS t (person, match, place)
) AS numbered
RETURNING id
"""

_MATCHES = """
INSERT INTO event_peer_matches (event_id, contractor1_id, contractor2_id, match_score)
SELECT %(event)s, least(a, b), greatest(a, b), 0.80
FROM unnest(%(first)s::int[], %(second)s::int[]) AS t (a, b)
RETURNING id, contractor1_id, contractor2_id
"""


@dataclass(frozen=True)
class Planned:
    """What was planned: an event and its texts."""

    event_id: int
    text_ids: list[int]


def event(cursor: Any, name: str = "Contractor Summit") -> int:
    cursor.execute(
        "INSERT INTO events (name, date, timezone) VALUES (%s, current_date, 'UTC') RETURNING id",
        (name,),
    )
    return int(cursor.fetchone()[0])


def people(cursor: Any, event_id: int, count: int) -> list[int]:
    """Check in so many new people who agreed to texts."""
    cursor.execute(_PEOPLE, {"event": event_id, "people": count})
    return [row[0] for row in cursor.fetchall()]


def notes(cursor: Any, count: int, *, due_in: float, spread: float = 0, each: int = 1) -> Planned:
    """Plan texts without a match, `each` to one person, due over `spread` seconds."""
    event_id = event(cursor)
    persons = people(cursor, event_id, -(-count // each))
    to = [person for person in persons for _ in range(each)][:count]
    ids = _plan(cursor, event_id, to, [None] * count, due_in, spread, "note", "test")
    return Planned(event_id, ids)


def notes_to(cursor: Any, event_id: int, persons: list[int], *, due_in: float) -> list[int]:
    """Plan one text for each of these people of an event that is there already."""
    return _plan(cursor, event_id, persons, [None] * len(persons), due_in, 0, "note", "test")


def introductions(cursor: Any, count: int, *, due_in: float, spread: float = 0) -> Planned:
    """Plan introductions, two to a match, one to a person; `count` is even."""
    event_id = event(cursor)
    persons = people(cursor, event_id, count)
    pairs = {"event": event_id, "first": persons[::2], "second": persons[1::2]}
    cursor.execute(_MATCHES, pairs)
    sides = [(side, match) for match, *both in cursor.fetchall() for side in both]
    to, matches = [side for side, _ in sides], [match for _, match in sides]
    kind = "peer_match_introduction"
    ids = _plan(cursor, event_id, to, matches, due_in, spread, kind, "peer_matching")
    return Planned(event_id, ids)


def _plan(
    cursor: Any,
    event_id: int,
    persons: list[int],
    matches: list[Any],
    due_in: float,
    spread: float,
    kind: str,
    category: str,
) -> list[int]:
    cursor.execute(
        _TEXTS,
        {
            "event": event_id,
            "people": persons,
            "matches": matches,
            "type": kind,
            "category": category,
            "due_in": due_in,
            "spread": spread,
            "count": len(persons),
        },
    )
    return sorted(row[0] for row in cursor.fetchall())
