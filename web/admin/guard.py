"""Owns who may open an admin page, and what anybody sees who may not or who sends nonsense."""

from collections.abc import Callable
from typing import Any

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView
from flask_login import current_user
from peewee import DataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from models.admin_user import Role
from models.base import LARGEST_INTEGER
from web.auth import current_role

_CHANGES = {
    "create_view": "can_create",
    "edit_view": "can_edit",
    "delete_view": "can_delete",
    "export": "can_export",
    "file_view": "can_take_along",
    "bulk_view": "can_step",
    "step_view": "can_step",
    "cancel_view": "can_step",
    "all_view": "can_step",
    "done_view": "can_step",
    "answer_view": "can_step",
    "desk_step_view": "can_step",
    "lunch_view": "can_step",
    "what_if_use_view": "can_step",
    "check_in_view": "can_step",
    "undo_view": "can_step",
    "write_view": "can_step",
    "write_size_view": "can_step",
    "rule_view": "can_step",
    "unrule_view": "can_step",
    "swap_view": "can_step",
    "swap_do_view": "can_step",
    "erase_view": "can_erase",
}


class GuardedView(BaseView):
    """A page for people who are signed in and whose role includes `look_role`.

    Attributes
    ----------
    look_role, change_role : Role
        The least that somebody needs to see the page, and to change what it shows.
    """

    look_role = Role.VIEWER
    change_role = Role.ORGANISER

    def is_accessible(self) -> bool:
        """Whether the menu shows this page to whoever asks."""
        role = current_role()
        return role is not None and role.includes(self.look_role)

    def may_change(self) -> bool:
        """Whether whoever asks may change what this page shows."""
        role = current_role()
        return role is not None and role.includes(self.change_role)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        """Send strangers to the sign-in page, refuse the rest."""
        if current_user.is_authenticated:
            return self.error_page(403, "Your role does not allow this page.")
        if request.method == "GET" and name != "ajax_lookup":
            return redirect(url_for("admin_session.login", next=request.full_path.rstrip("?")))
        return redirect(url_for("admin_session.login"))

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        refused = super()._handle_view(name, **kwargs)
        if refused is not None:
            return refused
        try:
            has_nul = _has_nul()
        except RequestEntityTooLarge:
            return self.error_page(413, "What was sent is too large. Nothing was kept of it.")
        if has_nul:
            return self.error_page(400, "The request holds a NUL character.")
        needed = _CHANGES.get(name)
        if needed is not None and not getattr(self, needed):
            return self.error_page(403, "Your role does not allow this, or it is not possible.")
        if request.method not in ("GET", "HEAD") and not self.may_change():
            return self.error_page(403, "Your role may look, not change.")
        return None

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # The stock method calls the view a second time after a TypeError, which would save twice.
        try:
            answer = fn(self, *args, **kwargs)
        except HTTPException as error:
            if error.response is not None or error.code is None or error.code < 400:
                raise
            return self.error_page(error.code, error.description or error.name)
        except DataError:
            # A read with a value that no column can hold; saving catches its own.
            return self.error_page(400, "The address holds a value that fits no record.")
        status = g.pop("admin_status", None)
        return (answer, status) if status and isinstance(answer, str) else answer

    def error_page(self, code: int, message: str) -> tuple[str, int]:
        """Return a page that says what is wrong, inside the usual frame."""
        return self.render("desk/error.html", code=code, message=message), code


def _has_nul() -> bool:
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return any("\x00" in key or "\x00" in value for key, value in pairs)


def parse_id(value: Any) -> int | None:
    """Return the number when it can be a row's id, else None."""
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    return int(text) if 0 < int(text) <= LARGEST_INTEGER else None


def record_id(value: Any) -> int:
    """Return a row's id from an address or form; anything else answers 404."""
    number = parse_id(value)
    if number is None:
        abort(404, "There is no such record.")
    return number
