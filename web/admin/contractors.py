"""Owns the contractors view: who they are, and phones that can be texted."""

from datetime import datetime
from typing import Any

from flask import url_for
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from models import phone
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.eligibility import has_phone, has_substance, is_opted_out
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from models.reach import reach
from models.steering import Scope
from web.admin import bulk_people
from web.admin.bulk import BulkView
from web.admin.data_care import DataCareView
from web.admin.filters import YesNoFilter
from web.admin.planned_actions import cancel_all, hold_and_release
from web.admin.present import record_label
from web.admin.saving import Refused
from web.admin.steps import Step
from web.admin.zones import US_ZONES


class ContractorView(DataCareView, BulkView):
    bulk = (bulk_people.opt_out("contractors"),)
    allows_create = allows_edit = allows_delete = True
    noun = "contractor"
    empty_message = "No contractors yet. Add one, or import a CSV file."
    column_list = (
        "full_name", "company_name", "job_title", "phone", "email", "service_area",
        "revenue_tier", "team_size",
    )  # fmt: skip
    column_details_list = (
        "full_name", "email", "phone", "company_name", "job_title", "focus_areas",
        "services_offered", "service_area", "revenue_tier", "annual_revenue", "team_size",
        "timezone", "ghl_contact_id", "created_at", "updated_at", "erased_at",
    )  # fmt: skip
    column_export_list = ("first_name", "last_name", *column_details_list[1:])
    column_sortable_list = (
        ("full_name", Contractor.last_name), "company_name", "job_title", "service_area",
        "revenue_tier", "team_size",
    )  # fmt: skip
    column_formatters = {"full_name": record_label}
    search_columns = (
        Contractor.first_name,
        Contractor.last_name,
        Contractor.company_name,
        Contractor.email,
        Contractor.service_area,
    )
    phone_column = Contractor.phone
    column_filters = (
        YesNoFilter("phone", "Has a phone", has_phone()),
        YesNoFilter("out", "Opted out", is_opted_out()),
        YesNoFilter("profile", "Has a profile", has_substance()),
        YesNoFilter("erased", "Erased", Contractor.erased_at.is_null(False)),
    )
    sections = (
        ("Person", ("first_name", "last_name", "job_title", "company_name")),
        ("Reach", ("phone", "email", "timezone", "ghl_contact_id")),
        (
            "Business",
            (
                "focus_areas", "services_offered", "service_area", "revenue_tier",
                "annual_revenue", "team_size",
            ),
        ),
    )  # fmt: skip
    form_overrides = {"timezone": SelectField, "service_area": StringField}
    form_args = {
        "phone": {"description": "Any way of writing it; US numbers need no +1."},
        "focus_areas": {"description": "One a line, or with commas between."},
        "services_offered": {"description": "One a line, or with commas between."},
        "service_area": {"description": "City and state, such as Austin, TX."},
        "revenue_tier": {"description": "Such as 1M-5M or 31_50_million."},
        "timezone": {
            "choices": [SelectChoice("", "Unknown"), *(SelectChoice(zone) for zone in US_ZONES)]
        },
    }

    def edit_form(self, obj: Any = None) -> Any:
        """Return the form; a zone that the list lacks stays a choice."""
        form = super().edit_form(obj)
        known = {choice.value for choice in form.timezone.choices}
        if obj is not None and obj.timezone and obj.timezone not in known:
            form.timezone.choices = [*form.timezone.choices, SelectChoice(obj.timezone)]
        return form

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Store the phone as E.164, or refuse it."""
        if row.erased_at is not None:
            raise Refused("This person was erased, and nobody can be put in their place.")
        if not (row.full_name or row.company_name):
            raise Refused("Give a name or a company.")
        typed = form.phone.data
        if not typed:
            return
        number = phone.normalize(typed)
        if number is None:
            raise Refused(f"“{typed}” is not a phone number that can be texted. Nothing was saved.")
        row.phone = number
        others = Contractor.select().where((Contractor.phone == number) & (Contractor.id != row.id))
        if form.phone.object_data != number and (others if row.id else _with(number)).exists():
            raise Refused("Another contractor has this phone already.")

    def refuse_delete(self, row: Any) -> str | None:
        """Keep everybody who is on a list, was matched or was texted."""
        pairs = (EventPeerMatch.contractor1 == row) | (EventPeerMatch.contractor2 == row)
        counts = [
            ("matches", EventPeerMatch.select().where(pairs).count()),
            ("texts", EventMessage.select().where(EventMessage.contractor == row).count()),
            ("events", EventAttendee.select().where(EventAttendee.contractor == row).count()),
        ]
        found = [f"{count} {name}" for name, count in counts if count]
        if not found:
            return None
        return f"{record_label(row)} stays: {', '.join(found)} belong to this person."

    def steps(self, row: Any) -> list[Step]:
        """Return what can be done with everything that is planned for this person."""
        scope = Scope(contractor_id=row.id)
        found, whose = reach(scope), f"to {record_label(row)}"
        return [*hold_and_release(scope, found, whose), *cancel_all(scope, found, whose)]

    def list_links(self) -> list[tuple[str, str]]:
        """Return the way to the import."""
        return [("Import CSV", url_for("imports.index"))] if self.may_change() else []

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return the conversation with this person, and their events, matches and texts."""
        return [
            ("Conversation", self.get_url(".conversation", id=row.id)),
            ("Events", url_for("attendees.index_view", contractor=row.id)),
            ("Matches", url_for("matches.index_view", contractor=row.id)),
            ("Texts", url_for("messages.index_view", contractor=row.id)),
        ]


def _with(number: str) -> Any:
    return Contractor.select().where(Contractor.phone == number)
