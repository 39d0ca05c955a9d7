"""Owns from where somebody signs in: the network address, and browsers that have done so before."""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "known_browser"
COOKIE_PATH = "/admin/login"
REMEMBERED_FOR = timedelta(days=90)
# A desk's computer is shared by a few.
MOST_ACCOUNTS = 6


def address() -> str:
    """Return the network that the request comes from; of IPv6 the part that one household has."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        found = found.ipv4_mapped
    return str(found)


def account_key(email: str) -> str:
    """Return the name under which tries at an account are counted.

    Keyed, since people type their password where the e-mail belongs.
    """
    key = str(current_app.secret_key).encode()
    text = email.strip().lower().encode(errors="replace")
    return hmac.new(key, b"sign-in:" + text, hashlib.sha256).hexdigest()


def known_mark(user_id: int) -> str | None:
    """Return the mark that this browser got when it last signed in to the account."""
    return _marks().get(str(user_id))


def remember(response: Response, user_id: int) -> None:
    """Mark this browser as one that knows the account's password."""
    marks = {key: mark for key, mark in _marks().items() if key != str(user_id)}
    kept = dict([*marks.items(), (str(user_id), secrets.token_hex(16))][-MOST_ACCOUNTS:])
    response.set_cookie(
        COOKIE,
        _signer().dumps(kept),
        max_age=REMEMBERED_FOR,
        path=COOKIE_PATH,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _marks() -> dict[str, str]:
    try:
        marks = _signer().loads(
            request.cookies.get(COOKIE, ""), max_age=int(REMEMBERED_FOR.total_seconds())
        )
    except BadSignature:
        return {}
    return marks if isinstance(marks, dict) else {}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=COOKIE)
