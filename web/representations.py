"""Owns how rows look in the JSON API: names of fields, times in the event's zone, plain numbers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.agenda_item import EventAgendaItem
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun
from models.peer_match import EventPeerMatch

Introductions = Mapping[tuple[int, int], Mapping[str, Any]]


def local_time(value: datetime | None, zone: ZoneInfo) -> str | None:
    """Return ISO 8601 with the zone's offset, or None."""
    return value.astimezone(zone).isoformat() if value else None


def timing(event: Event) -> dict[str, Any]:
    """Return when an event's matching happens and in what state it is."""
    zone = event.zone
    return {
        "event_id": event.id,
        "matching_status": event.matching_status,
        "matching_status_reason": event.matching_status_reason,
        "matching_at": local_time(event.matching_at, zone),
        "introductions_at": local_time(event.introductions_at, zone),
        "time_scale": event.time_scale,
    }


def agenda_items(items: Iterable[EventAgendaItem], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return agenda items in the order given; speaker and sponsor by id and name."""
    return [
        {
            "id": item.id,
            "item_type": item.item_type,
            "title": item.title,
            "start_time": local_time(item.start_time, zone),
            "end_time": local_time(item.end_time, zone),
            "track": item.track,
            "speaker": _named(item.speaker),
            "sponsor": _named(item.sponsor),
        }
        for item in items
    ]


def attendee(row: EventAttendee, contractor: Contractor, zone: ZoneInfo) -> dict[str, Any]:
    """Return who is at the event, since when, and whether they agreed to texts."""
    return {
        "id": row.id,
        "contractor_id": contractor.id,
        "name": contractor.full_name,
        "company": contractor.company_name,
        "check_in_time": local_time(row.check_in_time, zone),
        "check_in_method": row.check_in_method,
        "sms_opt_in": row.sms_opt_in,
        "sms_consent_at": local_time(row.sms_consent_at, zone),
        "sms_consent_source": row.sms_consent_source,
    }


def run(row: MatchingRun, zone: ZoneInfo) -> dict[str, Any]:
    """Return what one batch was given, what it found and what it proved."""
    return {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "planned_for": local_time(row.planned_for, zone),
        "started_at": local_time(row.started_at, zone),
        "finished_at": local_time(row.finished_at, zone),
        "rules": row.rules,
        "pool": row.pool,
        "eligible": row.eligible,
        "covered": row.covered,
        "matches_created": row.matches_created,
        "introductions_created": row.introductions_created,
        "total_score": row.total_score,
        "upper_bound": row.upper_bound,
        "gap": row.gap,
        "certificate": row.certificate,
        "unmatched": row.unmatched,
        "timings": row.timings,
        "error": row.error,
    }


def match(row: EventPeerMatch, introductions: Introductions, zone: ZoneInfo) -> dict[str, Any]:
    """Return one match, both people and the state of both introductions."""
    people = (row.contractor1, row.contractor2)
    return {
        "id": row.id,
        "contractor1": _person(row.contractor1),
        "contractor2": _person(row.contractor2),
        "match_score": float(row.match_score),
        "match_type": row.match_type,
        "match_reason": row.match_reason,
        "match_criteria": row.match_criteria,
        "connection_made": row.connection_made,
        "introduction_sent_time": local_time(row.introduction_sent_time, zone),
        "cancelled_at": local_time(row.cancelled_at, zone),
        "introductions": [
            _introduction(person.id, introductions.get((row.id, person.id)), zone)
            for person in people
        ],
    }


def _introduction(
    contractor_id: int, message: Mapping[str, Any] | None, zone: ZoneInfo
) -> dict[str, Any]:
    """Return one side's text; its values are null when none was written."""
    message = message or {}
    return {
        "contractor_id": contractor_id,
        "message_id": message.get("id"),
        "status": message.get("status"),
        "scheduled_time": local_time(message.get("scheduled_time"), zone),
        "actual_send_time": local_time(message.get("actual_send_time"), zone),
        "error": message.get("error_message"),
    }


def _person(contractor: Contractor) -> dict[str, Any]:
    return {
        "id": contractor.id,
        "name": contractor.full_name,
        "company": contractor.company_name,
    }


def _named(row: Any) -> dict[str, Any] | None:
    return None if row is None else {"id": row.id, "name": row.name}
