"""Owns the people who may sign in, their role and their hashed password."""

from enum import StrEnum

from peewee import BooleanField, CharField, IntegerField, TextField, fn

from models.base import Table, UtcDateTimeField, default, one_of


class Role(StrEnum):
    """Each role may do what the one before it may: look, run events, manage people."""

    VIEWER = "viewer"
    ORGANISER = "organiser"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class AdminUser(Table):
    email = CharField()
    name = CharField(default="", constraints=default("''"))
    role = CharField(default=Role.VIEWER, constraints=default("'viewer'"))
    password_hash = TextField()
    is_active = BooleanField(default=True, constraints=default("true"))
    last_login_at = UtcDateTimeField(null=True)
    # Sessions of an earlier version have ended.
    session_version = IntegerField(default=1, constraints=default("1"))
    # When an admin last let the owner in past an attack from everywhere.
    unlocked_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "admin_users"
        constraints = [one_of("role", Role)]


AdminUser.add_index(
    AdminUser.index(fn.lower(AdminUser.email), name="admin_users_email_lower", unique=True)
)
