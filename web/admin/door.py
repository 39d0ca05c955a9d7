"""Owns an event's door: find a person or scan their badge, check them in, take a slip back."""

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from wtforms import BooleanField, HiddenField, StringField

from models import clock, door
from models.attendee import EventAttendee
from models.base import db
from models.check_in import UnknownContractorError, attendee_by_code, check_in
from models.door import Undo
from models.event import Event
from web.admin.deeds import record_deed
from web.admin.event_cancel import CancellingView
from web.admin.forms import DeskForm, check_button
from web.admin.guard import parse_id, record_id
from web.admin.present import record_label, zone_of

MOST_LETTERS = 100
# Shorter ones could be a name or a phone's last digits: then a person has to choose.
SHORTEST_TYPED_CODE = 8
_UNDONE = {
    Undo.DONE: ("good", "{} is not checked in any more."),
    Undo.TOO_LATE: ("warn", "Ten seconds are over: {} stays checked in."),
    Undo.MATCHED: ("warn", "Matching has begun with {}, who stays checked in."),
    Undo.CHANGED: ("warn", "Somebody else has changed this check-in since; nothing was undone."),
}  # fmt: skip


class CheckInForm(DeskForm):
    """An event, a person by id or by badge, whether they agree to texts, and the token."""

    id = HiddenField()
    person = HiddenField()
    code = StringField()
    typed = HiddenField()
    consent = BooleanField(default=False)


class UndoForm(DeskForm):
    """An attendee, the moment of the check-in to take back, and the token."""

    id = HiddenField()
    attendee = HiddenField()
    made_at = HiddenField()


class DoorView(CancellingView):
    """The events' view with a page for the door of each."""

    @expose("/door/")
    def door_view(self) -> str:
        """Show the box to type in, who fits what was typed, and who just came."""
        row = self.get_one(request.args.get("id", ""))
        key = parse_id(request.args.get("done", ""))
        done = door.person(row.id, key) if key else None
        return self.render("desk/door.html", **self._values(row, _typed(), done))

    @expose("/door/found/")
    def door_found_view(self) -> str:
        """Return who fits what was typed."""
        row = self.get_one(request.args.get("id", ""))
        return self.render("desk/door/found.html", **self._found(row, _typed()))

    @expose("/door/count/")
    def door_count_view(self) -> str:
        """Return how many are here."""
        row = self.get_one(request.args.get("id", ""))
        return self.render("desk/door/count.html", count=door.count(row.id))

    @expose("/door/check-in/", methods=("POST",))
    def check_in_view(self) -> Any:
        """Check in whoever was tapped, or whose badge was scanned or typed."""
        form = CheckInForm(request.form)
        check_button(form)
        row = self.get_one(form.id.data)
        person, code = parse_id(form.person.data), (form.code.data or "").strip()
        if person is None and code:
            badge = attendee_by_code(row.id, code)
            person = badge.contractor_id if badge else None
        if person is None:
            if not code and not form.typed.data:
                abort(404, "There is no such person.")
            # What was typed and is no badge's code is a name: then nothing is wrong.
            note = None if form.typed.data else ("warn", "No badge of this event has this code.")
            return self._answer(row, note=note, typed=form.typed.data or code)
        done = _check_in(row, person, is_consenting=bool(form.consent.data))
        return self._answer(row, done=done)

    @expose("/door/undo/", methods=("POST",))
    def undo_view(self) -> Any:
        """Take back a check-in that was a slip."""
        form = UndoForm(request.form)
        check_button(form)
        row, key = self.get_one(form.id.data), record_id(form.attendee.data)
        made_at = _moment(form.made_at.data)
        attendee = door.person(row.id, key)
        if attendee is None:
            abort(404, "There is no such record; somebody may have deleted it.")
        now = clock.now()
        with db.atomic():
            result = door.undo(row.id, key, made_at=made_at, now=now)
            if result == Undo.DONE:
                record_deed(attendee, "check_in_undone", {}, now=now)
        mood, words = _UNDONE[result]
        return self._answer(row, note=(mood, words.format(record_label(attendee.contractor))))

    def _answer(
        self,
        row: Event,
        *,
        done: EventAttendee | None = None,
        note: tuple[str, str] | None = None,
        typed: str = "",
    ) -> Any:
        """Return the parts that changed; a browser without script gets the whole page anew."""
        typed = typed.strip()[:MOST_LETTERS]
        if request.headers.get("HX-Request"):
            return self.render("desk/door/answer.html", note=note, **self._values(row, typed, done))
        if note is not None:
            mood, words = note
            flash(words, {"good": "success", "warn": "warning"}[mood])
        key = done.id if done is not None else None
        return redirect(self.get_url(".door_view", id=row.id, done=key, q=typed or None))

    def _values(self, row: Event, typed: str, done: EventAttendee | None) -> dict[str, Any]:
        is_undoable = done is not None and door.may_undo(done, clock.now())
        return {
            "done": done, "is_undoable": is_undoable, "undo_form": UndoForm(),
            "undo_seconds": int(door.UNDO_FOR.total_seconds()),
            "shortest_code": SHORTEST_TYPED_CODE, "count": door.count(row.id),
            **self._found(row, typed),
        }  # fmt: skip

    def _found(self, row: Event, typed: str) -> dict[str, Any]:
        found = door.find(row.id, typed)
        return {
            "model": row, "typed": typed, "found": found, "most": door.MOST_FOUND,
            "strangers": [] if found else door.strangers(row.id, typed),
            "is_enough": door.is_enough(typed), "form": CheckInForm(formdata=None),
            "may_change": self.may_change(), "label": record_label, "clock": _clock_of(row),
        }  # fmt: skip


def _typed() -> str:
    return request.args.get("q", "").strip()[:MOST_LETTERS]


def _clock_of(row: Event) -> Any:
    zone = zone_of(row)
    return lambda moment: f"{moment.astimezone(zone):%I:%M %p}".lstrip("0")


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        abort(400, "The button names no moment; open the page again.")
    if moment.tzinfo is None:
        abort(400, "The button names no moment; open the page again.")
    return moment


def _check_in(row: Event, person: int, *, is_consenting: bool) -> EventAttendee:
    now = clock.now()
    source = door.METHOD if is_consenting else None
    try:
        with db.atomic():
            done = check_in(row, person, method=door.METHOD, now=now, consent_source=source)
            has_agreed = bool(done.attendee.sms_consent_at == now)
            if done.is_new or has_agreed:
                deed = "checked_in" if done.is_new else "consented"
                record_deed(done.attendee, deed, {"consent": has_agreed}, now=now)
    except UnknownContractorError:
        abort(404, "There is no such person; somebody may have deleted them.")
    attendee = door.person(row.id, done.attendee.id)
    if attendee is None:
        abort(404, "There is no such record; somebody may have deleted it.")
    return attendee
