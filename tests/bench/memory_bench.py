"""Memory of a dyno: of all processes of the web, and of the worker, while they do what costs most.

What processes of one dyno share counts once, whoever else on this machine maps the same files.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import requests

from models import clock
from models.attendee import EventAttendee
from models.base import db, init_database
from models.config import Config
from models.contractor import Contractor
from models.embedded import EmbeddedServers
from models.event import Event
from models.matching_run import MatchingRun
from models.migrate import migrate
from tests.bench.crowd import plan_introductions
from tests.bench.sink_process import BenchSink, running_sink
from tests.conftest import settings
from tests.population import population
from tests.servers import data_folder
from tests.worker import eventually, running_web, running_worker

TEXTS = 10_000
ROOMS = (2_000, 10_000)
DYNO_MEGABYTES = 512
PATIENCE_SECONDS = 900
LOOK_EVERY_SECONDS = 0.2
SIZES = {"WEB_CONCURRENCY": "1", "WORKER_PROCESSES": "2", "WORKER_THREADS": "8"}


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    yield f"most MB of a dyno with the Procfile's own sizes; a small one has {DYNO_MEGABYTES}"
    yield f"{'after':<34} {'web':>6} {'worker':>7}"
    with ExitStack() as stack:
        folder = stack.enter_context(data_folder())
        urls = stack.enter_context(EmbeddedServers(folder)).urls
        sink = stack.enter_context(running_sink(0.005))
        config = replace(
            settings(DATABASE_URL=urls["DATABASE_URL"], REDIS_URL=urls["REDIS_URL"]),
            n8n_webhook_url=sink.url,
        )
        init_database(config.database_url)
        migrate()
        stack.enter_context(db.connection_context())
        port = stack.enter_context(running_web(config, folder / "web.log", **SIZES))
        stack.enter_context(
            running_worker(config, folder / "worker.log", **SIZES, MESSAGES_PER_SECOND="1000")
        )
        memory = stack.enter_context(Memory())
        yield from _measure(config, folder, sink, memory, f"http://127.0.0.1:{port}")


def _measure(
    config: Config, folder: Path, sink: BenchSink, memory: "Memory", url: str
) -> Iterator[str]:
    _until(lambda: requests.get(f"{url}/readyz", timeout=10).ok, folder)
    yield memory.line("starting")
    plan_introductions(TEXTS)
    _until(lambda: sink.count() >= TEXTS, folder)
    yield memory.line(f"{TEXTS:,} texts")
    for people in ROOMS:
        event = _room(people)
        for _ in range(2):
            _post(config, f"{url}/api/events/{event.id}/peer-matching/preview")
        yield memory.line(f"trying {people:,} people out, twice")
        _post(config, f"{url}/api/events/{event.id}/peer-matching/run")
        _until(lambda event=event: _is_matched(event), folder)
        yield memory.line(f"the batch of {people:,} people")


def _post(config: Config, url: str) -> None:
    headers = {"Authorization": f"Bearer {config.api_token}"}
    answer = requests.post(url, json={}, headers=headers, timeout=PATIENCE_SECONDS)
    answer.raise_for_status()


def _room(people: int) -> Event:
    now = clock.now()
    event = Event.create(
        name="Bench",
        date=now.date(),
        introductions_at=now + timedelta(hours=2),
        ends_at=now + timedelta(hours=5),
    )
    first_phone = 3_015_550_000 + Contractor.select().count()
    with db.atomic():
        for number, row in enumerate(population(people, people)):
            values = {key: value for key, value in row.items() if key not in ("id", "phone")}
            person = Contractor.insert(**values, phone=f"+1{first_phone + number}").execute()
            EventAttendee.insert(
                event=event, contractor=person, check_in_time=now, sms_opt_in=True
            ).execute()
    return event


def _is_matched(event: Event) -> bool:
    run = MatchingRun.get_or_none(MatchingRun.event == event.id)
    return run is not None and run.status == "completed"


def _until(is_so: Callable[[], bool], folder: Path) -> None:
    if not eventually(is_so, PATIENCE_SECONDS):
        raise RuntimeError((folder / "worker.log").read_text()[-2000:])


class Memory:
    """Looks again and again how much the processes that we started hold, and keeps the most."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._most = {"gunicorn": 0.0, "dramatiq": 0.0}
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        self._thread.join()

    def line(self, after: str) -> str:
        """Return the most since the last line, and begin anew."""
        time.sleep(2 * LOOK_EVERY_SECONDS)
        most, self._most = self._most, dict.fromkeys(self._most, 0.0)
        return f"{after:<34} {most['gunicorn']:>6.0f} {most['dramatiq']:>7.0f}"

    def _watch(self) -> None:
        while not self._ending.wait(LOOK_EVERY_SECONDS):
            held: dict[str, list[tuple[int, int]]] = {name: [] for name in self._most}
            for process in psutil.Process().children(recursive=True):
                # One may end while it is looked at.
                with suppress(psutil.Error):
                    words = " ".join(process.cmdline())
                    for name, members in held.items():
                        if f"bin/{name} " in words:
                            info = process.memory_full_info()
                            members.append((info.uss, info.rss - info.uss))
            for name, members in held.items():
                # They are forks of one program, so what one shares with the others is the same.
                together = sum(own for own, _ in members) + max((s for _, s in members), default=0)
                self._most[name] = max(self._most[name], together / 1e6)
