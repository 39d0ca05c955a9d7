"""Owns everything that is kept about one person, as one document for that person to read.

What other people said about them in answer to a match is theirs, and is left out. So is who of the
organisers did what.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import JOIN

from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.base import Table
from models.contractor import Contractor
from models.erasing import is_own
from models.erasing_elsewhere import refused_rows
from models.event import Event
from models.message import EventMessage
from models.message_status import ARRIVED, Direction, MessageType
from models.opt_out import SmsOptOut
from models.pair_rule import EventPairRule
from models.peer_match import EventPeerMatch
from models.people import around, traits_of
from models.redaction import Redactor

_PROFILE = (
    "id", "first_name", "last_name", "email", "phone", "company_name", "job_title", "focus_areas",
    "services_offered", "service_area", "revenue_tier", "annual_revenue", "team_size", "timezone",
    "ghl_contact_id", "created_at", "updated_at", "erased_at",
)  # fmt: skip
_TEXT = (
    "id", "created_at", "direction", "message_type", "status", "phone", "scheduled_time",
    "actual_send_time", "message_content", "response_received", "response_time",
    "sentiment_score", "pcr_score", "action_taken", "error_message", "ghl_contact_id",
    "ghl_message_id", "personalization_data", "raw_payload", "delivery_report",
)  # fmt: skip


def document(person: Contractor, *, now: datetime) -> dict[str, Any]:
    """Return all that is kept about a person, ready for JSON but for times and numbers."""
    near = around(person)
    texts = list(
        EventMessage.select(EventMessage, Event.name)
        .join(Event, JOIN.LEFT_OUTER)
        .where(is_own(person.id, near))
        .order_by(EventMessage.id)
    )
    attendances = list(
        EventAttendee.select(EventAttendee, Event)
        .join(Event)
        .where(EventAttendee.contractor == person.id)
        .order_by(Event.date, Event.id)
    )
    matches = list(
        EventPeerMatch.select(EventPeerMatch, Event)
        .join(Event)
        .where(EventPeerMatch.id.in_(near.matches))
        .order_by(EventPeerMatch.id)
    )
    return {
        "exported_at": now,
        "profile": _columns(person, _PROFILE),
        "events": [_attendance(each) for each in attendances],
        "opt_outs": _opt_outs({*near.phones, person.phone or ""}),
        "texts": [_text(each) for each in texts],
        "matches": [_match(each, person, texts) for each in matches],
        "rules_about_pairs": _rules(person),
        "left_out_by_imports": list(refused_rows(Redactor(traits_of(person, near.phones)))),
        "what_was_done": _deeds(person, attendances, matches, texts),
    }


def _columns(row: Table, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _attendance(each: EventAttendee) -> dict[str, Any]:
    return {
        "event": each.event.name,
        "date": each.event.date,
        "registered_at": each.created_at,
        "checked_in_at": each.check_in_time,
        "checked_in_by": each.check_in_method,
        "badge_code": each.qr_code_data,
        "agreed_to_texts": each.sms_opt_in,
        "agreed_at": each.sms_consent_at,
        "agreed_where": each.sms_consent_source,
    }


def _opt_outs(phones: set[str]) -> list[dict[str, Any]]:
    rows = SmsOptOut.select().where(SmsOptOut.phone.in_(phones - {""})).order_by(SmsOptOut.id)
    names = ("phone", "opted_out_at", "source", "lifted_at", "lifted_source")
    return [_columns(row, names) for row in rows]


def _text(text: EventMessage) -> dict[str, Any]:
    event = text.event.name if text.event_id else None
    return {"event": event, **_columns(text, _TEXT)}


def _match(match: EventPeerMatch, person: Contractor, texts: list[EventMessage]) -> dict[str, Any]:
    """Return a match from this person's side; the other's name is the one that they were told."""
    side = 1 if match.contractor1_id == person.id else 2
    return {
        "event": match.event.name,
        "made_at": match.created_at,
        "introduced_to": _name_told(match, texts),
        "why": match.match_reason,
        "score": match.match_score,
        "factors": match.match_criteria,
        "state": match.state,
        "cancelled_at": match.cancelled_at,
        "answer": getattr(match, f"contractor{side}_response"),
        "answered_at": getattr(match, f"contractor{side}_responded_at"),
        "says_they_met": getattr(match, f"contractor{side}_met"),
        "rating": getattr(match, f"feedback_contractor{side}"),
        "connected_at": match.connected_at,
        "meeting_time": match.meeting_time,
        "meeting_location": match.meeting_location,
        "notes": match.notes,
    }


def _name_told(match: EventPeerMatch, texts: list[EventMessage]) -> str | None:
    """Return whom this person was introduced to; None while no introduction has left."""
    for text in texts:
        is_it = text.match_id == match.id and text.message_type == MessageType.INTRODUCTION
        if is_it and text.direction == Direction.OUTBOUND and text.status in ARRIVED:
            told: str | None = (text.personalization_data or {}).get("peer_name")
            return told
    return None


def _rules(person: Contractor) -> list[dict[str, Any]]:
    either = (EventPairRule.contractor1 == person.id) | (EventPairRule.contractor2 == person.id)
    rows = EventPairRule.select(EventPairRule, Event).join(Event).where(either)
    return [
        {"event": row.event.name, "rule": row.rule, "reason": row.reason, "at": row.updated_at}
        for row in rows.order_by(EventPairRule.id)
    ]


def _deeds(
    person: Contractor,
    attendances: list[EventAttendee],
    matches: list[EventPeerMatch],
    texts: list[EventMessage],
) -> list[dict[str, Any]]:
    """Return the audit log's lines about a person, their attendances, matches and texts."""
    subjects = {
        "contractors": [person.id],
        "event_attendees": [row.id for row in attendances],
        "event_peer_matches": [row.id for row in matches],
        "event_messages": [row.id for row in texts],
    }
    lines = [
        line
        for name, ids in subjects.items()
        for line in AuditLog.select().where(
            (AuditLog.subject_type == name) & AuditLog.subject_id.in_(ids)
        )
    ]
    return [
        {"at": line.happened_at, "what": line.action, "detail": line.detail}
        for line in sorted(lines, key=lambda line: line.id)
    ]
