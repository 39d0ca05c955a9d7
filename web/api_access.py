"""Owns who may call the JSON API: the token of the settings, and those that admins have made."""

from flask import g, request
from werkzeug.exceptions import Forbidden

from models import api_token, clock
from models.api_token import Scope
from models.config import Config
from web.bearer import carried, has_bearer, require_bearer

# A preview is asked for with a body, and stores nothing.
LOOKS = {"api.peer_matching", "api.queues_stats", "api.preview_peer_matching"}


def require_api_token(config: Config) -> None:
    """Refuse whoever has no token, or one that may only look where this changes something.

    Raises
    ------
    Unauthorized
        When the token is missing, unknown or revoked.
    Forbidden
        When its scope is too narrow.
    """
    if has_bearer(config.api_token):
        return
    token = api_token.find(carried())
    if token is None:
        require_bearer(config.api_token, "API_TOKEN")
        return
    if token.scope != Scope.WRITE and request.endpoint not in LOOKS:
        raise Forbidden("This token may look, not change.")
    api_token.note_use(token, now=clock.now())
    g.api_token = token.name
