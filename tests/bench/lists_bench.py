"""The list of a million texts, page by page, and the export of 100,000: what they cost."""

import resource
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

from flask.testing import FlaskClient

from models import clock
from models.base import db
from models.config import Config
from tests.admin_site import AdminSite, make_admin
from tests.bench.migrated import migrated_servers
from web import create_app

FEW = 1_000
MANY = 1_000_000
PEOPLE = 10_000
EVENTS = 250
TIMES = 20
EXPORTED = 100_000
LISTED = 50_000
GOAL_MS = 300

_PEOPLE = """
    INSERT INTO contractors (first_name, last_name, company_name, phone, email)
    SELECT (ARRAY['Ana','Ben','Cho','Dee','Eli','Fay','Gus','Hal','Ida','Jon'])[1 + n %% 10],
        'Moss' || n, 'Builders ' || n, '+1' || (2015550000 + n), 'p' || n || '@example.com'
    FROM generate_series(1, %(people)s) n
"""
_EVENTS = """
    INSERT INTO events (name, date, timezone)
    SELECT 'Summit ' || n, current_date - (%(events)s - n), 'America/Chicago'
    FROM generate_series(1, %(events)s) n
"""
# Event after event, as life has it; one text in twenty is an answer, one in a hundred failed.
_TEXTS = """
    INSERT INTO event_messages (event_id, contractor_id, message_type, message_category, status,
        direction, phone, message_content, scheduled_time, actual_send_time, created_at)
    SELECT 1 + (n - 1) * %(events)s / %(all)s, person, 'peer_match_introduction', 'peer_matching',
        CASE WHEN n %% 20 = 0 THEN 'received' WHEN n %% 100 = 1 THEN 'failed'
            WHEN n %% 33 = 2 THEN 'cancelled' ELSE 'delivered' END,
        CASE WHEN n %% 20 = 0 THEN 'inbound' ELSE 'outbound' END,
        '+1' || (2015550000 + person),
        'Hi Ana, meet Ben Moss' || n || ' of Builders, who also works on controlling lead flow.',
        CASE WHEN n %% 20 <> 0 THEN at END, CASE WHEN n %% 20 <> 0 THEN at END, at
    FROM (
        SELECT n, 1 + (n * 7919::bigint) %% %(people)s AS person,
            now() - make_interval(secs => (%(all)s - n) * 20) AS at
        FROM generate_series(%(first)s, %(last)s) n
    ) numbered
"""

_GATHER = """
    WITH big AS (
        INSERT INTO events (name, date, timezone) VALUES ('Big', current_date, 'America/Chicago')
        RETURNING id
    )
    UPDATE event_messages SET event_id = (SELECT id FROM big) WHERE id <= %(exported)s
    RETURNING event_id
"""

PAGES = {
    "first page": "",
    "of one event": "event={event}",
    "of one status": "status=failed",
    "of an event and status": "event={event}&status=failed",
    "by a person's name": "search=Moss4711",
    "by a first name of 1,000": "search=Ana",
    "by a word that none has": "search=xylophone",
    "by a whole phone": "search=%2B1+201+555+4711",
    "by a phone's end": "search=4711",
    "sorted by planned time": "sort=4",
    "the other way round": "sort=4&desc=1",
    "sorted by departure": "sort=5&desc=1",
    "in the middle": "page={middle}&after={middle_text}",
    "the last page": "page={last}&after={last_text}",
    "the last by departure": "page={last_sent}&after={first_text}&sort=5&desc=1",
    "before a day": "to={day}",
    "by a person's number": "contractor=4711",
}


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    with migrated_servers() as (config, _folder):
        client = _client(config)
        with db.connection_context():
            db.execute_sql(_PEOPLE, {"people": PEOPLE})
            db.execute_sql(_EVENTS, {"events": EVENTS})
        _load(1, FEW)
        base = _times(client, _address("", FEW))
        yield f"whole pages of 50 texts, {TIMES} times each; {PEOPLE:,} people, {EVENTS} events"
        yield f"{'page':<26} {'texts':>10} {'p50 ms':>7} {'p95 ms':>7} {'goal':>5} {'of first':>9}"
        yield _row("first page", FEW, base, base)
        _load(FEW + 1, MANY)
        for name, query in PAGES.items():
            yield _row(name, MANY, _times(client, _address(query, MANY)), base)
        with db.connection_context():
            (event_id,) = db.execute_sql(_GATHER, {"exported": EXPORTED}).fetchone()
            db.execute_sql("VACUUM ANALYZE")
        yield f"{'export':<26} {'texts':>10} {'s':>7} {'MB':>7} {'peak MB':>8}"
        yield _export(
            "the list as CSV", LISTED, client, "/admin/messages/export/csv/?status=received"
        )
        for name in ("everything.zip", "everything.xlsx"):
            yield _export(name, EXPORTED, client, f"/admin/events/exports/{name}?id={event_id}")


def _client(config: Config) -> FlaskClient:
    app = create_app(replace(config))
    client = app.test_client()
    with db.connection_context():
        email = make_admin(clock.now()).email
    AdminSite(client).sign_in(email)
    return client


def _load(first: int, last: int) -> None:
    values = {"first": first, "last": last, "all": MANY, "people": PEOPLE, "events": EVENTS}
    with db.connection_context():
        db.execute_sql(_TEXTS, values)
        db.execute_sql("VACUUM ANALYZE")


def _address(query: str, texts: int) -> str:
    with db.connection_context():
        day = db.execute_sql("SELECT current_date - 100").fetchone()[0]
    # What “Next” carries on the page before: texts are numbered in the order that they came in.
    places = {
        "event": EVENTS // 2,
        "day": day,
        "middle": texts // 100,
        "middle_text": texts // 2 + 1,
        "last": texts // 50 - 1,
        "last_text": 51,
        "last_sent": texts * 19 // 20 // 50 - 1,
        "first_text": 1,
    }
    return f"/admin/messages/?{query.format(**places)}"


def _times(client: FlaskClient, address: str) -> list[float]:
    found = []
    for _ in range(TIMES + 2):
        started = time.perf_counter()
        answer = client.get(address)
        found.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    # The first ones read from the disk, and compile the template.
    return sorted(found[2:])


def _export(name: str, texts: int, client: FlaskClient, address: str) -> str:
    """Measure one download, and by how much the most memory ever taken grew with it."""
    before = _most_memory()
    started = time.perf_counter()
    answer = client.get(address, buffered=False)
    size = sum(len(piece) for piece in answer.iter_encoded())
    seconds = time.perf_counter() - started
    answer.close()
    assert answer.status_code == 200, (address, answer.status_code)
    grown = _most_memory() - before
    return f"{name:<26} {texts:>10,} {seconds:>7.1f} {size / 1e6:>7.1f} {grown:>8.1f}"


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _row(name: str, texts: int, times: list[float], base: list[float]) -> str:
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
    ratio = p50 / statistics.median(base)
    return f"{name:<26} {texts:>10,} {p50:>7.0f} {p95:>7.0f} {GOAL_MS:>5} {ratio:>9.2f}"
