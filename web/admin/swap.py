"""Owns the pages on which somebody in a match gets another partner before anything has left."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField

from actors.pairing import swap_options, swapping
from actors.pairing.swapping import Moved, NotPossible
from models import clock, swaps
from models.base import db
from models.peer_match import EventPeerMatch
from web.admin.deeds import record_deed
from web.admin.forms import DeskForm, check_button
from web.admin.guard import record_id
from web.admin.message_actions import by, texts
from web.admin.present import record_label
from web.admin.steps import STALE, SteeredView
from web.admin.swap_words import effect, line, tell


class SwapForm(DeskForm):
    """A match, who stays, who comes, what the page said it takes, and the token."""

    id = HiddenField()
    stays = HiddenField()
    partner = HiddenField()
    was = HiddenField()


class SwappingView(SteeredView):
    """The matches' view with a page of other partners, and one that makes the swap."""

    def buttons(self, row: Any) -> list[tuple[str, str, bool]]:
        """Return the usual buttons, and those that lead to another partner or forbid the pair."""
        found = super().buttons(row)
        if not self.may_change() or row.cancelled_at is not None:
            return found
        people = (row.contractor1, row.contractor2)
        if swaps.is_unsent(row):
            found += [
                (
                    f"Other partner for {record_label(person)}",
                    self.get_url(".swap_view", id=row.id, stays=person.id),
                    False,
                )
                for person in people
            ]
        first, second = (person.id for person in people)
        address = self.get_url(
            "events.rule_view", id=row.event_id, first=first, second=second, rule="forbid"
        )
        return [*found, ("Never introduce them", address, False)]

    @expose("/swap/")
    def swap_view(self) -> Any:
        """Show who else could be introduced to the one who stays."""
        row, stays, back = self._wanted(request.args)
        try:
            room = swapping.begin(row, stays, now=clock.now())
        except NotPossible as refused:
            flash(str(refused), "warning")
            return redirect(back)
        found = swap_options.options(room)
        told = tell(room, found)
        return self.render(
            "desk/swap.html", model=row, stays=room.people[stays], leaves=told.names[room.leaves],
            lines=[line(told, one) for one in found], back=back, title=self.title_of(row),
            label=record_label,
        )  # fmt: skip

    @expose("/swap/do/", methods=("GET", "POST"))
    def swap_do_view(self) -> Any:
        """Say what the swap does, and do it when that was read."""
        form = SwapForm(request.form if request.method == "POST" else request.args)
        row, stays, back = self._wanted({"id": form.id.data, "stays": form.stays.data})
        partner = record_id(form.partner.data)
        if request.method == "POST":
            check_button(form)
            made = _swap(row, stays, partner, form.was.data or "")
            return redirect(self.get_url(".details_view", id=made) if made else back)
        page = self.get_url(".swap_view", id=row.id, stays=stays)
        try:
            room = swapping.begin(row, stays, now=clock.now())
        except NotPossible as refused:
            flash(str(refused), "warning")
            return redirect(back)
        option = swapping.choose(room, partner)
        if option is None:
            flash(STALE, "warning")
            return redirect(page)
        form.was.data = swapping.stamp(option)
        told = tell(room, [option])
        return self.render(
            "desk/confirm_step.html", effect=effect(told, option), quote="",
            question=f"Introduce {told.names[stays]} to {told.names[partner]} instead?",
            label="Swap the partner", is_grave=True, form=form,
            address=self.get_url(".swap_do_view"), back=page,
            back_name=f"Other partners for {told.names[stays]}",
        )  # fmt: skip

    def _wanted(self, values: Any) -> tuple[Any, int, str]:
        row = self.get_one(values.get("id", ""))
        stays = record_id(values.get("stays", ""))
        if stays not in (row.contractor1_id, row.contractor2_id):
            abort(404, "There is no such person in this match.")
        return row, stays, self.get_url(".details_view", id=row.id)


def _swap(row: EventPeerMatch, stays: int, partner: int, was: str) -> int | None:
    """Make the swap and write it down in one transaction; return the new match."""
    now = clock.now()
    try:
        with db.atomic():
            done = swapping.swap(row.id, stays, partner, was=was, reason=by("swapped"), now=now)
            detail = {
                "cancelled": done.cancelled,
                "made": done.made,
                "texts_cancelled": done.texts_cancelled,
                "texts_planned": done.texts_planned,
            }
            record_deed(row, "partner_swapped", detail, now=now)
    except NotPossible as refused:
        flash(f"Nothing was changed. {refused}", "warning")
        return None
    except Moved:
        flash(STALE, "warning")
        return None
    flash(
        f"Swapped: {texts(done.texts_cancelled)} taken back, "
        f"{texts(done.texts_planned)} planned in their place.",
        "success",
    )
    return done.made[0]
