"""Owns what gunicorn imports."""

from models.readiness import config_or_exit, exit_unless_ready
from web import create_app

_config = config_or_exit()
exit_unless_ready(_config)
app = create_app(_config)
