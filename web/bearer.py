"""Owns the check of bearer tokens, in constant time."""

import hmac

from flask import request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized


def carried() -> str:
    """Return the bearer token that the request carries; empty when it carries none."""
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return ""
    return authorization.token or ""


def has_bearer(token: str) -> bool:
    """Whether the request carries this token; an empty token is carried by nobody."""
    return bool(token) and hmac.compare_digest(carried().encode(), token.encode())


def require_bearer(token: str, setting: str) -> None:
    """Refuse the request unless it carries the token that is the value of a setting.

    Raises
    ------
    Unauthorized
        When the token is missing, wrong, or the setting is not set.
    """
    if has_bearer(token):
        return
    reason = (
        f"Send the value of {setting} as a bearer token: `Authorization: Bearer …`."
        if token
        else f"This interface is closed, because {setting} is not set on the server."
    )
    raise Unauthorized(reason, www_authenticate=WWWAuthenticate("bearer"))
