"""Owns what `dramatiq actors.worker` loads: settings checked, broker connected, actors known."""

from actors import error_reports, runtime
from actors.broker import broker, connect_broker
from actors.conversation import follow_up, replies
from actors.middleware import (
    ConnectionPerMessage,
    OneTermIsEnough,
    PlannerInEveryWorker,
    WarmUpOnceRunning,
)
from actors.pairing import batch_matching
from actors.people import importing, person_retention
from actors.planning import checking_n8n
from actors.process.clock_skew import DueByTheDatabase
from actors.process.copy_guard import NothingFromACopy
from actors.process.listening import ConsumersStayAlive
from actors.process.warm_up import warm_up
from actors.sending import delivery, probing
from models.base import init_database
from models.logs import configure_logging
from models.readiness import config_or_exit, exit_unless_ready

__all__ = [
    "batch_matching", "broker", "checking_n8n", "delivery", "follow_up", "importing",
    "person_retention", "probing", "replies",
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
