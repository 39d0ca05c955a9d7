"""Owns who is signed in: password hashes, sessions, roles, and the name the audit log gets."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, has_request_context, session
from flask_login import LoginManager, current_user, login_user, logout_user
from peewee import IntegrityError, fn

from models import audit_log
from models.admin_user import AdminUser, Role
from models.base import db

SESSION_HOURS = 12
MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 1000

# OWASP's smallest recommended setting: 19 MiB a sign-in, so that a small dyno survives several.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class AccountError(ValueError):
    """An account can not be made as asked; the message says why, for a person."""


@dataclass(frozen=True)
class Actor:
    """Who does something, as the audit log keeps it."""

    admin_user_id: int | None
    name: str


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
        self._session_id = f"{user.id}:{_fingerprint(user.password_hash)}"

    def get_id(self) -> str:
        """Return the session's id, which a new password makes worthless."""
        return self._session_id


def hash_password(password: str) -> str:
    """Return the Argon2id hash to store."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown person (None) as for a known one."""
    try:
        matches = _hasher.verify(password_hash or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(matches and password_hash)


def check_password_rules(password: str) -> None:
    """Refuse a password that is too short or absurdly long.

    Raises
    ------
    AccountError
        Saying which.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise AccountError(f"A password needs at least {MIN_PASSWORD_LENGTH} characters.")
    if len(password) > MAX_PASSWORD_LENGTH:
        raise AccountError(f"A password has at most {MAX_PASSWORD_LENGTH} characters.")


def create_admin(email: str, name: str, password: str, role: str, now: datetime) -> AdminUser:
    """Add a person who may sign in.

    Raises
    ------
    AccountError
        When the e-mail is malformed or taken, the password too short or the role unknown.
    """
    email = email.strip()
    if email.count("@") != 1 or not all(email.split("@")) or len(email.split()) != 1:
        raise AccountError(f"This is not an e-mail address: {email or '(empty)'}.")
    if role not in list(Role):
        raise AccountError(f"Unknown role {role}; choose one of {', '.join(Role)}.")
    check_password_rules(password)
    actor = current_actor()
    try:
        with db.atomic():
            user: AdminUser = AdminUser.create(
                email=email,
                name=name.strip(),
                role=role,
                password_hash=hash_password(password),
                created_at=now,
                updated_at=now,
            )
            audit_log.record(
                "admin_user.created",
                now=now,
                actor=actor.name,
                admin_user_id=actor.admin_user_id,
                subject_type="admin_users",
                subject_id=user.id,
                detail={"role": role},
            )
    except IntegrityError as error:
        raise AccountError("Somebody with this e-mail address exists already.") from error
    return user


def sign_in(email: str, password: str, *, now: datetime) -> bool:
    """Start a session for whoever these belong to; False for anything else, whatever it was."""
    user: AdminUser | None = AdminUser.get_or_none(fn.lower(AdminUser.email) == email.lower())
    if not verify_password(user.password_hash if user else None, password):
        return False
    if user is None or not user.is_active:
        return False
    with db.atomic():
        AdminUser.update(last_login_at=now).where(AdminUser.id == user.id).execute()
        audit_log.record("session.started", now=now, actor=user.email, admin_user_id=user.id)
    session.clear()
    session.permanent = True
    login_user(SignedIn(user))
    return True


def sign_out() -> None:
    """End the session."""
    logout_user()
    session.clear()


def current_role() -> Role | None:
    """Return the role of whoever makes this request, or None."""
    if not has_request_context() or not current_user.is_authenticated:
        return None
    role: Role = current_user.role
    return role


def current_actor() -> Actor:
    """Return who makes this request; the command line is `system`."""
    if current_role() is None:
        return Actor(None, "system")
    return Actor(current_user.user_id, current_user.email)


def init_sessions(app: Flask) -> None:
    """Teach the application to recognise who is signed in."""
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=SESSION_HOURS)
    manager = LoginManager(app)
    manager.user_loader(_load)


def _load(session_id: str) -> SignedIn | None:
    number = session_id.partition(":")[0]
    if not number.isdecimal():
        return None
    user = AdminUser.get_or_none((AdminUser.id == int(number)) & AdminUser.is_active)
    if user is None:
        return None
    person = SignedIn(user)
    return person if person.get_id() == session_id else None


def _fingerprint(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:24]


@cache
def _decoy() -> str:
    return hash_password("nobody has this password")
