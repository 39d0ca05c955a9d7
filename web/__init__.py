"""Owns the Flask application: what it is made of and what every request has in common."""

import logging

from flask import Flask, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response

from actors.broker import connect_broker
from models.base import db, init_database
from models.config import Config, load_config
from models.readiness import DATABASE_LOST, exiting_in_one_line
from web import api, cli, health, simulator, webhooks
from web.admin import init_admin
from web.edge import protect
from web.tracing import trace

JSON_PATHS = ("/api/", "/webhooks/", "/events/", "/simulator/n8n")
NO_DATABASE = "The database does not answer. Try again shortly."

log = logging.getLogger(__name__)


def create_app(config: Config | None = None) -> Flask:
    """Build the application; opens no connection.

    Without settings it takes the environment's; where those are not usable it prints one line
    and exits with status 1, which is what `flask --app web` shows.

    Raises
    ------
    models.config.ConfigError
        When the settings that were given lack what the web process needs.
    """
    if config is None:
        with exiting_in_one_line():
            return create_app(load_config())
    init_database(
        config.database_url,
        max_connections=config.database_shares.web,
        erasure_key=config.erasure_key,
    )
    connect_broker(config.redis_url, max_connections=config.redis_shares.web)
    app = Flask(__name__)
    app.secret_key = config.secret_key
    app.config.update(
        PEER_CONFIG=config,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        SESSION_COOKIE_SECURE=not config.local_services,
    )
    trace(app)
    protect(app, config)
    app.before_request(_open_connection)
    app.teardown_request(_close_connection)
    app.register_error_handler(HTTPException, _describe_error)
    for lost in DATABASE_LOST:
        app.register_error_handler(lost, _database_lost)
    for blueprint in (api.blueprint, webhooks.blueprint, health.blueprint):
        app.register_blueprint(blueprint)
    if config.simulator:
        app.register_blueprint(simulator.blueprint)
    init_admin(app, config)
    cli.register(app)
    return app


def _open_connection() -> None:
    # Health must answer, in its own words, while the database does not.
    if request.endpoint == "static" or request.blueprint == health.blueprint.name:
        return
    if db.is_closed():
        db.connect()
        g.opened_connection = True


def _close_connection(_error: BaseException | None) -> None:
    if g.pop("opened_connection", False):
        db.close()


def _describe_error(error: HTTPException) -> Response:
    """Say it in JSON to programs, on a page to people; keep the headers, such as Allow."""
    answer = error.get_response(request.environ)
    is_described = error.response is not None or answer.status_code < 400
    if is_described:
        return answer
    if request.path.startswith("/admin"):
        answer.data = render_template("desk/plain_error.html", error=error)
        answer.content_type = "text/html; charset=utf-8"
        return answer
    if not request.path.startswith(JSON_PATHS):
        return answer
    answer.data = jsonify(success=False, error=error.description or error.name).data
    answer.content_type = "application/json"
    return answer


def _database_lost(error: Exception) -> Response:
    log.error("database_lost", extra={"error_type": type(error).__name__})
    return _describe_error(ServiceUnavailable(NO_DATABASE, retry_after=5))
