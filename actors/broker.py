"""Owns the Dramatiq broker: imported without settings, connected once they are known."""

import redis
from dramatiq import set_broker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Callbacks, Retries, ShutdownNotifications, TimeLimit

from actors.tracing import CarriesRequestId

# Short, because the planner's look waits for it.
SOCKET_TIMEOUT_SECONDS = 3
MOST_DEAD_MESSAGE_DAYS = 7

ORCHESTRATION_QUEUE = "event_orchestration"
MESSAGES_QUEUE = "event_messages"
FOLLOW_UP_QUEUE = "follow_up"

broker = RedisBroker(  # type: ignore[no-untyped-call]
    middleware=[
        CarriesRequestId(),
        AgeLimit(),
        TimeLimit(),
        ShutdownNotifications(),
        Callbacks(),
        Retries(),
    ],  # fmt: skip
    client=redis.Redis(),
)
set_broker(broker)


def connect_broker(
    url: str, *, dead_message_days: int = MOST_DEAD_MESSAGE_DAYS, max_connections: int = 20
) -> None:
    """Point the broker at a Redis; sockets are opened later, by the process that uses them.

    Messages that no worker could handle are kept there for so many days, a week at the most.

    Whoever finds all connections of this process taken waits for one. Certificates of `rediss://`
    addresses are not checked where the address says so, in the way redis-py documents.
    """
    broker.client.connection_pool.disconnect()
    broker.client.connection_pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=max_connections,
        timeout=SOCKET_TIMEOUT_SECONDS,
        socket_timeout=SOCKET_TIMEOUT_SECONDS,
        socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
    )
    broker.dead_message_ttl = min(dead_message_days, MOST_DEAD_MESSAGE_DAYS) * 86_400_000
