"""Owns who may sign in and who has: passwords, accounts, roles, the name in the audit log."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import g, has_request_context
from flask_login import current_user
from peewee import IntegrityError, fn

from models import audit_log, sign_in_failure
from models.admin_user import AdminUser, Role
from models.base import db
from models.sign_in_failure import Try
from web import clients, sessions

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 1000

# OWASP's smallest recommended setting: 19 MiB a sign-in, so that a small dyno survives several.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Of no password that anybody knows; made with the same setting, so that it takes the same time.
_DECOY = _hasher.hash(secrets.token_hex())


class AccountError(ValueError):
    """An account can not be made as asked; the message says why, for a person."""


@dataclass(frozen=True)
class Actor:
    """Who does something, as the audit log keeps it."""

    admin_user_id: int | None
    name: str


class TooManyTries(Exception):
    """The password was not looked at; the next try is possible at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


def hash_password(password: str) -> str:
    """Return the Argon2id hash to store."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown person (None) as for a known one."""
    try:
        matches = _hasher.verify(password_hash or _DECOY, password)
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
            _record("admin_user.created", user, now, role=role)
    except IntegrityError as error:
        raise AccountError("Somebody with this e-mail address exists already.") from error
    return user


def reset_password(email: str, password: str, now: datetime) -> AdminUser:
    """Give a person a new password, end their sessions and let them in.

    Raises
    ------
    AccountError
        When nobody has this e-mail, or the password is too short.
    """
    user = account(email)
    check_password_rules(password)
    with db.atomic():
        AdminUser.update(
            password_hash=hash_password(password), updated_at=now, unlocked_at=now
        ).where(AdminUser.id == user.id).execute()
        sessions.end_all(user.id)
        sign_in_failure.forgive(clients.account_key(user.email))
        _record("admin_user.password_reset", user, now)
    return user


def unlock(user: AdminUser, now: datetime) -> int:
    """Forget the wrong passwords, and let the owner in from any browser for a while; how many."""
    AdminUser.update(unlocked_at=now).where(AdminUser.id == user.id).execute()
    return sign_in_failure.forgive(clients.account_key(user.email))


def let_in(email: str, now: datetime) -> int:
    """Unlock whose e-mail this is, and write it down; return how many wrong passwords there were.

    Raises
    ------
    AccountError
        When it is nobody's.
    """
    user = account(email)
    with db.atomic():
        forgotten = unlock(user, now)
        _record("admin_user.unlocked", user, now)
    return forgotten


def account(email: str) -> AdminUser:
    """Return whose e-mail this is.

    Raises
    ------
    AccountError
        When it is nobody's.
    """
    user = _find(email)
    if user is None:
        raise AccountError("Nobody with this e-mail address has an account.")
    return user


def sign_in(email: str, password: str, *, now: datetime) -> AdminUser | None:
    """Start a session for whoever these belong to; None for anything else, whatever it was.

    Raises
    ------
    TooManyTries
        Before the password is looked at, for known and unknown people alike.
    """
    user = _find(email)
    tried = _try(email, user)
    until = sign_in_failure.begin(tried, now=now)
    if until is not None:
        raise TooManyTries(until)
    if not verify_password(user.password_hash if user else None, password):
        _note_lock(tried, user, now)
        return None
    if user is None or not user.is_active:
        return None
    with db.atomic():
        sign_in_failure.succeed(tried)
        sign_in_failure.prune(now=now)
        AdminUser.update(last_login_at=now).where(AdminUser.id == user.id).execute()
        audit_log.record("session.started", now=now, actor=user.email, admin_user_id=user.id)
    sessions.start(user, now=now)
    return user


def sign_out() -> None:
    """End this session and every other of the same person."""
    if current_role() is not None:
        sessions.end_all(current_user.user_id)
    sessions.forget()


def waits_until(user: AdminUser, now: datetime) -> datetime | None:
    """Return until when no browser that is new to the account can sign in to it, or None."""
    tried = Try(clients.account_key(user.email), "", unlocked_at=user.unlocked_at)
    return sign_in_failure.waits_until(tried, now=now)


def _find(email: str) -> AdminUser | None:
    found: AdminUser | None = AdminUser.get_or_none(
        fn.lower(AdminUser.email) == email.strip().lower()
    )
    return found


def _try(email: str, user: AdminUser | None) -> Try:
    account_key = clients.account_key(email)
    mark = clients.known_mark(user.id) if user else None
    if mark is not None:
        return Try(account_key, mark, is_known=True)
    return Try(account_key, clients.address(), unlocked_at=user.unlocked_at if user else None)


def _note_lock(tried: Try, user: AdminUser | None, now: datetime) -> None:
    """Write down that this wrong password was one too many, once, for a person who exists."""
    sign_in_failure.prune(now=now)
    if user is not None and sign_in_failure.waits_until(tried, now=now) is not None:
        _record("admin_user.sign_in_stopped", user, now)


def _record(action: str, user: AdminUser, now: datetime, **detail: str) -> None:
    actor = current_actor()
    audit_log.record(
        action,
        now=now,
        actor=actor.name,
        admin_user_id=actor.admin_user_id,
        subject_type="admin_users",
        subject_id=user.id,
        detail=detail,
    )


def current_role() -> Role | None:
    """Return the role of whoever makes this request, or None."""
    if not has_request_context() or not current_user.is_authenticated:
        return None
    role: Role = current_user.role
    return role


def current_actor() -> Actor:
    """Return who makes this request: a person, a program by its token's name, else `system`."""
    if current_role() is None:
        program = g.get("api_token") if has_request_context() else None
        return Actor(None, f"token: {program}" if program else "system")
    return Actor(current_user.user_id, current_user.email)
