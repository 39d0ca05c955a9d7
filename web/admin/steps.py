"""Owns the buttons on a record's page: each asks first, in numbers, and is in the audit log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField

from models import clock
from models.base import db
from web.admin.base import GuardedModelView
from web.admin.deeds import record_deed
from web.admin.forms import DeskForm, check_button

STALE = "Nothing was changed: somebody was faster, or it has moved on since the page was opened."


@dataclass(frozen=True)
class Step:
    """One thing that a person may do to a record as it is now.

    Attributes
    ----------
    code : str
        What the address and the audit log call it.
    label, question : str
        What the button says, and what the page asks that it leads to.
    effect : sequence of str, or a callable that returns it
        What it will do, in numbers; asked for when somebody is about to take the step.
    do : callable
        Does it at a given time; returns how many it changed, None when it came too late.
    done : callable
        Says how many it were.
    is_grave : bool
        Whether it can not be undone.
    quote : str
        The words in question, such as the text itself.
    counts : str
        What `do` counts, as the audit log calls it.
    """

    code: str
    label: str
    question: str
    effect: Sequence[str] | Callable[[], Sequence[str]]
    do: Callable[[datetime], int | None]
    done: Callable[[int], str]
    is_grave: bool = False
    quote: str = ""
    counts: str = "texts"

    def tell(self) -> Sequence[str]:
        """Return what it will do, as things are now."""
        return self.effect() if callable(self.effect) else self.effect


class StepForm(DeskForm):
    """A record, a step, and the token."""

    id = HiddenField()
    do = HiddenField()


class SteeredView(GuardedModelView):
    """A table whose records have steps."""

    def steps(self, row: Any) -> list[Step]:
        """Return what can be done with this record as it is, the usual thing first."""
        return []

    def buttons(self, row: Any) -> list[tuple[str, str, bool]]:
        """Return (text, address, whether it is grave) of what whoever looks may do here."""
        if not self.may_change():
            return []
        return [
            (step.label, self.get_url(".step_view", id=row.id, do=step.code), step.is_grave)
            for step in self.steps(row)
        ]

    @property
    def can_step(self) -> bool:
        """Whether whoever asks may take a step."""
        return self.may_change()

    @expose("/act/", methods=("GET", "POST"))
    def step_view(self) -> Any:
        """Say what a step will do, and do it when that was read."""
        return self.answer_step(self.steps, action=".step_view", page=".details_view")

    def answer_step(self, steps: Callable[[Any], list[Step]], *, action: str, page: str) -> Any:
        """Ask at the address of `action` whether a step is meant, take it, go back to `page`."""
        form = StepForm(request.form if request.method == "POST" else request.args)
        row = self.get_one(form.id.data)
        step = next((step for step in steps(row) if step.code == form.do.data), None)
        back = self.get_url(page, id=row.id)
        if request.method == "POST":
            check_button(form)
            if step is None or take(step, row) is None:
                flash(STALE, "warning")
            return redirect(back)
        if step is None:
            flash(STALE, "warning")
            return redirect(back)
        return self.render(
            "desk/confirm_step.html",
            question=step.question, effect=step.tell(), quote=step.quote, label=step.label,
            is_grave=step.is_grave, form=form, address=self.get_url(action), back=back,
            back_name=self.title_of(row),
        )  # fmt: skip


def take(step: Step, row: Any) -> int | None:
    """Take the step and write it down in one transaction; None when it came too late."""
    now = clock.now()
    with db.atomic():
        changed = step.do(now)
        if changed is not None:
            record_deed(row, step.code, {step.counts: changed}, now=now)
    if changed is not None:
        flash(step.done(changed), "success")
    return changed
