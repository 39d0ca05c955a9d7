"""Owns how long somebody stays signed in, and what ends it.

A session ends twelve hours after its password, after four hours in which nobody did anything, and
at once when its owner signs out anywhere, gets a new password or is switched off.
"""

import hashlib
from datetime import datetime, timedelta

from flask import Flask, request, session
from flask_login import LoginManager, login_user, logout_user
from peewee import fn

from models.admin_user import AdminUser, Role

LASTS = timedelta(hours=12)
# Longer than a morning in which people look at the desk and touch nothing.
IDLE = timedelta(hours=4)
# How exactly the last deed is known; each time costs a cookie.
NOTED_EVERY = timedelta(minutes=1)

_SINCE, _SEEN = "since", "seen"


class SignedIn:
    """The person of this session, as Flask-Login wants to see one."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, user: AdminUser) -> None:
        self.user_id: int = user.id
        self.email: str = user.email
        self.name: str = user.name or user.email
        self.role = Role(user.role)
        self.is_active: bool = user.is_active
        secret = hashlib.sha256(user.password_hash.encode()).hexdigest()[:24]
        self._session_id = f"{user.id}:{user.session_version}:{secret}"

    def get_id(self) -> str:
        """Return the session's id, which a sign-out and a new password make worthless."""
        return self._session_id


def start(user: AdminUser, *, now: datetime) -> None:
    """Begin a session for whoever makes this request; nothing of an earlier one is left."""
    session.clear()
    session.permanent = True
    session[_SINCE] = session[_SEEN] = int(now.timestamp())
    login_user(SignedIn(user))


def end_all(user_id: int) -> None:
    """End every session of a person, on whatever device, copies of their cookies included."""
    versions = {AdminUser.session_version: AdminUser.session_version + 1}
    AdminUser.update(versions).where(AdminUser.id == user_id).execute()


def forget() -> None:
    """Take the session from this browser."""
    logout_user()
    session.clear()


def init_sessions(app: Flask) -> None:
    """Teach the application to recognise who is signed in."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=LASTS,
        # Else every answer, those to polls included, would begin the twelve hours anew.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    manager = LoginManager(app)
    manager.user_loader(_load)


def _load(session_id: str) -> SignedIn | None:
    number = session_id.partition(":")[0]
    if not number.isdecimal():
        return None
    wanted = (AdminUser.id == int(number)) & AdminUser.is_active
    columns = (AdminUser, fn.clock_timestamp().alias("asked_at"))
    user = AdminUser.select(*columns).where(wanted).first()
    if user is None or not _is_on(user.asked_at):
        return None
    person = SignedIn(user)
    return person if person.get_id() == session_id else None


def _is_on(now: datetime) -> bool:
    """Whether the session's time is not over yet; a deed of its owner's begins the idle time anew.

    A page that asks by itself, as the desk does while its tab is open, is no deed.
    """
    second = int(now.timestamp())
    since, seen = session.get(_SINCE, 0), session.get(_SEEN, 0)
    if second - since >= LASTS.total_seconds() or second - seen >= IDLE.total_seconds():
        return False
    if not _asks_by_itself() and second - seen >= NOTED_EVERY.total_seconds():
        session[_SEEN] = second
    return True


def _asks_by_itself() -> bool:
    """Whether a script may have asked; htmx says that it is it, whoever pressed the button."""
    return request.method in ("GET", "HEAD") and request.headers.get("HX-Request") == "true"
