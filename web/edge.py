"""Owns what protects every request and answer alike: proxy, TLS, origin, and security headers."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from models.config import Config

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
NOTHING_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = "max-age=31536000"


def protect(app: Flask, config: Config) -> None:
    """Protect the application; whoever says it is a proxy is believed only if the settings do."""
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
        app.before_request(_want_tls)
    app.before_request(_want_own_pages)
    app.after_request(_add_headers)


def _is_admin() -> bool:
    return request.path == "/" or request.path.startswith("/admin")


def _want_tls() -> Any:
    """Let no password or session travel in the clear; what was sent so is refused."""
    if request.is_secure or not _is_admin() or "X-Forwarded-Proto" not in request.headers:
        return None
    if request.method not in ("GET", "HEAD"):
        abort(403, "Use https.")
    return redirect(request.url.replace("http://", "https://", 1), 308)


def _want_own_pages() -> None:
    """Refuse a change that a page of another site sends, whatever token it has got hold of."""
    if request.method in ("GET", "HEAD", "OPTIONS") or not _is_admin():
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    else:
        # An old browser, or no TLS; a proxy may have given us another name than its own.
        is_ours = origin is None or urlsplit(origin).netloc == request.host
    if not is_ours:
        abort(403, "This came from another site's page.")


def _add_headers(response: Response) -> Response:
    is_page = response.mimetype == "text/html" or _is_admin()
    response.headers.setdefault(
        "Content-Security-Policy", PAGE_POLICY if is_page else NOTHING_POLICY
    )
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Permissions-Policy"] = _permissions(request.endpoint)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = A_YEAR
    if request.endpoint not in ("static", "admin.static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _permissions(endpoint: str | None) -> str:
    """Return what a page may ask the browser for: only the door has a use for a camera."""
    camera = "self" if endpoint == "events.door_view" else ""
    return f"camera=({camera}), microphone=(), geolocation=()"
