"""Owns running everything on one machine: servers, migrations, then the Procfile's own lines.

`python -m web.local` is what `make run` does.
"""

import contextlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import click
from honcho.environ import parse_procfile

from models.config import Config, ConfigError, process_environment
from models.embedded import (
    EmbeddedServerError,
    EmbeddedServers,
    free_port,
    local_folder,
    local_secrets,
)

ROOT = Path(__file__).parent.parent
DEFAULT_PORT = 5000
LAST_PORT = 65_535
READY_SECONDS = 180
SAY_SO_EVERY_SECONDS = 15
STOP_SECONDS = 30


class LocalError(Exception):
    """Something of the local services did not start; the message says what, in one line."""


class LocalServices:
    """The web and worker processes of the Procfile, with servers for what has no address.

    Parameters
    ----------
    folder : Path
        Where embedded servers keep their data.
    output : file or None
        Where the processes' output goes; None is this terminal.
    changes
        Further variables for the processes.
    """

    def __init__(self, folder: Path, output: IO[str] | None = None, **changes: str) -> None:
        self._output = output
        self._processes: subprocess.Popen[bytes] | None = None
        self._servers: EmbeddedServers | None = None
        self._folder = folder
        self.environ = {**changes, **process_environment(), "LOCAL_SERVICES": "1"}

    def __enter__(self) -> "LocalServices":
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _start(self) -> None:
        environ = self.environ
        for name, value in local_secrets(data_folder()).items():
            environ[name] = environ.get(name) or value
        wants = {name: not environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")}
        self._servers = EmbeddedServers(
            self._folder, postgres=wants["DATABASE_URL"], redis_server=wants["REDIS_URL"]
        )
        self._servers.__enter__()
        environ.update(self._servers.urls)
        port = _port(environ.get("PORT"))
        environ["PORT"] = str(port)
        environ.setdefault("WEB_HOST", "127.0.0.1")
        environ.setdefault("SIMULATOR_URL", f"http://127.0.0.1:{port}/simulator/n8n")
        environ["PATH"] = f"{Path(sys.executable).parent}:{environ.get('PATH', '')}"
        self.config = Config.from_env(environ)
        self.url = f"http://127.0.0.1:{port}"
        lines = parse_procfile((ROOT / "Procfile").read_text()).processes
        self._release(lines["release"])
        self._processes = self._spawn("web", "worker")

    def _release(self, line: str) -> None:
        done = subprocess.run(  # noqa: S602  # the Procfile's own line, as a platform runs it
            line, shell=True, cwd=ROOT, env=self.environ, stdout=self._output, check=False
        )
        if done.returncode:
            raise LocalError("The release line of the Procfile failed; its message is above.")

    def _spawn(self, *names: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # our own interpreter and arguments
            [sys.executable, "-m", "honcho", "start", *names],
            cwd=ROOT,
            env=self.environ,
            stdout=self._output,
            stderr=subprocess.STDOUT if self._output else None,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        """Return once the web process answers and a worker plans.

        Raises
        ------
        LocalError
            When a process ended, or three minutes were not enough.
        """
        until_ready(lambda: _answers(f"{self.url}/readyz"), self.has_ended)

    def has_ended(self) -> bool:
        """Whether the processes are gone."""
        return self._processes is None or self._processes.poll() is not None

    def wait(self) -> int:
        """Wait for the processes to end by themselves and return their exit status."""
        return self._processes.wait() if self._processes else 0

    def stop(self) -> None:
        """Stop the processes, wait for them, then stop the servers that this object started."""
        if self._processes is not None:
            if self._processes.poll() is None:
                self._processes.terminate()
            self._processes.wait(timeout=STOP_SECONDS)
            self._processes = None
        if self._servers is not None:
            self._servers.stop()
            self._servers = None


def until_ready(
    is_ready: Callable[[], bool],
    has_ended: Callable[[], bool],
    *,
    seconds: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until something is ready; say every quarter of a minute that it is still awaited.

    Raises
    ------
    LocalError
        When it ended, or three minutes were not enough.
    """
    began, said = seconds(), 0
    while seconds() - began < READY_SECONDS:
        if has_ended():
            raise LocalError("The web or worker process ended; its message is above.")
        if is_ready():
            return
        quarters = int((seconds() - began) / SAY_SO_EVERY_SECONDS)
        if quarters > said:
            said = quarters
            click.echo(f"Still starting ... {said * SAY_SO_EVERY_SECONDS} s", err=True)
        pause(0.1)
    raise LocalError(
        f"The services were not ready after {READY_SECONDS} seconds. This machine may be too busy: "
        "let other work on it end, then run the same command again."
    )


def data_folder() -> Path:
    """Return where local data lies: `LOCAL_DIR`, else `.local` in the project."""
    return ROOT / local_folder(process_environment())


def _port(wanted: str | None) -> int:
    """Return the port that was asked for (0: any that is free), else 5000, else any."""
    if wanted:
        if not wanted.isdecimal() or int(wanted) > LAST_PORT:
            raise LocalError(f"PORT is a whole number from 0 to {LAST_PORT}.")
        return int(wanted) or free_port()
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", DEFAULT_PORT))
        except OSError:
            return free_port()
    return DEFAULT_PORT


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # loopback, http
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main() -> int:
    """Run everything until Ctrl-C; data stays in its folder."""
    try:
        with interruptible(), LocalServices(data_folder()) as services:
            services.wait_until_ready()
            click.echo(f"Admin:     {services.url}/admin/")
            if services.config.simulator:
                click.echo(f"Simulator: {services.url}/simulator/")
            click.echo("No log-in yet? make admin")
            return services.wait()
    except KeyboardInterrupt:
        return 0
    except (ConfigError, EmbeddedServerError, LocalError) as error:
        click.echo(str(error), err=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
