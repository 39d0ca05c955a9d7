"""What every fault suite shares: servers, a stage to break things on, sizes, and the counts."""

import json
import os
import random
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.faults.__main__ import LANES
from tests.faults.counting import Count
from tests.faults.servers import Postgres
from tests.faults.world import World
from tests.servers import data_folder
from tests.worker import ROOT

LONG_TIMEOUT_SECONDS = 900
COUNTS = pytest.StashKey[dict[str, dict[str, Any]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the sizes that the promises name")
    parser.addoption(
        "--seed", default=os.environ.get("FAULT_SEED") or "1", help="of every random choice"
    )

    parser.addoption(
        "--lane", choices=[*LANES, "timing"], help="a part of what may run beside the others"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTS] = {}


def pytest_report_header(config: pytest.Config) -> str:
    size = "long" if config.getoption("--long") else "CI"
    return f"faults: {size} size, --seed {config.getoption('--seed')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # What measures time goes last, with the machine to itself.
    items.sort(key=lambda item: item.get_closest_marker("timing") is not None)
    if lane := config.getoption("--lane"):
        items[:] = _in_lane(lane, items)
    if config.getoption("--long"):
        for item in items:
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT_SECONDS))


def _in_lane(lane: str, items: list[pytest.Item]) -> list[pytest.Item]:
    """Deal the suites out, each lane beginning elsewhere, so that few of a kind meet."""
    timing = [item for item in items if item.get_closest_marker("timing") is not None]
    if lane == "timing":
        return timing
    others = [item for item in items if item not in timing]
    place = LANES.index(lane)
    own = others[place :: len(LANES)]
    start = place * len(own) // len(LANES)
    return own[start:] + own[:start]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    counts = config.stash[COUNTS]
    if not counts:
        return
    terminalreporter.section("counts")
    for name, figures in counts.items():
        terminalreporter.line(f"{name}: " + " ".join(f"{k}={v}" for k, v in figures.items()))
    lane = config.getoption("--lane") or "all"
    file = ROOT / ".local" / "faults" / f"counts-{lane}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(counts, indent=1))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with data_folder() as folder, Postgres(folder) as started:
        yield started


@pytest.fixture
def is_long(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--long"))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """A draw of this test's own, the same for the same seed."""
    name = f"{request.config.getoption('--seed')}:{request.node.name}"
    return random.Random(zlib.crc32(name.encode()))


@pytest.fixture
def stage(postgres: Postgres, tmp_path: Path, rng: random.Random) -> Iterator[Callable[..., World]]:
    """Make worlds that end with the test: `stage(drops_repeats=…, workers=…, **variables)`."""
    with ExitStack() as ends:

        def make(*, drops_repeats: bool = False, workers: int, **variables: Any) -> World:
            folder = tmp_path / f"world-{random.Random().getrandbits(32):08x}"
            folder.mkdir()
            world = World(postgres, folder, rng, drops_repeats=drops_repeats)
            ends.callback(world.stop)
            world.start(workers=workers, **variables)
            return world

        yield make


@pytest.fixture(params=[True, False], ids=["drops-repeats", "texts-again"])
def drops_repeats(request: pytest.FixtureRequest) -> bool:
    """Whether the flow texts once per key; a suite that asks runs both ways."""
    return bool(request.param)


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep figures for the summary: `note(count, lateness=…)`."""
    name = request.node.nodeid.partition("tests/faults/")[2]

    def keep(found: Count | None = None, **figures: Any) -> None:
        kept = request.config.stash[COUNTS].setdefault(name, {})
        if found is not None:
            kept.update(found.figures())
        kept.update(figures)

    return keep
