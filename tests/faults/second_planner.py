"""A planner that never asks whether it leads: `python -m tests.faults.second_planner`."""

import os
import time

from actors.broker import connect_broker
from actors.planner import Planner
from models import clock
from models.base import db, init_database
from models.config import Config

LOOK_EVERY_SECONDS = 0.3


def main() -> None:
    config = Config.from_env(os.environ)
    init_database(config.database_url)
    connect_broker(config.redis_url)
    planner = Planner(config, leader="a second planner", delay_slots=4000)
    while True:
        with db.connection_context():
            planner.tick(clock.now())
        time.sleep(LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    main()
