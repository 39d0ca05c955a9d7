"""Owns the JSON API for scripts: agendas, peer matching, check-ins and the queues' numbers.

Whoever calls carries `API_TOKEN` or a token that an admin made.
An error is `{"success": false, "error": "…"}`.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from actors.pairing import matching_preview
from models import agenda, clock, matching_overview
from models.agenda_item import EventAgendaItem
from models.attendee import EventAttendee
from models.base import LARGEST_INTEGER, db
from models.check_in import CheckIn, UnknownContractorError, attendee_by_code, check_in
from models.config import NO_ACCELERATION, Config
from models.eligibility import pool_counts
from models.event import Event, EventSpeaker, EventSponsor
from models.queue_stats import queue_stats
from web import representations
from web.api_access import require_api_token
from web.json_body import BOOLEAN, NUMBER, NUMBERS, TEXT, WHOLE, one_of, read_body

CONSENT_SOURCE = "check-in"

blueprint = Blueprint("api", __name__)


def _config() -> Config:
    config: Config = current_app.config["PEER_CONFIG"]
    return config


@blueprint.before_request
def _check_token() -> None:
    require_api_token(_config())


@blueprint.post("/api/events/<int:event_id>/generate-agenda")
@blueprint.post("/events/<int:event_id>/generate-agenda")
def generate_agenda(event_id: int) -> Response:
    """Replace the event's agenda by a new one and plan its matching by it."""
    is_accelerated = read_body(accelerated=BOOLEAN).get("accelerated", False)
    if is_accelerated and not _config().allows_accelerated_events:
        raise Conflict(NO_ACCELERATION)
    now = clock.now()
    lunch_in = agenda.ACCELERATED_LUNCH_IN if is_accelerated else None
    try:
        with db.atomic():
            event = _event(event_id)
            agenda.generate_agenda(event, now=now, accelerated_lunch_in=lunch_in)
    except agenda.PastEventError as error:
        raise Conflict(str(error)) from error
    except agenda.AgendaError as error:
        raise BadRequest(str(error)) from error
    items = representations.agenda_items(_agenda(event_id), event.zone)
    return jsonify(success=True, agenda_items=items, **representations.timing(event))


@blueprint.get("/api/events/<int:event_id>/peer-matching")
def peer_matching(event_id: int) -> Response:
    """Show an event's matching; as many queries for a thousand matches as for one."""
    event = _event(event_id)
    counts = pool_counts(event_id)
    matches = matching_overview.matches_with_people(event_id)
    introductions = matching_overview.introductions(event_id)
    run = matching_overview.last_run(event_id)
    return jsonify(
        success=True,
        **representations.timing(event),
        top_up_at=representations.local_time(event.top_up_at, event.zone),
        counts={
            "registered": counts.registered,
            "checked_in": counts.checked_in,
            "eligible": counts.eligible,
            "covered": matching_overview.covered(matches),
        },
        last_run=run and representations.run(run, event.zone),
        matches=[representations.match(match, introductions, event.zone) for match in matches],
    )


@blueprint.post("/api/events/<int:event_id>/peer-matching/run")
def run_peer_matching(event_id: int) -> tuple[Response, int]:
    """Have the planner run the batch now."""
    read_body()
    event = _event(event_id)
    try:
        planned_for = matching_preview.request_run(event_id, now=clock.now())
    except matching_preview.NotPossible as error:
        raise Conflict(str(error)) from error
    planned = representations.local_time(planned_for, event.zone)
    return jsonify(success=True, event_id=event_id, status="queued", planned_for=planned), 202


@blueprint.post("/api/events/<int:event_id>/peer-matching/preview")
def preview_peer_matching(event_id: int) -> Response:
    """Match under trial rules and store nothing."""
    rules = read_body(
        scope=one_of("checked_in", "registered"),
        max_matches=WHOLE,
        min_score=NUMBER,
        weights=NUMBERS,
        strategy=one_of("optimal", "greedy", "top_k"),
    )
    _event(event_id)
    try:
        found = matching_preview.preview(event_id, **rules)
    except matching_preview.BadRules as error:
        raise BadRequest(str(error)) from error
    return jsonify({"success": True, **found})


@blueprint.post("/api/events/<int:event_id>/check-ins")
def create_check_in(event_id: int) -> Response:
    """Check one person in, by contractor or by badge; again changes nothing."""
    body = read_body(
        contractor_id=WHOLE, qr_code_data=TEXT, check_in_method=TEXT, sms_opt_in=BOOLEAN
    )
    if ("contractor_id" in body) == ("qr_code_data" in body):
        raise BadRequest("Give either contractor_id or qr_code_data.")
    now = clock.now()
    with db.atomic():
        event = _event(event_id)
        done = _check_in(event, body, now)
    attendee: EventAttendee = done.attendee
    return jsonify(
        success=True,
        event_id=event_id,
        already_checked_in=not done.is_new,
        consent_refused=done.consent_refused,
        attendee=representations.attendee(attendee, attendee.contractor, event.zone),
    )


@blueprint.get("/api/queues/stats")
def queues_stats() -> Response:
    """Show the three queues' numbers."""
    return jsonify(queue_stats(clock.now()))


def _event(event_id: int) -> Event:
    event: Event | None = (
        Event.get_or_none(Event.id == event_id) if event_id <= LARGEST_INTEGER else None
    )
    if event is None:
        raise NotFound(f"There is no event {event_id}.")
    return event


def _agenda(event_id: int) -> Any:
    return (
        EventAgendaItem.select(EventAgendaItem, EventSpeaker, EventSponsor)
        .left_outer_join(EventSpeaker)
        .switch(EventAgendaItem)
        .left_outer_join(EventSponsor)
        .where(EventAgendaItem.event == event_id)
        .order_by(EventAgendaItem.start_time, EventAgendaItem.track, EventAgendaItem.id)
    )


def _check_in(event: Event, body: dict[str, Any], now: datetime) -> CheckIn:
    if "qr_code_data" in body:
        attendee = attendee_by_code(event.id, body["qr_code_data"])
        if attendee is None:
            raise NotFound("Nobody at this event has this badge code.")
        contractor_id = attendee.contractor.id
    else:
        contractor_id = body["contractor_id"]
    try:
        return check_in(
            event,
            contractor_id,
            method=body.get("check_in_method", "api"),
            now=now,
            consent_source=CONSENT_SOURCE if body.get("sms_opt_in") else None,
        )
    except UnknownContractorError as error:
        raise NotFound(str(error)) from error
