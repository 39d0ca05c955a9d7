"""The admin as browser tests meet it: a server, somebody who signs in, the console's complaints."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Flask
from playwright.sync_api import ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from models.base import db
from models.config import Config
from tests.admin_site import PASSWORD, make_admin
from tests.conftest import settings

_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def local_app(config: Config, **changes: str) -> Flask:
    """Build the application over a connected `db`; `changes` are environment variables."""
    from web import create_app

    addresses = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url}
    db.close()
    app = create_app(settings(**{**addresses, "LOCAL_SERVICES": "1", **changes}))
    db.connect()
    return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application until the block ends; yields the address of its admin."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/admin/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in(page: Page, address: str, now: datetime) -> None:
    """Make an admin, and come to the first page as one."""
    user = make_admin(now)
    page.goto(f"{address}login")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


def complaints_of(page: Page) -> list[str]:
    """Return the list in which the page's errors and its console's complaints are gathered."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def too_wide(page: Page) -> int:
    """Return by how many pixels the page is wider than the window, once its styles are there."""
    page.wait_for_load_state()
    return max(0, page.evaluate(_OVERFLOW))
