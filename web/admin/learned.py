"""Owns the page on which an organiser sees what past answers say about the weights, and uses it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import abort, flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField

from actors.pairing import learning
from actors.wording import percents
from models import clock, schedule
from models.base import db
from models.event import Event
from web.admin.deeds import record_deed
from web.admin.event_cancel import CancellingView
from web.admin.forms import DeskForm, check_button
from web.admin.labels import code_label

USUAL = "usual"
_NOT_SHARES = "These are no weights that add up to 100 %; nothing was changed."


class WeightsForm(DeskForm):
    """The event, the weights in hundredths or that the usual ones are wanted, and the token."""

    id = HiddenField()
    weights = HiddenField()


class Line(NamedTuple):
    """One factor: its weight now, the proposed one, and how far that may be off, in percent."""

    name: str
    now: int
    proposed: int
    give_or_take: int


class LearnedView(CancellingView):
    """The events' view with a page of learned weights."""

    @expose("/weights/", methods=("GET", "POST"))
    def weights_view(self) -> Any:
        """Show the proposal beside the event's weights; a button uses it for this event."""
        form = WeightsForm(request.form, id=request.args.get("id", ""))
        row = self.get_one(form.id.data)
        if request.method == "POST":
            if not self.may_change():
                abort(403)
            check_button(form)
            _use(row, form.weights.data or "")
            return redirect(self.get_url(".weights_view", id=row.id))
        proposal = learning.propose(row)
        wanted = percents.rounded(proposal.learned.weights)
        return self.render(
            "desk/learned.html",
            model=row,
            form=form,
            proposal=proposal,
            lines=_lines(proposal, wanted),
            wanted=",".join(str(round(100 * weight)) for weight in wanted.values()),
            usual=USUAL,
            may_change=self.may_change() and row.cancelled_at is None,
        )


def _lines(proposal: learning.Proposal, wanted: Mapping[str, float]) -> list[Line]:
    errors = proposal.learned.standard_errors
    return [
        Line(
            code_label(name),
            round(100 * proposal.current[name]),
            round(100 * weight),
            # Two standard errors: 19 times of 20 the truth lies within.
            round(200 * errors[name]),
        )
        for name, weight in wanted.items()
    ]


def _use(row: Event, text: str) -> None:
    weights = None if text == USUAL else percents.weights_in(text)
    if weights is None and text != USUAL:
        flash(_NOT_SHARES, "error")
        return
    now = clock.now()
    with db.atomic():
        schedule.lock(row.id)
        Event.update(weights=weights, updated_at=now).where(Event.id == row.id).execute()
        record_deed(row, "weights_changed", {"weights": weights}, now=now)
    which = "the learned weights" if weights else "the usual weights"
    flash(
        f"Matching at {row.name} uses {which} from now on. Matches that are made stay.", "success"
    )
