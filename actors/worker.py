"""Owns what `dramatiq actors.worker` loads: settings checked, broker connected, actors known."""

from actors import (
    batch_matching,
    contractor_importing,
    delivery,
    error_reports,
    follow_up,
    person_retention,
    probing,
    replies,
    runtime,
)
from actors.broker import broker, connect_broker
from actors.clock_skew import DueByTheDatabase
from actors.copy_guard import NothingFromACopy
from actors.listening import ConsumersStayAlive
from actors.middleware import (
    ConnectionPerMessage,
    OneTermIsEnough,
    PlannerInEveryWorker,
    WarmUpOnceRunning,
)
from actors.warm_up import warm_up
from models.base import init_database
from models.logs import configure_logging
from models.readiness import config_or_exit, exit_unless_ready

__all__ = [
    "batch_matching", "broker", "contractor_importing", "delivery", "follow_up",
    "person_retention", "probing",
    "replies",
]  # fmt: skip

config = config_or_exit()
exit_unless_ready(config)
configure_logging(config.log_level, config.log_format)
error_reports.start(config.sentry_dsn)
init_database(
    config.database_url,
    max_connections=config.database_shares.worker,
    erasure_key=config.erasure_key,
)
connect_broker(
    config.redis_url,
    dead_message_days=config.retention_days,
    max_connections=config.redis_shares.worker,
)
runtime.set_up(config)
broker.add_middleware(ConnectionPerMessage())
broker.add_middleware(NothingFromACopy(config))
broker.add_middleware(PlannerInEveryWorker(config))
broker.add_middleware(ConsumersStayAlive())
broker.add_middleware(DueByTheDatabase())
broker.add_middleware(OneTermIsEnough())
broker.add_middleware(WarmUpOnceRunning(warm_up))
