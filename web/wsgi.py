"""Owns what gunicorn imports, before it forks; `web.server_hooks` says what comes after."""

from actors import error_reports
from models.config import load_config
from models.logs import configure_logging
from models.readiness import exit_unless_ready, exiting_in_one_line
from web import create_app
from web.missing_settings import tell_missing

with exiting_in_one_line():
    _config = load_config()
    configure_logging(_config.log_level, _config.log_format)
    error_reports.start(_config.sentry_dsn)
    exit_unless_ready(_config)
    app = create_app(_config)
    tell_missing(_config)
