"""What the tests on a real n8n share: one house for all, where each test brings its own people."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.faults.servers import Postgres
from tests.n8n.house import House
from tests.n8n.process import BINARY
from tests.servers import data_folder

TIMEOUT_SECONDS = 300
COUNTS = pytest.StashKey[dict[str, int]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.timeout(TIMEOUT_SECONDS))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if counts := config.stash.get(COUNTS, None):
        terminalreporter.section("counts")
        terminalreporter.line(" ".join(f"{name}={number}" for name, number in counts.items()))


@pytest.fixture(scope="session")
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    if not BINARY.exists():
        pytest.fail("n8n is not installed: run these tests by `make test-n8n`")
    with data_folder() as folder, ExitStack() as ends:
        postgres = ends.enter_context(Postgres(folder))
        made = House(postgres, folder)
        ends.callback(made.stop)
        made.start()
        yield made
        request.config.stash[COUNTS] = made.counts()
