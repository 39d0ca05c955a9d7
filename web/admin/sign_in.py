"""Owns the pages that start and end a session; the only admin pages open to strangers."""

import logging
import math
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from models import clock
from web import clients
from web.admin.forms import DeskForm
from web.auth import MAX_PASSWORD_LENGTH, TooManyTries, sign_in, sign_out

logger = logging.getLogger(__name__)
blueprint = Blueprint("admin_session", __name__, url_prefix="/admin")

REFUSED = "E-mail or password is wrong."
STALE = "This page was open for too long. Please try again."
TOO_MANY = (
    "Too many wrong passwords. Try again in {} minute{}, or ask an admin to let you in: Accounts, "
    "your name, “Let in now”."
)


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
    if request.method == "GET":
        return _page(form, None, 200)
    is_filled = "\x00" not in (form.email.data or "") and form.validate()
    if "csrf_token" in form.errors:
        return _page(form, STALE, 400)
    if not is_filled:
        return _page(form, REFUSED, 400)
    now = clock.now()
    try:
        user = sign_in(form.email.data, form.password.data, now=now)
    except TooManyTries as refused:
        return _wait(form, refused.until - now)
    if user is None:
        logger.warning("sign-in refused", extra={"address": clients.address()})
        return _page(form, REFUSED, 400)
    answer = make_response(redirect(_local_path(form.next.data)))
    clients.remember(answer, user.id)
    return answer


def _page(form: SignInForm, problem: str | None, status: int) -> Response:
    return make_response(render_template("desk/login.html", form=form, problem=problem), status)


def _wait(form: SignInForm, left: timedelta) -> Response:
    logger.warning("sign-in stopped", extra={"address": clients.address()})
    seconds = max(1, math.ceil(left.total_seconds()))
    minutes = math.ceil(seconds / 60)
    answer = _page(form, TOO_MANY.format(minutes, "s" * (minutes != 1)), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@blueprint.route("/logout", methods=["POST"])
def logout() -> Any:
    """End the person's sessions, when the request comes from our own page."""
    if not SignOutForm(request.form).validate():
        return redirect(url_for("admin.index"))
    sign_out()
    flash("You are signed out, on every device.", "success")
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
