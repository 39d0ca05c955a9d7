"""Owns the Flask application: what it is made of and what every request has in common."""

from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from actors.broker import connect_broker
from models.base import db, init_database
from models.config import Config, load_config
from web import api, cli, health, simulator, webhooks
from web.admin import init_admin

JSON_PATHS = ("/api/", "/webhooks/", "/events/", "/simulator/n8n")


def create_app(config: Config | None = None) -> Flask:
    """Build the application; opens no connection.

    Raises
    ------
    models.config.ConfigError
        When no settings are given and the environment's are not usable.
    """
    config = config or load_config()
    init_database(config.database_url, max_connections=config.database_connections)
    connect_broker(config.redis_url)
    app = Flask(__name__)
    app.secret_key = config.secret_key
    app.config.update(
        PEER_CONFIG=config,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not config.local_services,
    )
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.before_request(_open_connection)
    app.teardown_request(_close_connection)
    app.register_error_handler(HTTPException, _describe_error)
    for blueprint in (api.blueprint, webhooks.blueprint, health.blueprint):
        app.register_blueprint(blueprint)
    if config.simulator:
        app.register_blueprint(simulator.blueprint)
    init_admin(app, config)
    cli.register(app)
    return app


def _open_connection() -> None:
    if request.endpoint != "static" and db.is_closed():
        db.connect()
        g.opened_connection = True


def _close_connection(_error: BaseException | None) -> None:
    if g.pop("opened_connection", False):
        db.close()


def _describe_error(error: HTTPException) -> Any:
    if request.path.startswith(JSON_PATHS):
        body: Response = jsonify(success=False, error=error.description or error.name)
        return body, error.code
    return error
