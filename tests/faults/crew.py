"""Several real workers, each the Procfile's line in a process group of its own, and their ends."""

import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.worker import ROOT, group_members, procfile_line

SUPERVISED_EVERY_SECONDS = 0.05
# A worker that ends at once, because a server is away, is not started again at once.
STARTED_EVERY_SECONDS = 0.5
LONGEST_EXIT_SECONDS = 25
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Worker:
    """One place in the crew: whoever holds it now, and where its output goes.

    Parameters
    ----------
    line : str
        The command, by default the Procfile's for a worker.
    """

    def __init__(self, name: str, environ: Mapping[str, str], folder: Path, line: str = "") -> None:
        self.name = name
        self._line = line or procfile_line("worker")
        self._environ = environ
        self._log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                self._line,
                shell=True,
                cwd=ROOT,
                env=dict(self._environ),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, number: int) -> None:
        """Send a signal to every process of this worker that is still there."""
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def may_start(self) -> bool:
        has_ended = self.process is None or self.process.poll() is not None
        return has_ended and time.monotonic() - self.started_at > STARTED_EVERY_SECONDS

    def rss_bytes(self) -> int:
        """Memory of all its processes together."""
        assert self.process is not None
        statm = [Path(f"/proc/{pid}/statm") for pid in group_members(self.process.pid)]
        return sum(int(file.read_text().split()[1]) for file in statm) * PAGE_BYTES

    def has_process(self, pid: int) -> bool:
        assert self.process is not None
        return pid in group_members(self.process.pid)

    def end(self) -> None:
        """End every process of it at once."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


class Crew:
    """As many workers as asked for; while it is supervised, what dies is started again.

    Parameters
    ----------
    environs : list of mappings
        One worker's variables each.
    lines : sequence of str
        One worker's command each, by default the Procfile's for all.
    """

    def __init__(
        self,
        environs: list[Mapping[str, str]],
        folder: Path,
        rng: random.Random,
        lines: Sequence[str] = (),
    ) -> None:
        self.workers = [
            Worker(f"worker-{number}", environ, folder, line)
            for number, (environ, line) in enumerate(
                zip(environs, lines or [""] * len(environs), strict=True)
            )
        ]
        self._rng = rng
        self._is_ending = threading.Event()
        self._hands_off: set[Worker] = set()
        self._lock = threading.Lock()
        self._supervisor = threading.Thread(target=self._supervise, name="supervisor")

    def __enter__(self) -> "Crew":
        for worker in self.workers:
            worker.start()
        self._supervisor.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self._is_ending.set()
        self._supervisor.join()
        for worker in self.workers:
            worker.end()

    def _supervise(self) -> None:
        while not self._is_ending.wait(SUPERVISED_EVERY_SECONDS):
            with self._lock:
                for worker in self.workers:
                    if worker not in self._hands_off and worker.may_start():
                        worker.start()

    def kill_one(self) -> Worker:
        """kill -9 of every process of one of them; the supervisor starts another."""
        worker = self._rng.choice(self.workers)
        with self._lock:
            worker.end()
        return worker

    def retire(self, worker: Worker) -> float:
        """SIGTERM to all its processes, twice, as a platform does; return its seconds to exit."""
        with self._lock:
            self._hands_off.add(worker)
        started = time.monotonic()
        worker.signal(signal.SIGTERM)
        worker.signal(signal.SIGTERM)
        assert worker.process is not None
        try:
            worker.process.wait(LONGEST_EXIT_SECONDS + 5)
        except subprocess.TimeoutExpired:
            worker.end()
        return time.monotonic() - started

    def replace(self, worker: Worker) -> float:
        """Retire it and put a new one in its place."""
        seconds = self.retire(worker)
        worker.start()
        with self._lock:
            self._hands_off.discard(worker)
        return seconds

    def rss_megabytes(self) -> list[float]:
        return [worker.rss_bytes() / 1e6 for worker in self.workers]

    def complaints(self, most: int = 40) -> str:
        """The last lines at WARNING and above, and the ends of tracebacks, of all of them."""
        found = []
        for worker in self.workers:
            for line in worker.log().splitlines():
                if re.search(r" (WARNING|ERROR|CRITICAL) |^\w[\w.]*(Error|Exception)\b", line):
                    found.append(f"{worker.name}: {line[:220]}")
        return "\n".join(found[-most:])
