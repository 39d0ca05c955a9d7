"""Owns the tokens of programs that call the API: named, hashed, with a scope, to be revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from peewee import CharField, ForeignKeyField

from models.admin_user import AdminUser
from models.base import Table, UtcDateTimeField, default, one_of

PREFIX = "pm_"
RANDOM_BYTES = 32
LONGEST = 200
# Often enough to see that a token is in use, seldom enough to cost a busy door nothing.
NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token is good for: to look, or to change things, too."""

    READ = "read"
    WRITE = "write"


class ApiToken(Table):
    """The token itself is shown to whoever makes it and kept nowhere; `ending` tells it by sight.

    It has 256 random bits, so that a plain hash is as good as a slow one.
    """

    name = CharField()
    scope = CharField()
    token_hash = CharField(max_length=64, unique=True)
    ending = CharField(max_length=8)
    created_by = ForeignKeyField(AdminUser, null=True, on_delete="SET NULL")
    last_used_at = UtcDateTimeField(null=True)
    revoked_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "api_tokens"
        constraints = [one_of("scope", Scope)]


def new_secret() -> str:
    """Return a token that nobody has."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def find(token: str) -> ApiToken | None:
    """Return the token's row unless it is revoked; looks for its hash, which tells no timing."""
    if not token.startswith(PREFIX) or len(token) > LONGEST:
        return None
    wanted = (ApiToken.token_hash == hash_of(token)) & ApiToken.revoked_at.is_null()
    found: ApiToken | None = ApiToken.get_or_none(wanted)
    return found


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Keep when the token was last used, to the minute."""
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.update(last_used_at=now).where(ApiToken.id == token.id).execute()


def revoke(token_id: int, *, now: datetime) -> bool:
    """Make the token worthless from now on; False when it was already."""
    stands = (ApiToken.id == token_id) & ApiToken.revoked_at.is_null()
    return bool(ApiToken.update(revoked_at=now).where(stands).execute())
