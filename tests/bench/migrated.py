"""Servers for a bench, with an empty, migrated database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.base import init_database
from models.config import Config
from models.embedded import EmbeddedServers
from models.migrate import migrate
from tests.conftest import settings
from tests.servers import data_folder


@contextmanager
def migrated_servers() -> Iterator[tuple[Config, Path]]:
    """Run PostgreSQL and Redis in the block; yields settings that lead there, and their folder."""
    with data_folder() as folder, EmbeddedServers(folder) as servers:
        urls = servers.urls
        config = settings(DATABASE_URL=urls["DATABASE_URL"], REDIS_URL=urls["REDIS_URL"])
        init_database(config.database_url)
        migrate()
        yield config, folder
