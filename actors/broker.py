"""Owns the Dramatiq broker: imported without settings, connected once they are known."""

import redis
from dramatiq import set_broker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Callbacks, Retries, ShutdownNotifications, TimeLimit

SOCKET_TIMEOUT_SECONDS = 10

ORCHESTRATION_QUEUE = "event_orchestration"
MESSAGES_QUEUE = "event_messages"
FOLLOW_UP_QUEUE = "follow_up"

broker = RedisBroker(  # type: ignore[no-untyped-call]
    middleware=[AgeLimit(), TimeLimit(), ShutdownNotifications(), Callbacks(), Retries()],
    client=redis.Redis(),
)
set_broker(broker)


def connect_broker(url: str) -> None:
    """Point the broker at a Redis; sockets are opened later, by the process that uses them.

    Certificates of `rediss://` addresses are not checked where the address says so, in the way
    redis-py documents.
    """
    broker.client.connection_pool.disconnect()
    broker.client.connection_pool = redis.ConnectionPool.from_url(
        url, socket_timeout=SOCKET_TIMEOUT_SECONDS, socket_connect_timeout=SOCKET_TIMEOUT_SECONDS
    )
