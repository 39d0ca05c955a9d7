"""What every test shares: no sockets in unit tests, and settings made from a plain dictionary."""

import gc
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from actors.process import counting
from models import log_context
from models.config import Config

WEBHOOK_SECRET = "whsec_" + "c2VjcmV0IGZvciB0ZXN0cyBvbmx5LCAzMiBieXRlcyE="


def settings(**changes: str) -> Config:
    """Return usable settings; `changes` are environment variables."""
    environ = {
        "DATABASE_URL": "postgresql://nobody@localhost/none",
        "REDIS_URL": "redis://localhost:1/0",
        "N8N_WEBHOOK_URL": "http://127.0.0.1:9/webhook",
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
        "N8N_WEBHOOK_TOKEN": "n8n-token-for-tests",
        "API_TOKEN": "api-token-for-tests",
        "SECRET_KEY": "session-key-for-tests",
        "ERASURE_KEY": "a key for the tests that erase people",
    }
    return Config.from_env({**environ, **changes})


def pytest_configure() -> None:
    """Stop the servers when told to end, as after Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let the garbage collector look no more at what stays until the end: modules and tests.

    It went through all of them again and again, a seventh of the time of what uses the database.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_from_before() -> None:
    """Let no test's log lines and counts be those of the one before."""
    log_context.begin()
    counting.forget()


@pytest.fixture(autouse=True)
def _no_sockets_in_unit_tests(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if "unit" not in Path(request.node.path).parts:
        return

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("a unit test opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def in_ci() -> bool:
    """Whether missing services fail instead of skip."""
    return bool(os.environ.get("CI"))
