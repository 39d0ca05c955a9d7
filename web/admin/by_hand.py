"""Owns the pages on which an organiser writes one text to one person of an event."""

import re
import secrets
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_admin import expose
from wtforms import HiddenField
from wtforms.validators import Regexp

from actors.conversation import by_hand
from actors.conversation.by_hand import Prospect
from actors.conversation.inbox_answers import EVENT_IS_OFF, MOST_CHARACTERS, NotAllowed
from actors.wording import parts
from models import clock, door
from models.attendee import EventAttendee
from models.base import db
from models.contractor import Contractor
from models.event import Event
from web.admin.deeds import record_deed
from web.admin.door import MOST_LETTERS
from web.admin.event_cancel import CancellingView
from web.admin.forms import NO_TOKEN, DeskForm, SmsField, is_sent
from web.admin.guard import record_id
from web.admin.present import clock_time, record_label, zone_of

MOST_EVENTS = 3
_FORM_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


class WriteForm(DeskForm):
    """An event, a person, a text, and what makes a second press of the button the same as one."""

    id = HiddenField()
    person = HiddenField()
    once = HiddenField(validators=[Regexp(_FORM_TOKEN, message="Open the page again.")])
    confirmed = HiddenField()
    text = SmsField("Your text", most=MOST_CHARACTERS)


class ByHandView(CancellingView):
    """The events' view with a page to write to one of its people."""

    @expose("/write/", methods=("GET", "POST"))
    def write_view(self) -> Any:
        """Let somebody write, show how it travels and when it leaves, then plan it."""
        values = request.form if request.method == "POST" else request.args
        row = self.get_one(values.get("id", ""))
        if not values.get("person"):
            return self._choose(row)
        form = WriteForm(request.form, id=row.id, person=values["person"])
        attendee = _attendee(row, values["person"])
        is_ready = is_sent(form)
        if "once" in form.errors:
            abort(400, NO_TOKEN)
        refused = by_hand.why_not(attendee)
        if is_ready and not refused and form.confirmed.data == "yes":
            _send(attendee, form.text.data, form.once.data)
            return redirect(url_for("contractors.conversation", id=attendee.contractor_id))
        form.once.data = form.once.data or secrets.token_urlsafe(12)
        is_asked = is_ready and not refused and form.confirmed.data != "edit"
        form.confirmed.data = "yes" if is_asked else ""
        seen = _prospect(attendee, form.text.data or "")
        return self.render(
            "desk/write.html", model=row, form=form, refused=refused, is_asked=is_asked,
            who=record_label(attendee.contractor), attendee=attendee, most=MOST_CHARACTERS,
            seen=seen, notes=_notes(attendee, seen), **_size(seen),
        )  # fmt: skip

    @expose("/write/size/", methods=("POST",))
    def write_size_view(self) -> str:
        """Return how the text reads and travels, for the script of the page above."""
        form = WriteForm(request.form)
        row = self.get_one(form.id.data)
        attendee = _attendee(row, form.person.data)
        is_sent(form)
        seen = _prospect(attendee, form.text.data or "")
        return self.render("desk/write_size.html", form=form, seen=seen, **_size(seen))

    def _choose(self, row: Event) -> Any:
        if row.cancelled_at is not None:
            flash(EVENT_IS_OFF, "warning")
            return redirect(self.get_url(".desk_view", id=row.id))
        typed = request.args.get("q", "").strip()[:MOST_LETTERS]
        return self.render(
            "desk/write_to.html", model=row, typed=typed, found=door.find(row.id, typed),
            is_enough=door.is_enough(typed), most=door.MOST_FOUND, label=record_label,
        )  # fmt: skip


def writable_events(person: Contractor) -> list[Event]:
    """Return the person's newest events that stand, at which they may be written to."""
    return list(
        Event.select()
        .join(EventAttendee)
        .where((EventAttendee.contractor == person.id) & Event.cancelled_at.is_null())
        .order_by(Event.date.desc(), Event.id.desc())
        .limit(MOST_EVENTS)
    )


def _attendee(row: Event, person: str | None) -> EventAttendee:
    attendee: EventAttendee | None = (
        EventAttendee.select(EventAttendee, Contractor)
        .join(Contractor)
        .where((EventAttendee.event == row.id) & (EventAttendee.contractor == record_id(person)))
        .first()
    )
    if attendee is None:
        abort(404, "This person is not on the list of this event.")
    attendee.event = row
    return attendee


def _prospect(attendee: EventAttendee, typed: str) -> Prospect:
    config = current_app.config["PEER_CONFIG"]
    return by_hand.prospect(attendee, typed, now=clock.now(), config=config)


def _size(seen: Prospect) -> dict[str, Any]:
    limit = current_app.config["PEER_CONFIG"].text_limit_characters
    return {"size": parts.size(seen.content, limit), "foreign": parts.foreign(seen.content)}


def _notes(attendee: EventAttendee, seen: Prospect) -> list[str]:
    """Return what somebody should know before they send it."""
    name = record_label(attendee.contractor)
    most = current_app.config["PEER_CONFIG"].unsolicited_per_hour
    notes = []
    if attendee.event.is_paused:
        notes.append(
            "Sending is paused at this event, so it waits until somebody resumes it, six hours at "
            "the most."
        )
    if seen.waits_until is not None:
        notes.append(
            f"{name} has had {most} texts within the hour that answer nothing, which is the most. "
            f"This one waits until {clock_time(seen.waits_until, zone_of(attendee))}."
        )
    if seen.quiet_until is not None:
        ends = clock_time(seen.quiet_until, zone_of(attendee))
        notes.append(
            f"It leaves within quiet hours: most people sleep until {ends}. It is not held back."
        )
    return notes


def _send(attendee: EventAttendee, typed: str, form_token: str) -> None:
    now, name = clock.now(), record_label(attendee.contractor)
    try:
        with db.atomic():
            planned = by_hand.write(attendee.id, typed, form_token=form_token, now=now)
            if planned is not None:
                record_deed(attendee, "texted", {"text": planned}, now=now)
    except NotAllowed as refused:
        flash(f"Nothing was sent. {refused}", "error")
        return
    if planned is None:
        flash(
            "A text from this page is planned already, and nothing more was sent; "
            "open the page again to write another.",
            "info",
        )
    else:
        flash(f"Your text to {name} leaves in its turn.", "success")
