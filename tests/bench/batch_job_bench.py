"""The whole batch job on real PostgreSQL: read the pool, match, store matches and texts."""

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

from actors.pairing.batch_matching import run_matching
from models import clock
from models.attendee import EventAttendee
from models.base import db, init_database
from models.contractor import Contractor
from models.embedded import EmbeddedServers
from models.event import Event
from models.matching_run import MatchingRun, RunKind
from models.migrate import migrate
from tests.population import population
from tests.servers import data_folder

# Seconds of the earlier system's whole batch job, its own database included.
EARLIER_SYSTEM = {300: 5.7, 1000: 27.7, 2000: 131.7}
RUNS = 3


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    yield f"{'people':>7} {'median s':>9} {'matches':>8} {'texts':>7} {'earlier':>10} {'ratio':>7}"
    with data_folder() as folder, EmbeddedServers(folder, redis_server=False) as servers:
        init_database(servers.urls["DATABASE_URL"])
        migrate()
        with db.connection_context():
            for people, earlier in EARLIER_SYSTEM.items():
                seconds = [_run(people, seed) for seed in range(RUNS)]
                run = MatchingRun.select().order_by(MatchingRun.id.desc()).get()
                median = statistics.median(seconds)
                yield (
                    f"{people:>7} {median:>9.2f} {run.matches_created:>8} "
                    f"{run.introductions_created:>7} {earlier:>10.1f} {earlier / median:>7.0f}"
                )


def _run(people: int, seed: int) -> float:
    now = clock.now()
    event = Event.create(
        name="Bench",
        date=now.date(),
        matching_at=now,
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
        matching_status="queued",
    )
    with db.atomic():
        for row in population(people, seed):
            values = {key: value for key, value in row.items() if key != "id"}
            person = Contractor.insert(**values).execute()
            EventAttendee.insert(
                event=event, contractor=person, check_in_time=now, sms_opt_in=True
            ).execute()
    started = time.perf_counter()
    run_matching(event.id, now, RunKind.BATCH, now=clock.now)
    return time.perf_counter() - started
