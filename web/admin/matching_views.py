"""Owns the views of what matching made: matches, runs and the texts that follow."""

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose

from actors import certificate_words, matching_preview
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun, RunKind, RunStatus
from models.message import EventMessage
from models.message_status import Direction, MessageStatus, MessageType
from models.peer_match import EventPeerMatch
from web.admin.base import HistoryView
from web.admin.filters import ChoiceFilter, DayFilter, RecordFilter, YesNoFilter, event_filter
from web.admin.labels import code_label
from web.admin.listing import Join

_event = Event.alias()
_event_columns = (_event.id, _event.name, _event.timezone)
_first = Contractor.alias()
_second = Contractor.alias()
_person = Contractor.alias()


def _name_columns(alias: Any) -> tuple[Any, ...]:
    return (alias.id, alias.first_name, alias.last_name, alias.company_name)


class EitherPersonFilter(RecordFilter):
    """The contractor is on either side of the match."""

    def apply(self, query: Any, value: int) -> Any:
        first, second = self.column
        return query.where((first == value) | (second == value))


class MatchView(HistoryView):
    allows_edit = True
    noun = "match"
    empty_message = "No matches yet. They are made shortly before lunch."
    joins = (
        Join("event", EventPeerMatch.event, _event, _event_columns),
        Join("contractor1", EventPeerMatch.contractor1, _first, _name_columns(_first)),
        Join("contractor2", EventPeerMatch.contractor2, _second, _name_columns(_second)),
    )
    column_list = (
        "id", "contractor1", "contractor2", "match_score", "match_type", "match_reason",
        "introduction_sent_time", "connection_made", "event",
    )  # fmt: skip
    column_details_list = (
        "contractor1", "contractor2", "event", "match_score", "match_type", "match_criteria",
        "match_reason", "introduction_sent_time", "introduction_message",
        "contractor1_response", "contractor2_response", "connection_made", "meeting_scheduled",
        "meeting_time", "meeting_location", "feedback_contractor1", "feedback_contractor2",
        "pcr_score", "notes", "run", "cancelled_at", "created_at", "updated_at",
    )  # fmt: skip
    column_export_list = ("id", *column_details_list[:19])
    column_labels = {"id": "Match", "run": "Made by"}
    column_formatters = {"match_type": lambda row: code_label(row.match_type)}
    column_sortable_list = (
        "id",
        ("contractor1", _first.last_name),
        ("contractor2", _second.last_name),
        "match_score",
        "introduction_sent_time",
        ("event", _event.name),
    )
    search_columns = (
        *_name_columns(_first)[1:],
        *_name_columns(_second)[1:],
        EventPeerMatch.match_reason,
    )
    column_filters = (
        event_filter(EventPeerMatch.event),
        YesNoFilter("out", "Introduced", EventPeerMatch.introduction_sent_time.is_null(False)),
        YesNoFilter("connected", "Connected", EventPeerMatch.connection_made),
        EitherPersonFilter(
            "contractor", "Person", (EventPeerMatch.contractor1, EventPeerMatch.contractor2)
        ),
        RecordFilter("run", "Run", EventPeerMatch.run),
    )
    sections = (
        ("What came of it", ("connection_made", "notes")),
        ("Meeting", ("meeting_scheduled", "meeting_time", "meeting_location")),
    )
    form_args = {"meeting_time": {"description": "In the event's own zone."}}

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return the texts of this match."""
        return [("Texts", url_for("messages.index_view", match=row.id))]


class MessageView(HistoryView):
    noun = "text"
    empty_message = "No texts yet. Introductions are planned as soon as matching has run."
    joins = (
        Join("event", EventMessage.event, _event, _event_columns),
        Join("contractor", EventMessage.contractor, _person, _name_columns(_person)),
    )
    column_list = (
        "id", "contractor", "status", "message_type", "scheduled_time", "actual_send_time",
        "message_content", "error_message", "direction", "event",
    )  # fmt: skip
    column_details_list = (
        "status", "contractor", "event", "direction", "message_type", "message_category",
        "phone", "message_content", "scheduled_time", "actual_send_time", "next_attempt_at",
        "expires_at", "attempts", "error_message", "delivery_report", "response_received",
        "response_time", "action_taken", "sentiment_score", "personalization_data", "match",
        "retry_of", "ghl_contact_id", "ghl_message_id", "ghl_location_id", "created_at",
        "updated_at",
    )  # fmt: skip
    column_export_list = ("id", *column_details_list[:14])
    column_labels = {"id": "Text", "contractor": "Person"}
    badge_columns = ("status",)
    column_formatters = {
        "direction": lambda row: code_label(row.direction),
        "message_type": lambda row: code_label(row.message_type),
        "message_category": lambda row: code_label(row.message_category or ""),
    }
    column_sortable_list = (
        "id",
        "scheduled_time",
        "actual_send_time",
        ("contractor", _person.last_name),
        ("event", _event.name),
    )
    search_columns = (
        _person.first_name,
        _person.last_name,
        EventMessage.message_content,
        EventMessage.error_message,
    )
    phone_column = EventMessage.phone
    column_filters = (
        event_filter(EventMessage.event),
        ChoiceFilter("status", "Status", EventMessage.status, MessageStatus),
        ChoiceFilter("direction", "Direction", EventMessage.direction, Direction),
        ChoiceFilter("kind", "Kind", EventMessage.message_type, MessageType),
        DayFilter("from", "Added from", EventMessage.created_at),
        DayFilter("to", "Added to", EventMessage.created_at, until=True),
        RecordFilter("contractor", "Person", EventMessage.contractor),
        RecordFilter("match", "Match", EventMessage.match),
    )


class RunView(HistoryView):
    noun = "run"
    empty_message = "Matching has not run yet."
    joins = (Join("event", MatchingRun.event, _event, _event_columns),)
    column_list = (
        "id", "event", "status", "kind", "started_at", "pool", "eligible", "covered",
        "matches_created", "introductions_created", "error",
    )  # fmt: skip
    column_details_list = (
        "status", "kind", "event", "planned_for", "started_at", "finished_at", "pool",
        "eligible", "covered", "matches_created", "introductions_created", "total_score",
        "upper_bound", "gap", "rules", "timings", "certificate", "unmatched", "error",
    )  # fmt: skip
    column_labels = {"id": "Run"}
    badge_columns = ("status",)
    column_formatters = {"kind": lambda row: code_label(row.kind)}
    column_sortable_list = ("id", "started_at", ("event", _event.name), "matches_created")
    column_filters = (
        event_filter(MatchingRun.event),
        ChoiceFilter("status", "Status", MatchingRun.status, RunStatus),
        ChoiceFilter("kind", "Kind", MatchingRun.kind, RunKind),
    )

    def story(self, row: Any) -> list[str]:
        """Return in plain words what the run achieved and why that can be trusted."""
        return certificate_words.tell(row.certificate) if row.status == RunStatus.COMPLETED else []

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return the matches that this run made."""
        return [
            ("Matches", url_for("matches.index_view", run=row.id)),
            ("Compare with other ways", url_for("runs.compare", id=row.id)),
        ]

    @expose("/compare/")
    def compare(self) -> str:
        """Show what other ways of choosing would make of the people who are here now."""
        row = self.get_one(request.args.get("id", ""))
        if row is None:
            abort(404, "There is no such run.")
        ways = matching_preview.compare(row.event_id)
        return self.render(
            "desk/compare.html", model=row, ways=ways, way_name=certificate_words.way
        )
