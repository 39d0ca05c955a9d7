"""Owns doing one thing to many lines of a list: those ticked, or all that fit its filters.

The question names every record it is about, so that a yes to it touches no other; each is changed
only if it still is as it has to be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from models import clock
from web.admin.base import GuardedModelView
from web.admin.forms import DeskForm, is_sent
from web.admin.guard import parse_id

MOST_AT_ONCE = 1_000
LONGEST_NOTE = 120
_OURS = ("do", "all", "ids")


@dataclass(frozen=True)
class Question:
    """What a deed will do to the records that were chosen, in numbers; `able`: to how many."""

    able: int
    words: str
    effect: Sequence[str]


@dataclass(frozen=True)
class Bulk:
    """One thing that can be done to many records at once.

    Attributes
    ----------
    code, label : str
        What the address and the audit log call it, and what the button says.
    ask : callable
        Returns the question about records with these ids.
    do : callable
        Does it to those that still can be, and returns the sentence that says how many were.
        Takes the ids, what was typed, and the time.
    note, hint : str
        What has to be typed with it, if anything.
    is_grave : bool
        Whether it can not be undone.
    """

    code: str
    label: str
    ask: Callable[[list[int]], Question]
    do: Callable[[list[int], str, datetime], str]
    note: str = ""
    hint: str = ""
    is_grave: bool = False


class BulkForm(DeskForm):
    """Records, what to do with them, the list to go back to, and the token."""

    ids = HiddenField()
    do = HiddenField()
    back = HiddenField()


class NotedBulkForm(BulkForm):
    """The same with what has to be typed."""

    note = StringField(validators=[DataRequired("Please fill this in."), Length(max=LONGEST_NOTE)])


class BulkView(GuardedModelView):
    """A table of which many records can be changed at once."""

    bulk: Sequence[Bulk] = ()
    most_at_once = MOST_AT_ONCE

    @property
    def can_step(self) -> bool:
        """Whether whoever asks may do what the buttons say."""
        return self.may_change()

    @expose("/bulk/", methods=("GET", "POST"))
    def bulk_view(self) -> Any:
        """Say what a button does to all that were chosen, and do it when that was read."""
        given = request.form if request.method == "POST" else request.args
        deed = next((each for each in self.bulk if each.code == given.get("do")), None)
        if deed is None:
            abort(404, "There is no such button.")
        form = (NotedBulkForm if deed.note else BulkForm)(request.form)
        if request.method == "GET":
            form.do.data, form.back.data = deed.code, _list_of(request.query_string.decode())
            form.ids.data = ",".join(map(str, self._chosen()))
        ids = _numbers((form.ids.data or "").split(","))
        back = f"{self.get_url('.index_view')}?{_list_of(form.back.data or '')}".rstrip("?")
        if len(ids) > MOST_AT_ONCE:
            flash(f"At most {MOST_AT_ONCE:,} at a time: narrow the list first.", "warning")
            return redirect(back)
        if not ids:
            flash("Nothing was chosen: tick some lines first.", "warning")
            return redirect(back)
        if is_sent(form):
            note = " ".join((form.note.data if deed.note else "").split())
            flash(deed.do(ids, note, clock.now()), "success")
            return redirect(back)
        return self._ask(deed, form, ids, back)

    def _ask(self, deed: Bulk, form: BulkForm, ids: list[int], back: str) -> Any:
        question = deed.ask(ids)
        if not question.able:
            flash(" ".join(["Nothing to do.", *question.effect[1:]]), "warning")
            return redirect(back)
        return self.render(
            "desk/confirm_bulk.html", deed=deed, question=question, form=form,
            address=self.get_url(".bulk_view"), back=back, back_name=self.name,
        )  # fmt: skip

    def _chosen(self) -> list[int]:
        """Return the ids that were ticked, or of all that fit; one too many for more than that."""
        if request.args.get("all") != "1":
            return _numbers(request.args.getlist("ids"))
        args = self._get_list_extra_args()
        query = self.narrowed(args.search, args.filters)
        return self.ids_of(query, None, False, MOST_AT_ONCE + 1)


def _numbers(values: Sequence[str]) -> list[int]:
    found = {parse_id(value) for value in values}
    return sorted(number for number in found if number is not None)


def _list_of(query: str) -> str:
    """Return the part of an address that says which list it was."""
    return urlencode([(key, value) for key, value in parse_qsl(query) if key not in _OURS])
