"""Owns the pages that start and end a session; the only admin pages open to strangers."""

import logging
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from models import clock
from web.admin.forms import DeskForm
from web.auth import MAX_PASSWORD_LENGTH, sign_in, sign_out

logger = logging.getLogger(__name__)
blueprint = Blueprint("admin_session", __name__, url_prefix="/admin")

REFUSED = "E-mail or password is wrong."


class SignInForm(DeskForm):
    email = StringField("E-mail", [InputRequired("Enter your e-mail."), Length(max=255)])
    password = PasswordField(
        "Password", [InputRequired("Enter your password."), Length(max=MAX_PASSWORD_LENGTH)]
    )
    next = HiddenField()


class SignOutForm(DeskForm):
    """Nothing but its token."""


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Any:
    """Ask for e-mail and password, and say the same for every failure."""
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    form = SignInForm(request.form, next=request.args.get("next", ""))
    problem = None
    if request.method == "POST":
        if "\x00" not in (form.email.data or "") and form.validate():
            if sign_in(form.email.data.strip(), form.password.data, now=clock.now()):
                return redirect(_local_path(form.next.data))
            logger.warning("sign-in refused", extra={"address": request.remote_addr})
            problem = REFUSED
        elif "csrf_token" in form.errors:
            problem = "This page was open for too long. Please try again."
        else:
            problem = REFUSED
    return render_template("desk/login.html", form=form, problem=problem), 400 if problem else 200


@blueprint.route("/logout", methods=["POST"])
def logout() -> Any:
    """End the session, when the request comes from our own page."""
    if not SignOutForm(request.form).validate():
        return redirect(url_for("admin.index"))
    sign_out()
    return redirect(url_for("admin_session.login"))


def sign_out_token() -> str:
    """Return the token for the sign-out button that every page has."""
    token: str = SignOutForm().csrf_token.current_token
    return token


def _local_path(target: str | None) -> str:
    """Return the page to go on to, never one of another site."""
    if target and target.startswith("/admin/") and "\\" not in target and target.isprintable():
        return target
    return url_for("admin.index")
