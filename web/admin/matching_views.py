"""Owns the views of what matching made: matches and runs."""

from datetime import datetime
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose

from actors.pairing import certificate_words, matching_preview
from actors.pairing.not_made import sentences
from models import clock, match_moves, match_story, trouble
from models.contractor import Contractor
from models.eligibility import pool_counts
from models.event import Event
from models.matching_run import MatchingRun, RunKind, RunStatus
from models.peer_match import EventPeerMatch, MatchState
from models.reach import reach
from models.steering import Scope
from web.admin.bulk import BulkView
from web.admin.bulk_texts import bulk_of_matches
from web.admin.filters import ChoiceFilter, PersonFilter, RecordFilter, YesNoFilter, event_filter
from web.admin.listing import Join
from web.admin.planned_actions import cancel_match, hold_and_release
from web.admin.present import answer_badge, badge, record_label
from web.admin.saving import Saved
from web.admin.steps import SteeredView, Step
from web.admin.swap import SwappingView

_event = Event.alias()
_event_columns = (_event.id, _event.name, _event.timezone)
_first = Contractor.alias()
_second = Contractor.alias()


MATCH_TYPES = ("ideal_peer", "focus_area_match", "scale_match", "general_match")


def _name_columns(alias: Any) -> tuple[Any, ...]:
    return (alias.id, alias.first_name, alias.last_name, alias.company_name)


class MatchView(SwappingView, BulkView):
    bulk = bulk_of_matches()
    allows_edit = True
    noun = "match"
    empty_message = "No matches yet. They are made before lunch; an event's desk says when."
    joins = (
        Join("event", EventPeerMatch.event, _event, _event_columns),
        Join("contractor1", EventPeerMatch.contractor1, _first, _name_columns(_first)),
        Join("contractor2", EventPeerMatch.contractor2, _second, _name_columns(_second)),
    )
    column_list = (
        "id", "contractor1", "contractor2", "state", "contractor1_response",
        "contractor2_response", "match_score", "match_type", "match_reason",
        "introduction_sent_time", "connection_made", "event",
    )  # fmt: skip
    column_details_list = (
        "state", "contractor1", "contractor2", "event", "match_score", "match_type",
        "match_criteria", "match_reason", "introduction_sent_time", "introduction_message",
        "contractor1_response", "contractor2_response", "connected_at", "connection_made",
        "contractor1_met", "contractor2_met", "meeting_scheduled",
        "meeting_time", "meeting_location", "feedback_contractor1", "feedback_contractor2",
        "pcr_score", "notes", "run", "cancelled_at", "created_at", "updated_at",
    )  # fmt: skip
    column_export_list = ("id", *column_details_list[:-4])
    column_labels = {"id": "Match", "run": "Made by"}
    badge_columns = ("match_type",)
    column_formatters = {
        # A cancelled match keeps the state it had, but nothing comes of it any more.
        "state": lambda row: badge("cancelled" if row.cancelled_at else row.state),
        "contractor1_response": lambda row: answer_badge(row.contractor1_response),
        "contractor2_response": lambda row: answer_badge(row.contractor2_response),
    }
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
        ChoiceFilter("state", "State", EventPeerMatch.state, MatchState),
        YesNoFilter("out", "Introduced", EventPeerMatch.introduction_sent_time.is_null(False)),
        YesNoFilter("connected", "Connected", EventPeerMatch.connection_made),
        YesNoFilter("over", "Cancelled", EventPeerMatch.cancelled_at.is_null(False)),
        ChoiceFilter("kind", "Kind", EventPeerMatch.match_type, MATCH_TYPES),
        PersonFilter((EventPeerMatch.contractor1, EventPeerMatch.contractor2)),
        RecordFilter("run", "Run", EventPeerMatch.run),
    )
    sections = (
        ("What came of it", ("connection_made", "notes")),
        ("Meeting", ("meeting_scheduled", "meeting_time", "meeting_location")),
    )
    form_args = {"meeting_time": {"description": "In the event's own zone."}}

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Take a new time to meet for a meeting that is planned."""
        if row.meeting_time and row.meeting_time != EventPeerMatch.get_by_id(row.id).meeting_time:
            row.meeting_scheduled = True

    def after_save(self, form: Any, row: Any, saved: Saved) -> None:
        """Let what follows the meeting follow its new time."""
        if "meeting_time" in saved.changed:
            match_moves.look_again(row.id, saved.now)

    def timeline(self, row: Any) -> list[Any]:
        """Return the whole story of the match."""
        return match_story.tell(row.id)

    def steps(self, row: Any) -> list[Step]:
        """Return what can be done with the match and its texts."""
        if row.cancelled_at is not None:
            return []
        scope = Scope(match_id=row.id)
        found = reach(scope)
        planned = hold_and_release(scope, found, f"for {record_label(row)}")
        return [*planned, cancel_match(row, found)]

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return the texts of this match."""
        return [("Texts", url_for("messages.index_view", match=row.id))]


class RunView(SteeredView):
    noun = "run"
    empty_message = "Matching has not run yet. It runs before lunch, or from an event's desk."
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
    badge_columns = ("status", "kind")
    search_columns = (_event.name, MatchingRun.error)
    column_sortable_list = ("id", "started_at", ("event", _event.name), "matches_created")
    column_filters = (
        event_filter(MatchingRun.event),
        ChoiceFilter("status", "Status", MatchingRun.status, RunStatus),
        ChoiceFilter("kind", "Kind", MatchingRun.kind, RunKind),
    )

    def story(self, row: Any) -> list[str]:
        """Return in plain words what the run achieved and why that can be trusted."""
        if row.status != RunStatus.COMPLETED:
            return []
        return [*certificate_words.tell(row.certificate), *sentences(row.not_made)]

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return the matches that this run made."""
        return [
            ("Matches", url_for("matches.index_view", run=row.id)),
            ("Compare with other ways", url_for("runs.compare", id=row.id)),
        ]

    def steps(self, row: Any) -> list[Step]:
        """Return how a run that gave up is made good for."""
        now = clock.now()
        is_dead = trouble.is_dead_run(row.id, now=now) and not row.event.is_over(now)
        return [_run_again(row)] if is_dead else []

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


def _run_again(run: MatchingRun) -> Step:
    def do(now: datetime) -> int | None:
        try:
            matching_preview.request_run(run.event_id, now=now)
        except matching_preview.NotPossible:
            return None
        return 0

    return Step(
        "requested_again",
        "Run again",
        f"Run matching at {run.event.name} again?",
        [
            f"{pool_counts(run.event_id).eligible:,} people can be matched, within a few seconds.",
            "Matches and texts that are there already stay as they are.",
        ],
        do,
        lambda _: "Matching runs in a moment.",
    )
