"""Owns what a worker process is set up with: settings, the way to n8n, the sending limit."""

from dataclasses import dataclass

from dramatiq.rate_limits import WindowRateLimiter
from dramatiq.rate_limits.backends import RedisBackend

from actors.broker import broker
from actors.n8n import Gateway, N8nGateway
from models.config import Config

LIMIT_HEADROOM = 1.1


@dataclass(frozen=True)
class Runtime:
    """The dependencies that actors hand to the plain functions."""

    config: Config
    gateway: Gateway
    limiter: WindowRateLimiter


_current: Runtime | None = None


def set_up(config: Config) -> None:
    """Build this process's dependencies; call it once, before any actor runs.

    The limiter is a backstop behind the planner's spacing, so it allows a tenth more.
    """
    global _current
    limit = max(config.messages_per_second + 1, int(config.messages_per_second * LIMIT_HEADROOM))
    _current = Runtime(
        config=config,
        gateway=N8nGateway(config),
        limiter=WindowRateLimiter(  # type: ignore[no-untyped-call]
            RedisBackend(client=broker.client), "n8n-sends", limit=limit, window=1
        ),
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
