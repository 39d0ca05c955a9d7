"""Runs the fault suites: three lanes beside each other, then alone what measures time.

    python -m tests.faults [--long] [--times N] [--only NAME]

Most suites wait more than they work. Each lane has servers of its own.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.worker import ROOT

LANES = ("1", "2", "3")
NO_TESTS_COLLECTED = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.faults")
    parser.add_argument("--long", action="store_true", help="the sizes that the promises name")
    parser.add_argument("--times", type=int, default=1, help="again with other seeds")
    parser.add_argument("--only", default="", help="those whose names match")
    wanted = parser.parse_args()
    arguments = ["--long"] if wanted.long else []
    arguments += ["-k", wanted.only] if wanted.only else []
    folder = ROOT / ".local" / "faults"
    folder.mkdir(parents=True, exist_ok=True)
    # The first process after an installation compiles matching; that is not what is tested here.
    subprocess.run(
        [sys.executable, "-c", "from actors.process.warm_up import warm_up; warm_up()"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for seed in range(1, wanted.times + 1):
        started = time.monotonic()
        is_good = _run(folder, [*arguments, "--seed", str(seed)])
        _say(f"round {seed}: {'passed' if is_good else 'FAILED'}, "
             f"{time.monotonic() - started:.0f} s")  # fmt: skip
        if not is_good:
            return 1
    return 0


def _run(folder: Path, arguments: list[str]) -> bool:
    """Run every suite once; whether all passed."""
    logs = {lane: folder / f"lane-{lane}.log" for lane in (*LANES, "timing")}
    beside = [_start(lane, logs[lane], arguments) for lane in LANES]
    codes = [process.wait() for process in beside]
    codes.append(_start("timing", logs["timing"], arguments).wait())
    for log in logs.values():
        _say(log.read_text())
    return set(codes) <= {0, NO_TESTS_COLLECTED}


def _start(lane: str, log: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/faults",
        "-q",
        "--durations=12",
        "--lane",
        lane,
        *arguments,
    ]
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
