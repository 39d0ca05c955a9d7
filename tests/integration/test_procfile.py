"""The Procfile as it stands, on what a small plan gives: 20 connections, TLS, nowhere to write."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
import requests

from models import clock
from models.base import db, init_database
from models.config import Config
from models.embedded import EmbeddedServers, free_port
from tests import slug
from tests.certificates import issue
from tests.conftest import WEBHOOK_SECRET
from tests.debian_postgres import DATABASE, SecuredPostgres
from tests.factories import make_message
from tests.procfile import PLATFORM_SECONDS, Platform
from tests.servers import data_folder
from tests.sink import Answer, Request, Sink, accept
from tests.tls_front import TlsFront
from tests.worker import ROOT, eventually

pytestmark = pytest.mark.commits

ALLOWED = 20
TEXTS = 120
# Of honcho, when it was told to stop and all ended well.
STOPPED = (0, 143)
EMAIL, PASSWORD = "first@example.com", "invented-by-the-platform"


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        made.chmod(0o755)
        yield made


@pytest.fixture
def _back_to_ours(_database: None, config: Config) -> Iterator[None]:
    db.close()
    yield
    db.close_all()
    init_database(config.database_url)
    db.connect()


class Connections:
    """Counts, ten times a second, how many connections our processes hold."""

    def __init__(self, postgres: SecuredPostgres, redis_port: int) -> None:
        self._postgres = postgres
        self._redis = redis.Redis(port=redis_port)
        self._ending = threading.Event()
        self.most_of_postgres = self.most_of_redis = self.most_at_work = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        thread = threading.Thread(target=self._count)
        thread.start()
        try:
            yield
        finally:
            self._ending.set()
            thread.join()
            self._redis.close()

    def _count(self) -> None:
        with self._postgres.inside() as cursor:
            while not self._ending.wait(0.1):
                cursor.execute(
                    "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') "
                    "FROM pg_stat_activity WHERE usename = 'app'"
                )
                of_postgres, at_work = cursor.fetchone()
                self.most_of_postgres = max(self.most_of_postgres, of_postgres)
                self.most_at_work = max(self.most_at_work, at_work)
                # Its own is among them.
                self.most_of_redis = max(self.most_of_redis, len(self._redis.client_list()) - 1)


def environ_of_app_json() -> dict[str, str]:
    """Return what the platform sets by itself: the values that app.json gives."""
    given = json.loads((ROOT / "app.json").read_text())["env"]
    return {name: each["value"] for name, each in given.items() if "value" in each}


@pytest.mark.usefixtures("_back_to_ours")
def test_the_procfile_runs_on_a_small_plan_and_loses_nothing(folder: Path, tmp_path: Path) -> None:
    certificates = issue(folder / "certificates", "localhost")
    programs = slug.make(folder / "slug")
    slug.keep_kernels(folder / "kernels")

    def slowly(request: Request) -> Answer:
        return Answer(body=accept(request).body, seconds=0.2)

    with (
        SecuredPostgres(folder, certificates, most_connections=ALLOWED) as postgres,
        EmbeddedServers(folder / "redis", postgres=False) as started,
        Sink(slowly) as sink,
    ):
        redis_port = int(re.findall(r":(\d+)/", started.urls["REDIS_URL"])[0])
        with TlsFront(redis_port, certificates) as front:
            port = free_port()
            environ = {
                **environ_of_app_json(),
                "DYNO": "run.1",
                "DATABASE_URL": postgres.url,
                "REDIS_URL": f"rediss://:@localhost:{front.port}",
                "N8N_WEBHOOK_URL": sink.url,
                "N8N_WEBHOOK_TOKEN": "n8n-token",
                "WEBHOOK_SECRET": WEBHOOK_SECRET,
                "SECRET_KEY": "session-key",
                "FIRST_ADMIN_EMAIL": EMAIL,
                "FIRST_ADMIN_PASSWORD": PASSWORD,
                "MESSAGES_PER_SECOND": "40",
                "RESCUE_AFTER_SECONDS": "4",
                "PORT": str(port),
                "WEB_HOST": "127.0.0.1",
                "NUMBA_CACHE_DIR": str(folder / "kernels"),
            }
            platform = Platform(environ, programs, tmp_path / "log")
            counted = Connections(postgres, redis_port)
            with counted.counted():
                _live(platform, postgres, sink, f"http://127.0.0.1:{port}")
    # As many as are allowed, but those that are kept free; and they were used.
    assert 10 < counted.most_of_postgres <= ALLOWED - 2 + 1
    assert 6 < counted.most_of_redis <= ALLOWED
    assert counted.most_at_work > 1


def _live(platform: Platform, postgres: SecuredPostgres, sink: Sink, url: str) -> None:
    """Release, start, send, be told to stop in the middle, start again and finish."""
    released = platform.release()
    assert released.returncode == 0, released.stderr
    assert "Applied 0001_initial" in released.stdout
    first = platform.run(json.loads((ROOT / "app.json").read_text())["scripts"]["postdeploy"])
    assert first.stdout == f"{EMAIL} may sign in, as admin.\n", first.stderr

    with platform:
        assert eventually(lambda: _answers(f"{url}/readyz"), 60), platform.log
        _sign_in_page_is_for_tls_only(url)
        _plan(postgres, TEXTS)
        _look_from_all_sides(url)
        assert sink.wait_for(TEXTS // 3, 30), platform.log
        seconds, status = platform.stop()
        assert seconds < PLATFORM_SECONDS
        assert status in STOPPED, platform.log
        assert eventually(lambda: _connections(postgres) == 0, 5)
    assert set(_statuses(postgres)) <= {"sent", "scheduled", "queued"}
    assert len(sink.requests) < TEXTS, "there was nothing left to lose"

    with platform:
        assert eventually(lambda: _statuses(postgres) == {"sent": TEXTS}, 60), platform.log
    assert len({request.key for request in sink.requests}) == len(sink.requests) == TEXTS
    assert "Traceback" not in platform.log


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _sign_in_page_is_for_tls_only(url: str) -> None:
    """The platform's proxy says how a browser came."""
    page = requests.get(f"{url}/admin/login/", headers={"X-Forwarded-Proto": "https"}, timeout=5)
    assert "Password" in page.text
    plain = requests.get(
        f"{url}/admin/login/",
        headers={"X-Forwarded-Proto": "http"},
        timeout=5,
        allow_redirects=False,
    )
    assert plain.headers["Location"].startswith("https://")


def _look_from_all_sides(url: str) -> None:
    """Ask for more pages at once than the web process has threads."""

    def look(_number: int) -> int:
        headers = {"X-Forwarded-Proto": "https"}
        return requests.get(f"{url}/admin/login/", headers=headers, timeout=20).status_code

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(look, range(160))) == {200}


def _plan(postgres: SecuredPostgres, texts: int) -> None:
    init_database(postgres.url)
    with db.connection_context(), db.atomic():
        now = clock.now()
        for number in range(texts):
            make_message(
                now,
                message_type="note",
                message_content="hello",
                phone=f"+1512555{number:04d}",
            )
    db.close_all()


def _statuses(postgres: SecuredPostgres) -> dict[str, int]:
    with postgres.inside(DATABASE) as cursor:
        cursor.execute("SELECT status, count(*) FROM event_messages GROUP BY status")
        return dict(cursor.fetchall())


def _connections(postgres: SecuredPostgres) -> int:
    with postgres.inside() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'")
        return int(cursor.fetchone()[0])
