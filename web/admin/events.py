"""Owns the events view: the day's rules, its speakers and sponsors, and its agenda's status."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from wtforms import BooleanField, SelectField

from models import schedule
from models.agenda_item import EventAgendaItem
from models.attendee import EventAttendee
from models.event import AgendaStatus, Event, EventSpeaker, EventSponsor, MatchingStatus
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from models.reach import reach
from models.steering import Scope
from web.admin import approval_setting
from web.admin.agenda_hooks import event_changed, people_changed
from web.admin.badges import BadgesView
from web.admin.by_hand import ByHandView
from web.admin.desk.view import DeskView
from web.admin.door import DoorView
from web.admin.event_matches import EventMatchesView
from web.admin.exports import ExportsView
from web.admin.filters import ChoiceFilter, DayFilter
from web.admin.funnel import FunnelView
from web.admin.inline import Rows
from web.admin.labels import code_label
from web.admin.learned import LearnedView
from web.admin.pairs import PairsView
from web.admin.planned_actions import hold_and_release
from web.admin.present import local_time, record_label
from web.admin.saving import Refused, Saved
from web.admin.steps import Step
from web.admin.what_if import WhatIfView
from web.admin.zones import zone_choices

_HISTORY = (
    ("matches", EventPeerMatch),
    ("texts", EventMessage),
    ("matching runs", MatchingRun),
    ("attendees", EventAttendee),
)
_RELATED = (
    ("Agenda", "agenda"),
    ("Speakers", "speakers"),
    ("Sponsors", "sponsors"),
    ("Attendees", "attendees"),
    ("Texts", "messages"),
    ("Runs", "runs"),
)


class EventView(
    DeskView,
    DoorView,
    EventMatchesView,
    PairsView,
    BadgesView,
    ByHandView,
    FunnelView,
    ExportsView,
    LearnedView,
    WhatIfView,
):
    allows_create = allows_edit = allows_delete = True
    noun = "event"
    empty_message = "No events yet. Create one with its speakers; the agenda follows by itself."
    column_export_list = (
        "name", "date", "location", "agenda_status", "matching_status", "matching_at"
    )  # fmt: skip
    column_list = ("name", "desk", "date", "agenda_status", "matching_status", "matching_at")
    column_details_list = (
        "name", "date", "timezone", "location", "from_name", "agenda_status", "starts_at",
        "ends_at", "matching_status", "matching_status_reason", "matching_at",
        "introductions_at", "top_up_at", "session_duration_minutes", "matching_lead_minutes",
        "introduction_delay_minutes", "max_matches", "min_score",
        "max_same_market_miles", "reminder_minutes", "reminder_reveals_yes", "refills",
        "approval", "approval_wait_minutes", "approved_at", "approved_by",
        "paused_at", "paused_by", "time_scale", "cancelled_at",
        "created_at", "updated_at",
    )  # fmt: skip
    column_sortable_list = ("name", "date", "matching_at")
    badge_columns = ("agenda_status", "matching_status")
    default_order = (Event.date.desc(),)
    search_columns = (Event.name, Event.location)
    column_filters = (
        ChoiceFilter("agenda", "Agenda", Event.agenda_status, AgendaStatus),
        ChoiceFilter("matching", "Matching", Event.matching_status, MatchingStatus),
        DayFilter("from", "From", Event.date),
        DayFilter("to", "To", Event.date, until=True),
    )
    sections = (
        ("The day", ("name", "date", "timezone", "location", "from_name")),
        ("Speakers", ("speakers",)),
        ("Sponsors", ("sponsors",)),
        ("Agenda", ("session_duration_minutes", "agenda_confirmed")),
        (
            "Matching",
            (
                "matching_lead_minutes",
                "introduction_delay_minutes",
                "max_matches",
                "min_score",
                "max_same_market_miles",
            ),  # fmt: skip
        ),
        ("Approval", approval_setting.FIELDS),
        ("Conversation", ("reminder_minutes", "reminder_reveals_yes", "refills")),
    )
    column_formatters = {
        **DeskView.column_formatters,
        "approval": lambda row: code_label(row.approval),
    }
    form_overrides = {"timezone": SelectField, "approval": SelectField}
    form_args = {
        "timezone": {"choices": zone_choices},
        "min_score": {"default": Decimal("0.60")},
        **approval_setting.FORM_ARGS,
        "from_name": {"description": "Empty: the event's name."},
        "reminder_minutes": {
            "description": "Once, when the other one would like to meet and no answer came."
        },
        "reminder_reveals_yes": {
            "description": "Off: it does not let on what the other one answered."
        },
        "refills": {"description": "If there is time, to the next best person who is free."},
    }
    form_extra_fields = {
        "agenda_confirmed": BooleanField(
            "Agenda confirmed",
            description="A confirmed agenda stays as it is when speakers or sponsors change.",
        )
    }
    inline_models = (
        Rows(
            EventSpeaker,
            "Speakers",
            ["name", "company_name", "session_title", "session_start", "session_end", "is_keynote"],
        ),
        Rows(EventSponsor, "Sponsors", ["name", "tier"]),
    )

    def create_form(self, obj: Any = None) -> Any:
        """Return the form without a confirmation; there is nothing to confirm yet."""
        form = super().create_form(obj)
        del form.agenda_confirmed
        return form

    def on_form_prefill(self, form: Any, id: Any) -> None:
        """Tick the confirmation of a confirmed agenda."""
        if form._obj is not None and not form.errors:
            form.agenda_confirmed.data = form._obj.agenda_status == AgendaStatus.CONFIRMED

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Take the event's lock first, as whatever changes the agenda does."""
        approval_setting.check(row)
        if is_new:
            return
        stored = schedule.lock(row.id)
        approval_setting.forget_approval(row, stored)
        is_confirmed = bool(form.agenda_confirmed.data)
        row.agenda_status = _agenda_status(row, stored.agenda_status, is_confirmed)

    def after_save(self, form: Any, row: Any, saved: Saved) -> None:
        """Let agenda, matching and introductions follow."""
        if saved.is_new:
            if not people_changed(row.id, now=saved.now):
                schedule.sync(row.id, now=saved.now)
            return
        approval_setting.follow(row, saved)
        event_changed(
            row.id,
            saved.changed,
            was_on=saved.before["date"],
            was_in=saved.before["timezone"],
            now=saved.now,
        )

    def refuse_delete(self, row: Any) -> str | None:
        """Keep every event that anything happened at."""
        counts = [
            (name, model.select().where(model.event == row).count()) for name, model in _HISTORY
        ]
        found = [f"{count} {name}" for name, count in counts if count]
        if not found:
            return None
        return f"“{row.name}” stays: it has {', '.join(found)}, which are history."

    def story(self, row: Any) -> list[str]:
        """Say of a cancelled event that it is, and of one whose sending is paused."""
        if row.is_paused:
            by = f" by {row.paused_by}" if row.paused_by else ""
            since = local_time(row.paused_at, row.zone)
            return [f"Sending is paused since {since}{by}. It is resumed on the event's desk."]
        if row.cancelled_at is None:
            return []
        return [f"This event was cancelled {local_time(row.cancelled_at, row.zone)}."]

    def steps(self, row: Any) -> list[Step]:
        """Return what can be done with everything that is planned for this event."""
        if row.cancelled_at is not None:
            return []
        scope = Scope(event_id=row.id)
        return hold_and_release(scope, reach(scope), f"at {row.name}")

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return the event's desk, its door, what could be, its lists and what came of it."""
        lists = [(text, url_for(f"{place}.index_view", event=row.id)) for text, place in _RELATED]
        return [
            ("Desk", self.get_url(".desk_view", id=row.id)),
            ("Door", self.get_url(".door_view", id=row.id)),
            ("What if", self.get_url(".what_if_view", id=row.id)),
            ("Matches", self.get_url(".matches_view", id=row.id)),
            ("Pairs", self.get_url(".pairs_view", id=row.id)),
            *lists,
            ("Badges", self.get_url(".badges_view", id=row.id)),
            ("Words", self.get_url(".words_view", id=row.id)),
            ("What came of it", self.get_url(".outcome", id=row.id)),
            ("Exports", self.get_url(".exports_view", id=row.id)),
            ("Learned weights", self.get_url(".weights_view", id=row.id)),
        ]


def _agenda_status(event: Event, current: str, is_confirmed: bool) -> str:
    if is_confirmed == (current == AgendaStatus.CONFIRMED):
        return current
    has_items = EventAgendaItem.select().where(EventAgendaItem.event == event.id).exists()
    if is_confirmed and not has_items:
        raise Refused(f"“{record_label(event)}” has no agenda yet that could be confirmed.")
    if is_confirmed:
        return AgendaStatus.CONFIRMED
    return AgendaStatus.GENERATED if has_items else AgendaStatus.NONE
