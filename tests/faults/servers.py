"""A PostgreSQL and a Redis of the fault suites' own, to be restarted, cut off and emptied."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import redis

from models.base import db, init_database
from models.embedded import EmbeddedServers, _spawn_redis, free_port
from models.migrate import migrate
from tests.sink import LOOPBACK

TEMPLATE = "faults_template"


class Postgres:
    """One server for all suites; each world has a database of its own, copied from a template."""

    def __init__(self, root: Path) -> None:
        self._servers = EmbeddedServers(root, redis_server=False)
        self._count = 0
        self._address = ""

    def __enter__(self) -> "Postgres":
        self._servers.__enter__()
        self._admin_url = self._servers.urls["DATABASE_URL"]
        self._admin(f"CREATE DATABASE {TEMPLATE}")
        init_database(self._url(TEMPLATE))
        migrate()
        db.close_all()
        return self

    def __exit__(self, *_error: Any) -> None:
        # Nobody needs the data any more, so there is no point in a checkpoint.
        self._pg_ctl("stop", "-m", "immediate")
        self._servers.stop()

    def new_database(self) -> str:
        """Make an empty, migrated database and return its address."""
        self._count += 1
        name = f"faults_{self._count}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self._url(name)

    def empty_database(self, name: str) -> str:
        """Make a database with nothing in it and return its address."""
        self._admin(f"CREATE DATABASE {name}")
        return self._url(name)

    def restart(self, mode: str, *, down_seconds: float = 0) -> None:
        """Stop the server (`fast`, or `immediate`: as a crash does) and start it again."""
        server = self._servers._postgres
        options = f'-h "{self._address}" -k {server.get_postmaster_info().socket_dir}'
        self._pg_ctl("stop", "-m", mode)
        time.sleep(down_seconds)
        self._pg_ctl("start", "-o", options, "-l", str(server.log))

    def listen(self, address: str) -> None:
        """Let other hosts reach it too, without a password, at an address of this thread's host."""
        self._address = address
        with (self._servers._postgres.pgdata / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\n")
        self.restart("fast")

    def cut(self, url: str) -> None:
        """End every connection to a database, in the middle of whatever it does."""
        self._admin(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            url.partition("?")[0].rpartition("/")[2],
        )

    def _pg_ctl(self, *arguments: str) -> None:
        server = self._servers._postgres
        subprocess.run(
            [server.bin_path / "pg_ctl", "-D", server.pgdata, "-w", *arguments],
            user=server.system_user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )

    def _url(self, name: str) -> str:
        return self._admin_url.replace("/postgres?", f"/{name}?", 1)

    def _admin(self, statement: str, *parameters: Any) -> None:
        with closing(psycopg2.connect(self._admin_url)) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement, parameters)


class Redis:
    """One Redis on one port for as long as the context is open, whatever happens to its process."""

    def __init__(self, folder: Path, host: str = LOOPBACK) -> None:
        self._folder = folder
        self._host = host
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Redis":
        self.start_empty()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"redis://{self._host}:{self._port}/0"

    def start_empty(self) -> None:
        """Start it; it keeps nothing on disk."""
        self._process = _spawn_redis(self._folder, self._port)
        if self._host != LOOPBACK:
            with closing(redis.Redis(port=self._port)) as client:
                client.config_set("protected-mode", "no")
                client.config_set("bind", f"{LOOPBACK} {self._host}")

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        """Take everything out of it."""
        with closing(redis.Redis(port=self._port)) as client:
            client.flushall()


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """A cursor on a connection of its own that commits each statement."""
    with closing(psycopg2.connect(url, options="-c timezone=UTC")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
