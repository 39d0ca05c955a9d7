"""Owns what only admins open, accounts and the audit log, and the opt-out list."""

from datetime import datetime
from typing import Any

from flask import url_for
from peewee import fn
from wtforms import PasswordField, SelectField
from wtforms.fields.choices import SelectChoice

from models import clock
from models.admin_user import AdminUser, Role
from models.audit_log import AuditLog
from models.opt_out import SmsOptOut
from models.sign_in_failure import LET_IN_FOR
from web import sessions
from web.admin.base import AdminOnly, HistoryView
from web.admin.filters import ChoiceFilter, DayFilter, YesNoFilter
from web.admin.listing import Join
from web.admin.present import local_time, subject_link, zone_of
from web.admin.saving import Refused, Saved
from web.admin.steps import SteeredView, Step
from web.auth import check_password_rules, current_actor, hash_password, unlock, waits_until

_account = AdminUser.alias()
_NEW = "new-password"
_GUESSED = (
    "Somebody guesses this account's password from many places, so no new browser may try; those "
    "that have signed in before still may."
)


class AdminUserView(AdminOnly, SteeredView):
    """Accounts are switched off, never deleted: the audit log points at them."""

    allows_create = allows_edit = True
    noun = "account"
    column_list = ("name", "email", "role", "is_active", "last_login_at")
    column_details_list = (*column_list, "created_at", "updated_at")
    column_sortable_list = ("name", "email", "role", "last_login_at")
    badge_columns = ("role",)
    column_formatters = {"name": lambda row: row.name or row.email}
    default_order = (fn.lower(AdminUser.email),)
    search_columns = (AdminUser.name, AdminUser.email)
    column_filters = (
        ChoiceFilter("role", "Role", AdminUser.role, Role),
        YesNoFilter("active", "May sign in", AdminUser.is_active),
    )
    sections = (("Account", ("name", "email", "role", "is_active", "password")),)
    form_overrides = {"role": SelectField}
    form_args = {
        "role": {
            "choices": [
                SelectChoice(Role.VIEWER.value, "Viewer: looks"),
                SelectChoice(Role.ORGANISER.value, "Organiser: runs events"),
                SelectChoice(Role.ADMIN.value, "Admin: manages accounts too"),
            ]
        }
    }
    form_extra_fields = {
        "password": PasswordField(
            "Password", description="At least 10 characters.", render_kw={"autocomplete": _NEW}
        )
    }

    def edit_form(self, obj: Any = None) -> Any:
        """Return the form, in which an empty password changes nothing."""
        form = super().edit_form(obj)
        form.password.description = "Leave empty to keep the present one."
        return form

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Hash a new password; keep people from locking themselves out."""
        row.email = row.email.strip()
        typed = form.password.data or ""
        if typed or is_new:
            check_password_rules(typed)
            row.password_hash = hash_password(typed)
            row.session_version += 1
        if _is_own(row, is_new) and not (row.is_active and row.role == Role.ADMIN):
            raise Refused("You can not take your own rights away; another admin can.")

    def after_save(self, form: Any, row: Any, saved: Saved) -> None:
        """Keep whoever changes their own password signed in here, and here only."""
        if "password_hash" in saved.changed and _is_own(row, saved.is_new):
            sessions.start(row, now=saved.now)

    def story(self, row: Any) -> list[str]:
        """Say when the account is under attack."""
        until = waits_until(row, clock.now())
        if until is None:
            return []
        end = local_time(until, zone_of(row))
        return [f"{_GUESSED} It lasts until {end}; “Let in now” ends it for whoever asks you."]

    def steps(self, row: Any) -> list[Step]:
        """Return what helps a person who is kept out."""
        minutes = int(LET_IN_FOR.total_seconds() // 60)
        who = row.name or row.email
        return [
            Step(
                code="unlocked",
                label="Let in now",
                question=f"Let {who} in now?",
                effect=(
                    "Wrong passwords so far are forgotten; the right one stays as it is.",
                    f"For {minutes} minutes a new browser may try even while others are guessing.",
                ),
                do=lambda now: unlock(row, now),
                done=lambda count: f"Forgotten: {count} wrong password{'s' * (count != 1)}.",
                counts="wrong_passwords",
            )
        ]


def _is_own(row: Any, is_new: bool) -> bool:
    return not is_new and row.id == current_actor().admin_user_id


class AuditView(AdminOnly, HistoryView):
    noun = "entry"
    empty_message = "Nothing has been changed yet. Every change is kept here, with who and when."
    joins = (
        Join(
            "admin_user",
            AuditLog.admin_user,
            _account,
            (_account.id, _account.name, _account.email),
        ),
    )
    column_list = ("id", "happened_at", "actor", "action", "subject_type", "subject_id", "detail")
    column_details_list = (*column_list[1:], "admin_user")
    column_labels = {"id": "Entry"}
    column_formatters = {"subject_id": lambda row: subject_link(row.subject_type, row.subject_id)}
    column_sortable_list = ("id", "happened_at", "actor", "action")
    search_columns = (AuditLog.actor, AuditLog.action, AuditLog.subject_type)
    column_filters = (
        DayFilter("from", "From", AuditLog.happened_at),
        DayFilter("to", "To", AuditLog.happened_at, until=True),
    )


class OptOutView(HistoryView):
    noun = "opt-out"
    intro = "These phones get nothing, whatever else says yes. Only START from the phone lifts it."
    empty_message = "Nobody has opted out. A STOP from a phone comes here by itself."
    column_list = ("phone", "opted_out_at", "source", "lifted_at", "lifted_source")
    column_details_list = (*column_list, "created_at")
    column_sortable_list = ("phone", "opted_out_at", "lifted_at")
    search_columns = (SmsOptOut.phone, SmsOptOut.source)
    phone_column = SmsOptOut.phone
    column_filters = (
        YesNoFilter("open", "Still out", SmsOptOut.lifted_at.is_null()),
        DayFilter("from", "Opted out from", SmsOptOut.opted_out_at),
        DayFilter("to", "Opted out to", SmsOptOut.opted_out_at, until=True),
    )

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return whose phone it is, and what was written with it."""
        return [
            ("Who has this phone", url_for("contractors.index_view", search=row.phone)),
            ("Texts", url_for("messages.index_view", search=row.phone)),
        ]

    def title_of(self, row: Any) -> str:
        """Return the phone."""
        return str(row.phone)
