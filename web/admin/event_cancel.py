"""Owns calling off an event: what it does, in numbers, and who is told."""

from dataclasses import asdict
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from actors.control import event_cancelling
from models import clock
from models.base import db
from models.event import Event
from web.admin.deeds import record_deed
from web.admin.forms import DeskForm, is_sent
from web.admin.message_actions import texts
from web.admin.steps import STALE, SteeredView

_CHOOSE = "Choose whether they are told; it can not be made up for later."


class CancelForm(DeskForm):
    """The event, and the answer that has no default."""

    id = HiddenField()
    tell = RadioField(
        validators=[InputRequired(_CHOOSE)], choices=[SelectChoice("yes"), SelectChoice("no")]
    )


class CancellingView(SteeredView):
    """The events' view with a page that calls one off."""

    def buttons(self, row: Any) -> list[tuple[str, str, bool]]:
        """Return the usual buttons, and the one that leads here while the event stands."""
        found = super().buttons(row)
        if row.cancelled_at is None and self.may_change():
            address = self.get_url(".cancel_view", id=row.id)
            return [*found, ("Cancel event", address, True)]
        return found

    @expose("/cancel/", methods=("GET", "POST"))
    def cancel_view(self) -> Any:
        """Ask whom to tell, then cancel the event and everything that waits."""
        form = CancelForm(request.form, id=request.args.get("id", ""))
        row = self.get_one(form.id.data)
        if row.cancelled_at is not None:
            flash(STALE, "warning")
            return redirect(self.get_url(".details_view", id=row.id))
        effect = event_cancelling.effect(row.id)
        if not effect.introduced:
            del form.tell
        if not is_sent(form):
            return self.render("desk/cancel_event.html", model=row, form=form, effect=effect)
        _cancel(row, tell_introduced="tell" in form and form.tell.data == "yes")
        return redirect(self.get_url(".details_view", id=row.id))


def _cancel(row: Event, *, tell_introduced: bool) -> None:
    now = clock.now()
    with db.atomic():
        done = event_cancelling.cancel_event(row.id, tell_introduced=tell_introduced, now=now)
        is_ours = Event.get_by_id(row.id).cancelled_at == now
        if is_ours:
            record_deed(row, "cancelled", asdict(done), now=now)
    if not is_ours:
        flash(STALE, "warning")
        return
    told = f"{done.told:,} of those introduced are told" if tell_introduced else "nobody is told"
    air = f" {texts(done.in_the_air)} left at that moment." if done.in_the_air else ""
    flash(f"The event is cancelled, and with it {texts(done.texts)}; {told}.{air}", "success")
