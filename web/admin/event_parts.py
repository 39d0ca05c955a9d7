"""Owns the views of what an event consists of: speakers, sponsors and agenda items."""

from datetime import datetime
from typing import Any

from flask import url_for
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from models import schedule
from models.agenda_item import EventAgendaItem, ItemType
from models.event import Event, EventSpeaker, EventSponsor
from web.admin.agenda_hooks import items_changed, people_changed
from web.admin.base import GuardedModelView
from web.admin.filters import ChoiceFilter, YesNoFilter, event_filter
from web.admin.labels import code_label
from web.admin.listing import Join
from web.admin.pickers import event_picker, speaker_picker, sponsor_picker
from web.admin.saving import Refused, Saved

_event = Event.alias()
_event_columns = (_event.id, _event.name, _event.timezone)
_speaker = EventSpeaker.alias()
_sponsor = EventSponsor.alias()


class _EventPartView(GuardedModelView):
    """Rows of one event; the event is locked before they change, as generating does."""

    allows_create = allows_edit = allows_delete = True
    fixed_after_creation = ("event",)

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Lock the event."""
        schedule.lock(row.event_id)

    def refuse_delete(self, row: Any) -> str | None:
        """Lock the event; nothing here is history."""
        schedule.lock(row.event_id)
        return None

    def after_save(self, form: Any, row: Any, saved: Saved) -> None:
        """Let the agenda follow."""
        if saved.changed:
            people_changed(row.event_id, now=saved.now)

    def after_delete(self, row: Any, *, now: datetime) -> None:
        """Let the agenda follow."""
        people_changed(row.event_id, now=now)

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return the event, and what else it consists of."""
        lists = [("Agenda", "agenda"), ("Speakers", "speakers"), ("Sponsors", "sponsors")]
        return [
            ("Event", url_for("events.details_view", id=row.event_id)),
            *((text, url_for(f"{name}.index_view", event=row.event_id)) for text, name in lists),
        ]


class SpeakerView(_EventPartView):
    noun = "speaker"
    empty_message = "No speakers yet. Add the first one; the agenda is made from them."
    joins = (Join("event", EventSpeaker.event, _event, _event_columns),)
    column_list = (
        "name", "event", "company_name", "session_title", "session_start", "session_end",
        "is_keynote",
    )  # fmt: skip
    column_details_list = (*column_list, "email", "position", "created_at", "updated_at")
    column_sortable_list = ("name", ("event", _event.name), "session_start", "company_name")
    default_order = (EventSpeaker.event.desc(), EventSpeaker.position)
    search_columns = (EventSpeaker.name, EventSpeaker.company_name, EventSpeaker.session_title)
    column_filters = (
        event_filter(EventSpeaker.event),
        YesNoFilter("keynote", "Keynote", EventSpeaker.is_keynote),
    )
    pickers = (event_picker(),)
    sections = (
        ("Speaker", ("event", "name", "email", "company_name")),
        (
            "Session",
            ("session_title", "session_start", "session_end", "is_keynote", "position"),
        ),
    )
    form_args = {
        "session_start": {"description": "On the event's day, in its zone. Empty: in order."},
        "position": {"description": "Lower numbers speak first."},
    }


class SponsorView(_EventPartView):
    noun = "sponsor"
    empty_message = "No sponsors yet. With sponsors, lunch gets showcase slots."
    joins = (Join("event", EventSponsor.event, _event, _event_columns),)
    column_list = ("name", "event", "tier", "description")
    column_details_list = (*column_list, "created_at", "updated_at")
    column_sortable_list = ("name", ("event", _event.name), "tier")
    default_order = (EventSponsor.event.desc(), EventSponsor.name)
    search_columns = (EventSponsor.name, EventSponsor.description)
    column_filters = (event_filter(EventSponsor.event),)
    pickers = (event_picker(),)
    sections = (("Sponsor", ("event", "name", "tier", "description")),)


class AgendaView(_EventPartView):
    noun = "agenda item"
    empty_message = "No agenda yet. Give an event speakers, or add items here."
    intro = "Times are in the event's own zone. Matching follows lunch."
    joins = (
        Join("event", EventAgendaItem.event, _event, _event_columns),
        Join("speaker", EventAgendaItem.speaker, _speaker, (_speaker.id, _speaker.name)),
        Join("sponsor", EventAgendaItem.sponsor, _sponsor, (_sponsor.id, _sponsor.name)),
    )
    column_list = (
        "title", "item_type", "start_time", "end_time", "event", "speaker", "sponsor", "track",
    )  # fmt: skip
    column_details_list = (*column_list, "location", "description", "created_at", "updated_at")
    column_sortable_list = ("title", "start_time", ("event", _event.name))
    badge_columns = ("item_type",)
    default_order = (EventAgendaItem.event.desc(), EventAgendaItem.start_time)
    search_columns = (EventAgendaItem.title, _event.name, _speaker.name)
    column_filters = (
        event_filter(EventAgendaItem.event),
        ChoiceFilter("kind", "Kind", EventAgendaItem.item_type, ItemType),
    )
    pickers = (event_picker(), speaker_picker(), sponsor_picker())
    sections = (
        ("Item", ("event", "item_type", "title", "start_time", "end_time", "track", "location")),
        ("Who", ("speaker", "sponsor", "description")),
    )
    form_overrides = {"item_type": SelectField}
    form_args = {
        "item_type": {"choices": [SelectChoice(kind.value, code_label(kind)) for kind in ItemType]},
        "start_time": {"description": "In the event's own zone."},
        "end_time": {"description": "In the event's own zone."},
    }

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Refuse what belongs to another event, or ends before it starts."""
        super().before_save(form, row, is_new=is_new, now=now)
        if row.end_time <= row.start_time:
            raise Refused("The end must be later than the start.")
        for guest in (row.speaker, row.sponsor):
            if guest is not None and guest.event_id != row.event_id:
                raise Refused(f"{guest.name} belongs to another event.")

    def after_save(self, form: Any, row: Any, saved: Saved) -> None:
        """Let matching and introductions follow."""
        if saved.changed:
            items_changed(row.event_id, now=saved.now)

    def after_delete(self, row: Any, *, now: datetime) -> None:
        """Let matching and introductions follow."""
        items_changed(row.event_id, now=now)
