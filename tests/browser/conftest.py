"""A real Chromium for the browser tests: skipped loudly on a laptop without one, never in CI."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from models import clock
from models.base import db, init_database
from models.config import Config
from tests.browser.served_admin import local_app, serving
from tests.conftest import in_ci
from tests.integration.conftest import (  # noqa: F401
    config,
    connected,
    database_url,
    empty_tables,
    servers,
)
from tests.servers import data_folder
from web.local import LocalServices

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        message = "NO CHROMIUM: the browser tests did not run. apt-get install chromium"
        if in_ci():
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP)
    yield context.new_page()
    context.close()


@pytest.fixture
def now(config: Config, servers: dict[str, str]) -> Iterator[datetime]:  # noqa: F811
    """The time, in a database that is empty before and after."""
    with connected(config, servers):
        yield clock.now()
        empty_tables()


@pytest.fixture
def address(now: datetime, config: Config) -> Iterator[str]:  # noqa: F811
    """Where the admin is served."""
    with serving(local_app(config)) as place:
        yield place


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the services say everything that they have to say."""
    return tmp_path / "log"


@pytest.fixture
def services(log: Path) -> Iterator[LocalServices]:
    with (
        data_folder() as folder,
        log.open("w") as output,
        LocalServices(
            folder, output, MESSAGES_PER_SECOND="40", PORT="0", LOG_LEVEL="DEBUG"
        ) as running,
    ):
        running.wait_until_ready()
        init_database(running.config.database_url)
        yield running
        db.close_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a page that is left in the middle of a stylesheet fail no test.

    The server of these tests then drops the file unclosed; the one in the Procfile closes it.
    """
    left_open = "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.filterwarnings(left_open))
