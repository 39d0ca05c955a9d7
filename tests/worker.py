"""Starts the Procfile's worker or web as processes of their own, and stops just those."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from models.config import Config
from models.embedded import free_port

ROOT = Path(__file__).parent.parent
# Places in /proc/PID/stat, from the state on.
PARENT_FIELD, GROUP_FIELD, USER_FIELD = 1, 2, 11


def procfile_line(name: str) -> str:
    """Return what the Procfile runs for one kind of process."""
    found = re.search(rf"^{name}: (.*)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert found, f"the Procfile has no {name}"
    return found.group(1)


def environ_of(config: Config, **changes: str) -> dict[str, str]:
    """Return the variables that make a process read this configuration."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {
        "PATH": path,
        "HOME": os.environ.get("HOME", "/tmp"),
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "N8N_WEBHOOK_URL": config.n8n_webhook_url,
        "N8N_WEBHOOK_TOKEN": config.n8n_webhook_token,
        "WEBHOOK_SECRET": config.webhook_secret,
        "API_TOKEN": config.api_token,
        "SECRET_KEY": config.secret_key,
        "ERASURE_KEY": config.erasure_key,
        "LOG_FORMAT": "text",
        "WORKER_PROCESSES": "1",
        "WORKER_THREADS": "4",
        **changes,
    }


@contextmanager
def running_worker(config: Config, log: Path, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker until the block ends; its output is in `log`."""
    with _running("worker", environ_of(config, **changes), log) as process:
        yield process


@contextmanager
def running_web(config: Config, log: Path, **changes: str) -> Iterator[int]:
    """Run the web until the block ends; yields its port on loopback once it answers."""
    port = free_port()
    environ = environ_of(config, WEB_HOST="127.0.0.1", PORT=str(port), **changes)
    with _running("web", environ, log) as process:
        assert eventually(lambda: _answers(port) or process.poll() is not None, 90)
        assert process.poll() is None, log.read_text()
        yield port


@contextmanager
def _running(line: str, environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            procfile_line(line),
            shell=True,
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def eventually(is_so: Callable[[], bool], timeout_seconds: float = 20) -> bool:
    """Ask until the answer is yes, or the time is over."""
    deadline = time.monotonic() + timeout_seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def group_members(group: int) -> list[int]:
    """The processes of a group."""
    return _processes(GROUP_FIELD, group)


def children(parent: int) -> list[int]:
    """The processes that this one has started."""
    return _processes(PARENT_FIELD, parent)


def processor_seconds(pids: list[int]) -> float:
    """The processor time of these processes so far."""
    ticks = 0
    for pid in pids:
        fields = _stat(Path(f"/proc/{pid}"))
        ticks += int(fields[USER_FIELD]) + int(fields[USER_FIELD + 1])
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes(field: int, value: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = _stat(entry)
            except OSError:
                continue
            if int(fields[field]) == value:
                found.append(int(entry.name))
    return found


def _stat(process: Path) -> list[str]:
    """What stands behind the command's name, from the state on."""
    return (process / "stat").read_text().rpartition(")")[2].split()
