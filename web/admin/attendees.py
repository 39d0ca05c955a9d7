"""Owns the attendees view: check-in and consent by hand, never over an opt-out."""

from datetime import datetime
from typing import Any

from flask import flash, request, url_for
from wtforms import BooleanField

from models.attendee import EventAttendee
from models.check_in import check_in
from models.contractor import Contractor
from models.eligibility import has_phone, has_substance, is_opted_out
from models.event import Event
from models.message import EventMessage
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch
from models.schedule import lock, request_top_up
from web.admin import bulk_people
from web.admin.bulk import BulkView
from web.admin.deeds import record_change
from web.admin.filters import PersonFilter, YesNoFilter, event_filter
from web.admin.listing import Join
from web.admin.pickers import contractor_picker, event_picker
from web.admin.present import record_label
from web.admin.saving import Refused, Saved
from web.auth import current_actor

METHOD = "admin"
_event = Event.alias()
_contractor = Contractor.alias()


class AttendeeView(BulkView):
    bulk = (bulk_people.check_in(), bulk_people.opt_in(), bulk_people.opt_out("attendees"))
    allows_create = allows_edit = allows_delete = True
    noun = "attendee"
    empty_message = "Nobody is registered yet. Add somebody, or import a CSV file."
    joins = (
        Join("event", EventAttendee.event, _event, (_event.id, _event.name, _event.timezone)),
        Join(
            "contractor",
            EventAttendee.contractor,
            _contractor,
            (
                _contractor.id, _contractor.first_name, _contractor.last_name,
                _contractor.company_name, _contractor.phone,
            ),
        ),
    )  # fmt: skip
    column_list = (
        "contractor", "contractor.company_name", "event", "check_in_time", "sms_opt_in",
        "contractor.phone",
    )  # fmt: skip
    column_details_list = (
        "contractor", "event", "check_in_time", "check_in_method", "sms_opt_in",
        "sms_consent_at", "sms_consent_source", "qr_code_data", "created_at", "updated_at",
    )  # fmt: skip
    column_export_list = (*column_list, *column_details_list[5:8])
    column_labels = {"contractor": "Person"}
    column_sortable_list = (
        ("contractor", _contractor.last_name),
        ("contractor.company_name", _contractor.company_name),
        ("event", _event.name),
        "check_in_time",
    )
    search_columns = (
        _contractor.first_name, _contractor.last_name, _contractor.company_name,
        EventAttendee.qr_code_data,
    )  # fmt: skip
    phone_column = _contractor.phone
    column_filters = (
        event_filter(EventAttendee.event),
        YesNoFilter("here", "Checked in", EventAttendee.check_in_time.is_null(False)),
        YesNoFilter("sms", "May be texted", EventAttendee.sms_opt_in),
        YesNoFilter("phone", "Has a phone", has_phone(_contractor)),
        YesNoFilter("profile", "Has a profile", has_substance(_contractor)),
        YesNoFilter("out", "Opted out", is_opted_out(_contractor)),
        PersonFilter(EventAttendee.contractor),
    )
    pickers = (event_picker(), contractor_picker())
    fixed_after_creation = ("event", "contractor")
    sections = (
        ("Who and where", ("event", "contractor")),
        ("At the door", ("checked_in", "sms_opt_in", "qr_code_data")),
    )
    form_args = {
        "sms_opt_in": {"description": "Only when the person agreed. Recorded with your name."},
        "qr_code_data": {"description": "Empty: a new code."},
    }
    form_extra_fields = {"checked_in": BooleanField("Checked in")}

    def on_form_prefill(self, form: Any, id: Any) -> None:
        """Tick who is here."""
        if form._obj is not None and not form.errors:
            form.checked_in.data = form._obj.check_in_time is not None

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Record where a consent comes from; refuse it over an opt-out."""
        # The batch changes this row before it reads the pool, so neither misses the other.
        lock(row.event_id)
        if row.contractor.erased_at is not None:
            raise Refused("This person was erased. Nothing was saved.")
        before = None if is_new else EventAttendee.get_by_id(row.id)
        was_opted_in = before is not None and before.sms_opt_in
        if not row.qr_code_data:
            row.__data__.pop("qr_code_data", None)
        if not form.checked_in.data:
            row.check_in_time = row.check_in_method = None
        if row.sms_opt_in and not was_opted_in:
            _consent(row, now)

    def after_save(self, form: Any, row: Any, saved: Saved) -> None:
        """Check the person in as the door does; ask for a top-up when matching has run."""
        event = lock(row.event_id)
        if form.checked_in.data and row.check_in_time is None:
            check_in(event, row.contractor_id, method=METHOD, now=saved.now)
            record_change(row, "checked_in", set(), now=saved.now)
        elif row.check_in_time is not None and row.sms_opt_in and "sms_opt_in" in saved.changed:
            request_top_up(event, now=saved.now)

    def refuse_delete(self, row: Any) -> str | None:
        """Keep whoever was matched or texted at the event."""
        person = row.contractor_id
        is_theirs = (EventPeerMatch.contractor1 == person) | (EventPeerMatch.contractor2 == person)
        matched = EventPeerMatch.select().where(is_theirs & (EventPeerMatch.event == row.event_id))
        texted = EventMessage.select().where(
            (EventMessage.contractor == person) & (EventMessage.event == row.event_id)
        )
        if not (matched.exists() or texted.exists()):
            return None
        return f"{record_label(row)} stays: matches or texts of this event belong to them."

    def list_links(self) -> list[tuple[str, str]]:
        """Return the way to the import, for the event whose list it is."""
        event = request.args.get("event")
        return [("Import CSV", url_for("imports.index", event=event))] if self.may_change() else []

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return this person's matches and texts at the event."""
        place = {"event": row.event_id, "contractor": row.contractor_id}
        return [
            ("Person", url_for("contractors.details_view", id=row.contractor_id)),
            ("Matches", url_for("matches.index_view", **place)),
            ("Texts", url_for("messages.index_view", **place)),
            *([("Write a text", _write_page(row))] if self.may_change() else []),
        ]


def _write_page(row: EventAttendee) -> str:
    return url_for("events.write_view", id=row.event_id, person=row.contractor_id)


def _consent(row: EventAttendee, now: datetime) -> None:
    number = row.contractor.phone
    if number and has_opted_out(number):
        raise Refused(
            f"{record_label(row.contractor)} sent STOP from this phone. Only a START from the "
            "phone itself allows texts again; nothing was saved."
        )
    if not number:
        flash("Saved, but without a phone nobody can text this person.", "warning")
    row.sms_consent_at = now  # type: ignore[assignment]
    row.sms_consent_source = f"{METHOD}: {current_actor().name}"
