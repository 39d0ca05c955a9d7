"""Owns what gunicorn imports, before it forks; `gunicorn.conf.py` says what comes after."""

from models.config import load_config
from models.logs import configure_logging
from models.readiness import exit_unless_ready, exiting_in_one_line
from web import create_app

with exiting_in_one_line():
    _config = load_config()
    configure_logging(_config.log_level)
    exit_unless_ready(_config)
    app = create_app(_config)
