"""The Procfile's lines as a platform runs them: by honcho, as somebody who may write nowhere."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.worker import ROOT, procfile_line

# Root may write everywhere. This is somebody who may read everything, since Python itself may lie
# in root's home, and write only where everybody may.
_READ_ONLY = "-all,+dac_read_search"
NOBODY = (
    "setpriv",
    "--reuid=nobody",
    "--regid=nogroup",
    "--clear-groups",
    f"--inh-caps={_READ_ONLY}",
    f"--ambient-caps={_READ_ONLY}",
    f"--bounding-set={_READ_ONLY}",
)
# The platform kills what is still there half a minute after it said stop.
PLATFORM_SECONDS = 30


class Platform:
    """Runs the release line, then web and worker until told to stop.

    Parameters
    ----------
    programs : Path
        The folder that the lines' programs are found in.
    """

    def __init__(self, environ: Mapping[str, str], programs: Path, log: Path) -> None:
        path = f"{programs}:/usr/bin:/bin"
        # As on a platform, the home is a folder that nobody has made.
        self._environ = {"HOME": "/nonexistent", **environ, "PATH": path}
        self._log = log
        self._as = NOBODY if os.geteuid() == 0 else ()
        self._honcho: subprocess.Popen[bytes] | None = None

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run one line to its end."""
        return subprocess.run(
            [*self._as, "sh", "-c", line],
            cwd=ROOT,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def release(self) -> subprocess.CompletedProcess[str]:
        return self.run(procfile_line("release"))

    def __enter__(self) -> "Platform":
        with self._log.open("ab") as output:
            self._honcho = subprocess.Popen(
                [*self._as, sys.executable, "-m", "honcho", "start", "web", "worker"],
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def stop(self) -> tuple[float, int]:
        """Say stop as a platform does; return how many seconds it took, and the exit status."""
        assert self._honcho is not None
        started = time.monotonic()
        self._honcho.send_signal(signal.SIGTERM)
        status = self._honcho.wait(PLATFORM_SECONDS + 5)
        return time.monotonic() - started, status

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._honcho is not None and self._honcho.poll() is None:
            self.stop()

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")
