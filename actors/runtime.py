"""Owns what a worker process is set up with: settings, the way to n8n, the limit."""

from dataclasses import dataclass

from actors.broker import broker
from actors.n8n.gateway import Gateway, N8nGateway
from actors.n8n.limiter import Limiter
from models.config import Config


@dataclass(frozen=True)
class Runtime:
    """The dependencies that actors hand to the plain functions."""

    config: Config
    gateway: Gateway
    limiter: Limiter


_current: Runtime | None = None


def set_up(config: Config) -> None:
    """Build this process's dependencies; call it once, before any actor runs."""
    global _current
    _current = Runtime(
        config=config,
        gateway=N8nGateway(config),
        limiter=Limiter(broker.client, config.messages_per_second),
    )


def current() -> Runtime:
    """Return what `set_up` built.

    Raises
    ------
    RuntimeError
        When this process was never set up.
    """
    if _current is None:
        raise RuntimeError("actors.runtime.set_up was not called in this process")
    return _current
