"""Owns the page of API tokens: made and shown once, then only told apart, used and revoked."""

from datetime import datetime
from typing import Any

from flask import request
from flask_admin import expose
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from models import api_token
from models.admin_user import AdminUser
from models.api_token import ApiToken, Scope
from web.admin.base import AdminOnly
from web.admin.filters import YesNoFilter
from web.admin.labels import code_label
from web.admin.listing import Join
from web.admin.present import local_time, zone_of
from web.admin.saving import Refused
from web.admin.steps import SteeredView, Step
from web.auth import current_actor

MOST_TOKENS = 50
_maker = AdminUser.alias()


class TokenView(AdminOnly, SteeredView):
    """Tokens are revoked, never deleted: what they did stays explained."""

    allows_create = True
    adds_more = False
    noun = "token"
    intro = (
        "For programs that call the API. A token is shown once, when it is made; "
        "revoking it shuts its program out at once."
    )
    empty_message = "No tokens yet. Make one for each program, so that each can be shut out alone."
    joins = (
        Join("created_by", ApiToken.created_by, _maker, (_maker.id, _maker.name, _maker.email)),
    )
    column_list = ("name", "scope", "ending", "last_used_at", "revoked_at")
    column_details_list = (*column_list, "created_by", "created_at")
    column_labels = {"ending": "Ends in", "created_by": "Made by", "created_at": "Made"}
    column_sortable_list = ("name", "last_used_at", "revoked_at")
    column_formatters = {
        "scope": lambda row: code_label(f"scope_{row.scope}"),
        "ending": lambda row: f"…{row.ending}",
    }
    search_columns = (ApiToken.name,)
    column_filters = (YesNoFilter("revoked", "Revoked", ApiToken.revoked_at.is_null(False)),)
    sections = (("Token", ("name", "scope")),)
    form_overrides = {"scope": SelectField}
    form_args = {
        "name": {"description": "The program that will use it, such as “Door tablet”."},
        "scope": {
            "choices": [
                SelectChoice(Scope.READ.value, "Look: agendas, matches, numbers"),
                SelectChoice(Scope.WRITE.value, "Look and change: check in, run matching too"),
            ]
        },
    }

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Ask for a name and a scope, then show the token, this one time."""
        form = self.create_form()
        if request.method == "POST" and self.validate_form(form):
            row = self.create_model(form)
            if row:
                return self.render("desk/token_made.html", model=row, secret=row.secret)
        back = self.get_url(".index_view")
        return self.render(self.create_template, form=form, model=None, return_url=back)

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Give the row its token, which is kept as a hash."""
        if ApiToken.select().where(ApiToken.revoked_at.is_null()).count() >= MOST_TOKENS:
            raise Refused(f"There are {MOST_TOKENS} tokens in use; revoke one first.")
        row.secret = api_token.new_secret()
        row.token_hash, row.ending = api_token.hash_of(row.secret), row.secret[-4:]
        row.created_by, row.created_at = current_actor().admin_user_id, now

    def steps(self, row: Any) -> list[Step]:
        """Return the one thing that can be done with a token."""
        if row.revoked_at is not None:
            return []
        used = row.last_used_at and local_time(row.last_used_at, zone_of(row))
        return [
            Step(
                code="revoked",
                label="Revoke",
                question=f"Revoke the token “{row.name}”?",
                effect=(
                    "The API refuses it from the next call on, and nothing brings it back.",
                    f"It was last used {used}." if used else "It was never used.",
                ),
                do=lambda now: 1 if api_token.revoke(row.id, now=now) else None,
                done=lambda _count: f"Revoked: {row.name}.",
                is_grave=True,
                counts="tokens",
            )
        ]
