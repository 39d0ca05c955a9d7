"""Owns what an admin does with everything that is kept of one person: hand it over, erase it."""

import io
from dataclasses import asdict
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField

from actors.people import erasing
from actors.people.erasing import NotNowError
from models import clock
from models.admin_user import Role
from models.base import db
from models.erasure import Erased
from models.person_export import document
from web.admin.deeds import record_deed
from web.admin.forms import NO_TOKEN, DeskForm
from web.admin.list_export import note_export
from web.admin.person_chat import PersonChatView
from web.auth import current_role
from web.downloads import nameless_file, send
from web.person_words import goes, stays, to_json


class ErasureForm(DeskForm):
    """A person, and the token."""

    id = HiddenField()


class DataCareView(PersonChatView):
    """The contractors' view with what only admins may do with a person's data."""

    @property
    def can_take_along(self) -> bool:
        """Whether whoever asks may take all that is kept of a person home."""
        return self._is_admin()

    @property
    def can_erase(self) -> bool:
        """Whether whoever asks may erase a person."""
        return self._is_admin()

    def buttons(self, row: Any) -> list[tuple[str, str, bool]]:
        """Return the usual buttons, and for admins those of data care."""
        if not self._is_admin():
            return super().buttons(row)
        export = ("Export all data", self.get_url(".file_view", id=row.id), False)
        if row.erased_at is not None:
            return [export]
        erase = ("Erase person", self.get_url(".erase_view", id=row.id), True)
        return [*super().buttons(row), export, erase]

    @expose("/person.json")
    def file_view(self) -> Any:
        """Send all that is kept of a person; who took it is in the audit log."""
        row = self.get_one(request.args.get("id", ""))
        with db.atomic():
            found = document(row, now=clock.now())
            detail = {"texts": len(found["texts"]), "form": "json"}
            note_export("contractors", detail, subject_id=row.id)
        file = nameless_file()
        file.write(to_json(found).encode())
        file.seek(0, io.SEEK_END)
        return send(file, f"person-{row.id}.json", "application/json")

    @expose("/erase/", methods=("GET", "POST"))
    def erase_view(self) -> Any:
        """Say in numbers what goes and what stays, then erase the person."""
        form = ErasureForm(request.form, id=request.args.get("id", ""))
        row = self.get_one(form.id.data)
        try:
            if request.method == "POST":
                if not form.validate():
                    abort(400, NO_TOKEN)
                _erase(row)
                return redirect(self.get_url(".details_view", id=row.id))
            found = erasing.effect(row.id, now=clock.now())
        except NotNowError as error:
            flash(str(error), "warning")
            return redirect(self.get_url(".details_view", id=row.id))
        return self.render(
            "desk/erase_person.html", model=row, form=form, goes=goes(found), stays=stays(found)
        )

    def _is_admin(self) -> bool:
        role = current_role()
        return role is not None and role.includes(Role.ADMIN)


def _erase(row: Any) -> None:
    now = clock.now()

    def note(done: Erased) -> None:
        record_deed(row, "erased", asdict(done), now=now)

    done = erasing.erase(row.id, now=now, note=note)
    cancelled = f" Cancelled: {done.cancelled:,} texts." if done.cancelled else ""
    flash(f"The person is erased, with {done.texts:,} texts.{cancelled}", "success")
